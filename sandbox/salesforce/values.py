"""What a field accepts from a request, how it is kept, and how it is shown again."""

import base64
import binascii
import math
import re
from datetime import UTC, date, datetime
from typing import Any

from sandbox.salesforce.clock import as_text
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.schema import Field

_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)")


def kept_value(field: Field, value: object) -> object:
    """Return a JSON value as the store keeps it; raise ApiError when the field does not take it."""
    if value is None or value == "":
        return None
    if field.type == "base64":
        return _bytes(field, value)
    if field.is_text:
        return _text(field, value)
    if field.is_number:
        return _number(field, value)
    if field.type in ("reference", "id"):
        return _id(field, value)
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise _cannot_read(field, value)
        return int(value)
    return kept_date(field, value) if field.type == "date" else kept_datetime(field, value)


def shown_value(field: Field, value: Any) -> object:
    """Return a kept value as JSON shows it."""
    if value is None:
        return False if field.type == "boolean" else None
    if field.type == "boolean":
        return bool(value)
    if field.type in ("double", "currency", "percent"):
        return float(value)
    return value


def kept_date(field: Field, value: object) -> str:
    """Return a date as the store keeps it; raise ApiError when it is none."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _cannot_read(field, value) from None


def kept_datetime(field: Field, value: object) -> str:
    """Return a moment, whose offset must be given, as the store keeps it."""
    if not isinstance(value, str) or not _DATETIME.fullmatch(value):
        raise _cannot_read(field, value)
    try:
        return as_text(datetime.fromisoformat(value).astimezone(UTC))
    except (ValueError, OverflowError):
        raise _cannot_read(field, value) from None


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        raise _cannot_read(field, value)
    text = value.strip()
    if field.type == "email" and text and not _EMAIL.fullmatch(text):
        raise ApiError(
            "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", (field.name,)
        )
    chosen = text.split(";") if field.type == "multipicklist" else [text]
    if field.restricted and not set(chosen) <= set(field.picklist):
        message = f"{field.label}: bad value for restricted picklist field: {text}"
        raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))
    limit = field.length or 255
    if len(text) > limit:
        message = f"{field.label}: data value too large: {text} (max length={limit})"
        raise ApiError("STRING_TOO_LONG", message, (field.name,))
    return text or None


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        # The `sf` command line writes every value it is given as a text.
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _cannot_read(field, value)
    if field.type == "int":
        if value != int(value):
            raise _cannot_read(field, value)
        value = int(value)
    digits = (field.precision or 18) - field.scale
    if abs(value) >= 10**digits:
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
    return value if field.type == "int" else round(float(value), field.scale)


def _bytes(field: Field, value: object) -> bytes:
    """Return the bytes of a file: a part of a multipart request as it is, a JSON text decoded."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise _cannot_read(field, value) from None


def _id(field: Field, value: object) -> str:
    try:
        return normal_id(str(value))
    except MalformedIdError:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise ApiError("MALFORMED_ID", message, (field.name,)) from None


def _cannot_read(field: Field, value: object) -> ApiError:
    kind = "VALUE_STRING" if isinstance(value, str) else f"VALUE_{type(value).__name__.upper()}"
    message = (
        f"Cannot deserialize instance of {field.type} from {kind} value {str(value)[:200]} "
        "or request may be missing a required field"
    )
    return ApiError("JSON_PARSER_ERROR", message, (field.name,))
