"""Check the Salesforce plugin without an org: `python -m checks`, or `make check-salesforce`."""
