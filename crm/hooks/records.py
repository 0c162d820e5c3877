"""The record ids that a request may name."""

from crm.hooks.refusal import Refused
from crm.ids import NotAnId, sf_id

OPPORTUNITY, USER = "006", "005"


def record_id(value: object, prefix: str = "") -> str:
    """Return an id in its 18-character form; refuses what is none, and ids of objects with another prefix."""
    if not isinstance(value, str) or not value.startswith(prefix):
        raise Refused(400, f"ids should begin with {prefix}" if prefix else "an id is missing")
    try:
        return sf_id(value)
    except NotAnId as error:
        # Not quoted: whoever sent it knows it, and a log need not.
        raise Refused(400, "an id is not one of Salesforce's") from error
