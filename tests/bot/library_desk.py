"""What the tests of the library in Slack have in common: the librarian's acts, and how to look at what came of them."""

import json
from collections.abc import Sequence
from typing import Any

import requests

from enablement.model import Asset, Collection
from tests.doors import NOVA, Stage, elements, plain_value, until

DESK = "D0NOVA"
DECK = b"# Payback\n\nHow a warehouse rollout pays for itself within nine months.\n"


def drop(
    stage: Stage, data: bytes = DECK, *, name: str = "payback_deck.md", user: str = NOVA, **more: Any
) -> str:
    """Send a file to the bot, or to a channel, and do what is due; return the file's id."""
    query = {"user": user, "channel": f"D{user[1:]}", "filename": name, **more}
    answer = requests.post(f"{stage.slack_url}/_sandbox/upload", params=query, data=data, timeout=60)
    assert answer.status_code == 200, answer.text
    assert all(one["status"] == 200 for one in answer.json()["deliveries"]), answer.text
    stage.drain("reply")
    return str(answer.json()["file"])


def said(stage: Stage, *, user: str = NOVA) -> str:
    """Return what the bot said last to this person directly."""
    return stage.text(stage.last(f"D{user[1:]}", user=user))


def opened_form(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Press the button of the last offer and return the form."""
    channel, open_before = f"D{user[1:]}", {one["id"] for one in stage.views(user)}
    stage.click(stage.last(channel, user=user), "publish.open", user=user, channel=channel)
    return until(lambda: [one for one in stage.views(user) if one["id"] not in open_before])[0]


def field(view: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the block of a field, whatever its id says beyond the name."""
    named = (one for one in view["blocks"] if name in (one["block_id"], one["block_id"].partition(".")[0]))
    return dict(next(named))


def initial(view: dict[str, Any], name: str) -> Any:
    """Return what a field holds before anybody touches it."""
    element = field(view, name)["element"]
    found = next((value for key, value in element.items() if key.startswith("initial_")), None)
    return plain_value(found["value"]) if isinstance(found, dict) else found


def type_into(stage: Stage, view: dict[str, Any], name: str, typed: str, *, user: str = NOVA) -> list[str]:
    """Type into a menu of the form; return the values it then offers."""
    action = field(view, name)["element"]["action_id"]
    fields = {"user": user, "view_id": view["id"], "action_id": action, "value": typed}
    found = stage.do("suggest", **fields)
    assert found["problems"] == []
    groups = [one for group in found["option_groups"] for one in group["options"]]
    return [plain_value(one["value"]) for one in (*found["options"], *groups)]


def submit(stage: Stage, view: dict[str, Any], *, user: str = NOVA, times: int = 1, **values: Any) -> Any:
    """Fill in the named fields and submit the form."""
    state = {}
    for name, value in values.items():
        block = field(view, name)
        # A menu takes only what it offered.
        if block["element"]["type"] == "external_select" and name != "replaces":
            type_into(stage, view, name, value, user=user)
        if block["element"]["type"] == "multi_external_select":
            _choose_each(stage, view, name, value, user=user)
        state[block["block_id"]] = {block["element"]["action_id"]: value}
    answer = requests.post(
        f"{stage.slack_url}/_sandbox/submit",
        json=stage.drawn("submit", {"user": user, "view_id": view["id"], "values": state, "times": times}),
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _choose_each(stage: Stage, view: dict[str, Any], name: str, values: Sequence[str], *, user: str) -> None:
    """Type and choose one value after the other."""
    element = field(view, name)["element"]
    for count, value in enumerate(values, start=1):
        type_into(stage, view, name, value.partition(":")[2], user=user)
        fields = {"user": user, "view_id": view["id"], "action_id": element["action_id"]}
        stage.do("click", **fields, value=list(values[:count]))


def added(stage: Stage, data: bytes = DECK, *, name: str = "payback_deck.md", **values: Any) -> Asset:
    """Put a file into the library as the librarian does; return the asset."""
    file_id = drop(stage, data, name=name)
    submit(stage, opened_form(stage), **values)
    stage.drain("compute")
    asset = stage.services.catalog.asset_by_source(f"slack:{file_id}")
    assert asset is not None, said(stage)
    return asset


def text_of(view: dict[str, Any]) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


def actions(message: dict[str, Any]) -> list[str]:
    return [str(one["action_id"]) for one in elements(message)]


def shelf(stage: Stage, name: str, approvers: Sequence[str]) -> None:
    """Have a collection whose content must be approved."""
    stage.services.catalog.keep_collections([Collection(name, tuple(approvers))])
