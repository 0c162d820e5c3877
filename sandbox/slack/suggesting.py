"""Type-ahead in external menus: what was typed goes to the app, its options come back."""

import json
from dataclasses import dataclass, field

from sandbox.slack import interactions
from sandbox.slack.acting import Click, acting_place, find_element, offer_key
from sandbox.slack.blocks.shapes import array
from sandbox.slack.blocks.texts import OPTION, OPTION_GROUP
from sandbox.slack.errors import Impossible, Json
from sandbox.slack.sender import Delivery, send_interaction
from sandbox.slack.state import Slack

OPTIONS_MOST = 100
_OPTIONS = array(OPTION, most=OPTIONS_MOST, least=0)
_GROUPS = array(OPTION_GROUP, most=OPTIONS_MOST, least=0)
_QUERY_LEAST = 3
_EXTERNAL = ("external_select", "multi_external_select")


@dataclass(frozen=True)
class Suggested:
    """What the menu shows; `problems` says why the app's answer was not taken."""

    options: list[Json]
    option_groups: list[Json]
    problems: list[str]
    deliveries: list[Delivery] = field(default_factory=list)


def suggest(slack: Slack, act: Click, typed: str) -> Suggested:
    """Ask the app for options; a wrong answer leaves the menu empty, as it does in Slack."""
    with slack.lock:
        where = acting_place(slack, act)
        block, element = find_element(where.blocks, act)
        if element["type"] not in _EXTERNAL:
            raise Impossible(f"{act.action_id} does not ask for options")
        if len(typed) < element.get("min_query_length", _QUERY_LEAST):
            raise Impossible(
                f"{act.action_id} asks from {element.get('min_query_length', _QUERY_LEAST)} characters on"
            )
        payload = interactions.suggestion(slack, where, block=block, element=element, typed=typed)
    delivery = send_interaction(slack, payload)
    found = _answer(delivery)
    with slack.lock:
        if found.problems:
            slack.records.refuse(delivery.number, found.problems)
        groups = [row for group in found.option_groups for row in group["options"]]
        slack.offered[offer_key(act, block, element)] = [*found.options, *groups]
    return Suggested(found.options, found.option_groups, found.problems, [delivery])


def _answer(delivery: Delivery) -> Suggested:
    if delivery.failure or delivery.status != 200:
        return Suggested([], [], [delivery.failure or f"status {delivery.status}"])
    try:
        body = json.loads(delivery.body)
    except ValueError:
        return Suggested([], [], ["the answer must be JSON"])
    if not isinstance(body, dict) or len(body) != 1 or not body.keys() <= {"options", "option_groups"}:
        return Suggested([], [], ["the answer must hold options or option_groups, and nothing else"])
    found: list[str] = []
    name = next(iter(body))
    (_OPTIONS if name == "options" else _GROUPS)(body[name], f"/{name}", found)
    if found:
        return Suggested([], [], found)
    return Suggested(body.get("options", []), body.get("option_groups", []), [])
