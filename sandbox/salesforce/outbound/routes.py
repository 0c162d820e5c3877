"""Control over what the org sends."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.exchange import answer, body_object, empty, only_parameters
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.outbound.courier import Courier, Manners
from sandbox.salesforce.outbound.hooks import send_hook
from sandbox.salesforce.outbound.rules import rule_from


def outbound_door(org: Org) -> Blueprint:
    """Return the routes under /_sandbox/outbound and /_sandbox/hooks."""
    door = Blueprint("outbound", __name__, url_prefix="/_sandbox")
    courier = Courier(org)

    @door.post("/outbound")
    def add_rule() -> Response:
        rule = rule_from(org, courier.next_rule_id(), body_object())
        courier.add(rule)
        return answer({"id": rule.id}, 201)

    @door.get("/outbound")
    def state() -> Response:
        return answer(courier.state())

    @door.delete("/outbound")
    def clear() -> Response:
        courier.clear()
        return empty()

    @door.post("/outbound/manners")
    def behave() -> Response:
        courier.behave(_manners(body_object()))
        return empty()

    @door.post("/outbound/deliver")
    def deliver() -> Response:
        return answer({"messages": courier.deliver()})

    @door.get("/outbound/sent")
    def sent() -> Response:
        only_parameters("since")
        since = request.args.get("since", "0")
        if not since.isdecimal():
            raise ApiError("INVALID_PARAMETER", "since must be a whole number")
        return answer({"messages": courier.sent_since(int(since))})

    @door.post("/hooks")
    def hook() -> Response:
        now = int(org.clock.now().timestamp())
        return answer({"messages": send_hook(courier, body_object(), now=now)})

    return door


def _manners(body: dict[str, Any]) -> Manners:
    kinds = {"automatic": bool, "duplicates": int, "unordered": bool, "seed": int}
    for name, value in body.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise ApiError("INVALID_PARAMETER", f"manners: {name}")
    if not 0 <= body.get("duplicates", 0) <= 10:
        raise ApiError("INVALID_PARAMETER", "duplicates goes from 0 to 10")
    return Manners(**body)
