"""The arguments of a call, from a query, a form or JSON, each brought to the kind its method declares."""

import json
from typing import Any

from flask import Request

from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.methods import Method

# Bolt's clients name the workspace in every call.
_ALWAYS_ALLOWED = {"team_id": "str"}
_FORMAT_ERRORS = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
}


def raw_arguments(request: Request) -> Json:
    """Return what was sent; a JSON content type may come with an empty body."""
    found: Json = {**request.args.to_dict(), **request.form.to_dict()}
    if request.mimetype == "application/json" and (body := request.get_data()):
        try:
            sent = json.loads(body)
        except ValueError as problem:
            raise SlackError("invalid_json") from problem
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        found |= sent
    return found


def take_token(request: Request, arguments: Json) -> str:
    """Return the token and take it out of the arguments."""
    argument = arguments.pop("token", "")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else str(argument)


def checked(arguments: Json, method: Method) -> Json:
    """Return the arguments in their declared kinds; refuses unknown and missing ones."""
    kinds = method.arguments | _ALWAYS_ALLOWED
    unknown = sorted(arguments.keys() - kinds.keys())
    if unknown:
        raise invalid_arguments(*(f"unknown argument: {name}" for name in unknown))
    typed = {name: _typed(name, value, kinds[name]) for name, value in arguments.items()}
    typed = {name: value for name, value in typed.items() if value is not None}
    missing = [name for name in method.required if name not in typed]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
    return typed


def _typed(name: str, value: Any, kind: str) -> Any:
    if value is None:
        return None
    try:
        return _READERS[kind](value)
    except (TypeError, ValueError) as problem:
        error = _FORMAT_ERRORS.get(name)
        raise SlackError(error) if error else invalid_arguments(f"must be a {kind}: {name}") from problem


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError(value)
    return int(value)


def _yes_or_no(value: Any) -> bool:
    answers = {"1": True, "true": True, "0": False, "false": False, "": False}
    if isinstance(value, bool):
        return value
    if (word := str(value).lower()) not in answers:
        raise ValueError(value)
    return answers[word]


def _structure(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _listing(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    return [_text(part).strip() for part in parts]


_READERS = {"str": _text, "int": _number, "bool": _yes_or_no, "json": _structure, "list": _listing}
