"""The Salesforce door: deals and people in, touches out."""
