"""The REST API: several requests in one, with references between them, and trees of rows."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.exchange import answer, body_object, flag, is_part
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.parts import METHODS, Answered, run_part
from sandbox.salesforce.row_tree import add_tree_routes

_MOST_PARTS = 25
_MOST_WIDE_PARTS = 5
_WIDE = re.compile(r"/services/data/v[0-9.]+/(query|queryAll|composite/sobjects)\b")
_DATA_URL = re.compile(r"/services/data/v[0-9]+\.[0-9]/\S+")
_BATCH_URL = re.compile(r"/?(?:services/data/)?(v[0-9]+\.[0-9]/\S+)")
_REFERENCE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"@\{([^}]*)\}")
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9_]*)((?:\[\d+\])*)")
_ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."

_Part = Mapping[str, Any]


class _RolledBackError(Exception):
    """Some part failed and the client wants all or none."""


class _NoValueError(Exception):
    """A reference leads nowhere."""


def add_composite_routes(door: Blueprint, org: Org) -> None:
    """Add /composite, /composite/batch and /composite/tree."""

    @door.post("/composite", strict_slashes=False)
    def composite() -> Response:
        _refuse_nesting()
        body = _only(body_object(), {"allOrNone", "collateSubrequests", "compositeRequest"})
        parts = _checked_parts(body.get("compositeRequest"))
        flag(body, "collateSubrequests")
        answered: dict[str, Answered] = {}
        try:
            if flag(body, "allOrNone"):
                _run_together(org, parts, answered)
            else:
                _run_in_turn(parts, answered, halt=False)
        except _RolledBackError:
            answered = {name: _taken_back(each) for name, each in answered.items()}
        g.rows = len(parts)
        return answer({"compositeResponse": [_shown(part, answered) for part in parts]})

    @door.post("/composite/batch", strict_slashes=False)
    def batch() -> Response:
        _refuse_nesting()
        body = _only(body_object(), {"haltOnError", "batchRequests"})
        halt = flag(body, "haltOnError")
        results: list[dict[str, Any]] = []
        for part in _list_of_parts(body.get("batchRequests")):
            if halt and any(result["statusCode"] >= 400 for result in results):
                halted = ApiError("BATCH_PROCESSING_HALTED", "Batch processing halted per request")
                results.append({"statusCode": 412, "result": [halted.in_answer()]})
                continue
            url = _BATCH_URL.fullmatch(str(_only(part, {"method", "url", "richInput"}).get("url", "")))
            if url is None:
                raise ApiError("INVALID_INPUT", f"not a url of this API: {part.get('url')}")
            done = run_part(_method(part), f"/services/data/{url[1]}", part.get("richInput"))
            results.append({"statusCode": done.status, "result": done.body})
        g.rows = len(results)
        failed = any(result["statusCode"] >= 400 for result in results)
        return answer({"hasErrors": failed, "results": results})

    add_tree_routes(door, org)


def _run_together(org: Org, parts: list[_Part], answered: dict[str, Answered]) -> None:
    with org.store.transaction():
        _run_in_turn(parts, answered, halt=True)
        if any(each.failed for each in answered.values()):
            raise _RolledBackError


def _run_in_turn(parts: list[_Part], answered: dict[str, Answered], *, halt: bool) -> None:
    for part in parts:
        name = part["referenceId"]
        if halt and any(each.failed for each in answered.values()):
            answered[name] = _halted(_ROLLED_BACK)
            continue
        try:
            url = _filled_text(part["url"], answered)
            body = _filled(part.get("body"), answered)
        except _NoValueError as missing:
            answered[name] = _halted(f"Invalid reference specified. No value for {missing} found.")
            continue
        answered[name] = run_part(_method(part), str(url), body)


def _halted(message: str) -> Answered:
    return Answered(400, [ApiError("PROCESSING_HALTED", message).in_answer()], None)


def _taken_back(answered: Answered) -> Answered:
    return answered if answered.failed else _halted(_ROLLED_BACK)


def _shown(part: _Part, answered: Mapping[str, Answered]) -> dict[str, Any]:
    done = answered[part["referenceId"]]
    headers = {} if done.location is None else {"Location": done.location}
    return {
        "body": done.body,
        "httpHeaders": headers,
        "httpStatusCode": done.status,
        "referenceId": part["referenceId"],
    }


def _checked_parts(listed: object) -> list[_Part]:
    parts = _list_of_parts(listed)
    for part in parts:
        _only(part, {"method", "url", "referenceId", "body", "httpHeaders"})
        _method(part)
        if not isinstance(part.get("referenceId"), str) or not _REFERENCE_ID.fullmatch(part["referenceId"]):
            raise ApiError("INVALID_INPUT", f"referenceId: {part.get('referenceId')}")
        if not isinstance(part.get("url"), str) or not _DATA_URL.fullmatch(part["url"]):
            raise ApiError("INVALID_INPUT", f"not a url of this API: {part.get('url')}")
        if part.get("httpHeaders"):
            raise ApiError("INVALID_INPUT", "httpHeaders are not played here")
    names = [part["referenceId"] for part in parts]
    if len(set(names)) < len(names):
        raise ApiError("INVALID_INPUT", "each referenceId stands for one subrequest")
    if sum(bool(_WIDE.match(part["url"])) for part in parts) > _MOST_WIDE_PARTS:
        raise ApiError("INVALID_INPUT", f"at most {_MOST_WIDE_PARTS} subrequests are queries or collections")
    return parts


def _list_of_parts(listed: object) -> list[_Part]:
    if not isinstance(listed, list) or not all(isinstance(part, dict) for part in listed) or not listed:
        raise ApiError("JSON_PARSER_ERROR", "the subrequests must be a list of objects")
    if len(listed) > _MOST_PARTS:
        raise ApiError("LIMIT_EXCEEDED", f"at most {_MOST_PARTS} subrequests are allowed")
    return listed


def _method(part: _Part) -> str:
    method = part.get("method")
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise ApiError("INVALID_INPUT", f"method: {method}")
    return method.upper()


def _only(body: dict[str, Any] | _Part, allowed: set[str]) -> _Part:
    unknown = sorted(body.keys() - allowed)
    if unknown:
        raise ApiError("JSON_PARSER_ERROR", f'Unrecognized field "{unknown[0]}"')
    return body


def _refuse_nesting() -> None:
    if is_part():
        raise ApiError("INVALID_INPUT", "a composite request can't hold another")


# --- references


def _filled(value: Any, answered: Mapping[str, Answered]) -> Any:
    if isinstance(value, str):
        return _filled_text(value, answered)
    if isinstance(value, list):
        return [_filled(each, answered) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each, answered) for name, each in value.items()}
    return value


def _filled_text(text: str, answered: Mapping[str, Answered]) -> Any:
    whole = _REFERENCE.fullmatch(text)
    if whole:
        return _value_of(whole[1], answered)
    return _REFERENCE.sub(lambda found: str(_value_of(found[1], answered)), text)


def _value_of(reference: str, answered: Mapping[str, Answered]) -> Any:
    name, *steps = reference.split(".")
    if name not in answered or answered[name].failed or not steps:
        raise _NoValueError(reference)
    value = answered[name].body
    for step in steps:
        match = _STEP.fullmatch(step)
        if match is None or not isinstance(value, dict) or match[1] not in value:
            raise _NoValueError(reference)
        value = value[match[1]]
        for place in re.findall(r"\d+", match[2]):
            if not isinstance(value, list) or int(place) >= len(value):
                raise _NoValueError(reference)
            value = value[int(place)]
    if isinstance(value, dict | list) or value is None:
        raise _NoValueError(reference)
    return value
