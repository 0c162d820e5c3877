"""What only a sandbox has: faults on order, a clock to set, and a look at what was received."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from sandbox.salesforce.bulk.jobs import Jobs
from sandbox.salesforce.callouts import is_set_up
from sandbox.salesforce.circumstances import add_circumstances
from sandbox.salesforce.clock import as_text
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, body_object, empty, only_parameters
from sandbox.salesforce.faults import BadFaultError, fault_from
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.record_page import opportunity_id, opportunity_list, opportunity_page
from sandbox.salesforce.store import quoted

_LONGEST_POLL = 10.0


def control_door(org: Org, jobs: Jobs) -> Blueprint:
    """Return the routes under /_sandbox."""
    door = Blueprint("control", __name__, url_prefix="/_sandbox")

    @door.post("/faults")
    def order_fault() -> Response:
        try:
            org.faults.add(fault_from(body_object()))
        except BadFaultError as bad:
            raise ApiError("INVALID_PARAMETER", str(bad)) from bad
        return empty()

    @door.delete("/faults")
    def clear_faults() -> Response:
        org.faults.clear()
        return empty()

    @door.post("/clock")
    def set_clock() -> Response:
        _move_clock(org, body_object())
        return answer({"now": as_text(org.clock.now())})

    @door.get("/clock")
    def read_clock() -> Response:
        return answer({"now": as_text(org.clock.now())})

    add_circumstances(door, org, jobs)

    @door.get("/received")
    def received() -> Response:
        only_parameters("since")
        return answer({"calls": org.received.since(_number("since"))})

    @door.get("/count")
    def count() -> Response:
        only_parameters("object")
        sobject = org.schema.find(request.args.get("object", ""))
        if sobject is None or sobject.sharing == "computed":
            raise not_found()
        alive = " WHERE IsDeleted = 0" if sobject.has_recycle_bin else ""
        [(number,)] = org.store.select(f"SELECT COUNT(*) FROM {quoted(sobject.name)}{alive}")  # noqa: S608 a name from the schema
        return answer({"object": sobject.name, "count": number})

    @door.get("/opportunities.json")
    def opportunities() -> Response:
        only_parameters("search")
        return answer(opportunity_list(org, search=request.args.get("search", "")))

    @door.get("/opportunity/<record_id>.json")
    def opportunity(record_id: str) -> Response:
        only_parameters("since")
        if "since" in request.args:
            org.store.wait_for_revision(
                opportunity_id(record_id), since=_number("since"), seconds=_LONGEST_POLL
            )
        return answer({**opportunity_page(org, record_id), "can_ask": is_set_up(org)})

    return door


def _number(name: str) -> int:
    try:
        return int(request.args.get(name, "0"))
    except ValueError as cause:
        raise ApiError("INVALID_PARAMETER", f"{name} must be a whole number") from cause


def _move_clock(org: Org, body: dict[str, Any]) -> None:
    if body.keys() == {"advance_seconds"} and isinstance(body["advance_seconds"], int | float):
        org.clock.advance(body["advance_seconds"])
    elif body.keys() == {"set"} and body["set"] is None:
        org.clock.set(None)
    elif body.keys() == {"set"} and isinstance(body["set"], str):
        org.clock.set(_moment(body["set"]))
    else:
        raise ApiError(
            "INVALID_PARAMETER", 'the clock takes {"set": ISO time or null} or {"advance_seconds": number}'
        )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as cause:
        raise ApiError("INVALID_PARAMETER", f"not an ISO time: {text}") from cause
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
