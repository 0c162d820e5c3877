"""Read requests and write answers in the manner of the platform."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, g, request

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.sharing import Viewer

VERSIONS = ("59.0", "60.0", "61.0", "62.0", "63.0")


# Marks a request that is a part of another, such as a subrequest of /composite.
PART = "sandbox.part"


def is_part() -> bool:
    """Tell whether the present request is a part of another."""
    return bool(request.environ.get(PART))


def answer(payload: object, status: int = 200) -> Response:
    """Return a JSON answer."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type="application/json;charset=UTF-8")


def failure(error: ApiError) -> Response:
    """Return the answer to a request that failed as a whole."""
    return answer([error.in_answer()], error.status)


def empty() -> Response:
    """Return 204 without a body."""
    return Response(status=204)


def bearer_token() -> str:
    """Return the token a request carries, or an empty text."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


def viewer() -> Viewer:
    """Return the user behind the present request."""
    found: Viewer = g.viewer
    return found


def version() -> str:
    """Return the API version the present request asks for, such as v62.0."""
    found: str = g.version
    return found


def body_object() -> dict[str, Any]:
    """Return the JSON object a request carries; raise the platform's answer when it is none."""
    if request.mimetype != "application/json":
        message = f"Content-Type not supported: {request.mimetype or 'none'}"
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", message)
    return _object(request.get_data())


def body_with_file(field: str) -> dict[str, Any]:
    """Return the JSON object a request carries, alone or in a multipart body beside the bytes of a field."""
    if request.mimetype != "multipart/form-data":
        return body_object()
    if len(request.form) != 1 or set(request.files) - {field}:
        message = f"a multipart body holds one part of JSON and one with a file name, named {field}"
        raise ApiError("INVALID_MULTIPART_REQUEST", message)
    body = _object(next(iter(request.form.values())))
    if sent := request.files.get(field):
        body[field] = sent.read()
    return body


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as cause:
        raise ApiError("JSON_PARSER_ERROR", f"Unexpected character: {cause}") from cause
    if not isinstance(parsed, dict):
        raise ApiError("JSON_PARSER_ERROR", "The request body must be a JSON object")
    return parsed


def only_parameters(*allowed: str) -> None:
    """Refuse a request with other parameters in its query string."""
    unknown = sorted(set(request.args) - set(allowed))
    if unknown:
        raise ApiError("INVALID_PARAMETER", f"unknown parameter: {', '.join(unknown)}")


def flag(mapping: Mapping[str, Any], name: str) -> bool:
    """Return an optional boolean of a request body or query string; false when it is missing."""
    value = mapping.get(name, False)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ApiError("JSON_PARSER_ERROR", f"Cannot deserialize instance of boolean from value {value}")
    return value


def _refuse_constant(name: str) -> Callable[[], None]:
    raise ValueError(f"{name} is not JSON")
