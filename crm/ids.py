"""Salesforce record ids, checked before they go into a path or a query."""

import re

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_CASE_SENSITIVE_LENGTH = 15


class NotAnId(ValueError):
    """This is no Salesforce record id."""


def sf_id(value: str) -> str:
    """Return the 18-character form of a record id; raises NotAnId, also for a wrong checksum."""
    if not _ID.fullmatch(value):
        raise NotAnId(f"not a Salesforce id: {value[:40]!r}")
    whole = value[:_CASE_SENSITIVE_LENGTH] + _checksum(value[:_CASE_SENSITIVE_LENGTH])
    if len(value) > _CASE_SENSITIVE_LENGTH and value != whole:
        raise NotAnId(f"a Salesforce id with a wrong checksum: {value}")
    return whole


def _checksum(short: str) -> str:
    """Return three characters that say which of 15 are capitals, five each, least significant first."""
    parts = (short[start : start + 5] for start in range(0, _CASE_SENSITIVE_LENGTH, 5))
    return "".join(
        _ALPHABET[sum(c.isascii() and c.isupper() and 1 << i for i, c in enumerate(part))] for part in parts
    )
