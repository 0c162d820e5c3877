"""What the tests of announcing in Slack have in common: an author's acts, and what readers then see."""

from collections.abc import Mapping
from typing import Any

import requests

from enablement import announcing
from enablement.model import Announcement, AnnouncementState
from tests.doors import DEALS, NOVA, Stage, plain_value, until

STATES: tuple[AnnouncementState, ...] = (
    *("draft", "in_review", "running", "ended", "withdrawn", "template"),
)


def open_form(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Give /announce and return the form that opens."""
    announcing.read_colleagues(stage.services, now=stage.clock())
    stage.do("command", user=user, channel=DEALS, command="/announce")
    return until(lambda: stage.views(user))[-1]


def top(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Return the form as it is drawn now, or as soon as it is there."""
    return until(lambda: stage.views(user))[-1]


def block(view: Mapping[str, Any], field: str) -> dict[str, Any]:
    found = [one for one in view["blocks"] if one["block_id"].partition(".")[0] == field]
    assert found, f"no {field} in {[one['block_id'] for one in view['blocks']]}"
    return dict(found[0])


def value_of(view: Mapping[str, Any], field: str) -> Any:
    """Return what stands in a field now."""
    states = {name.partition(".")[0]: state for name, state in view["state"]["values"].items()}
    state = next(iter(states[field].values()))
    found = next((part for name, part in state.items() if name != "type"), None)
    return plain_value(found["value"]) if isinstance(found, dict) else found


def submit(stage: Stage, *, user: str = NOVA, times: int = 1, **values: Any) -> dict[str, str]:
    """Fill in the named fields of the form on top and submit it; return the errors shown, by field."""
    view = top(stage, user=user)
    state: dict[str, Any] = {}
    for name, value in values.items():
        found = block(view, name)
        state[found["block_id"]] = {found["element"]["action_id"]: value}
    answer = requests.post(
        f"{stage.slack_url}/_sandbox/submit",
        json=stage.drawn("submit", {"user": user, "view_id": view["id"], "values": state, "times": times}),
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert all(one["status"] == 200 for one in said["deliveries"]), said
    return {name.partition(".")[0]: text for name, text in said["errors"].items()}


def choose(stage: Stage, field: str, value: Any, *, user: str = NOVA) -> dict[str, Any]:
    """Change a field that is drawn anew at once; return the form as it is then."""
    view = top(stage, user=user)
    found = block(view, field)
    element = found.get("element") or found["accessory"]
    stage.do(
        "click",
        user=user,
        view_id=view["id"],
        action_id=element["action_id"],
        block_id=found["block_id"],
        value=value,
    )
    return redrawn(stage, view, user=user)


def press(stage: Stage, action_id: str, *, user: str = NOVA) -> dict[str, Any]:
    """Press a button of the form; return the form as it is then."""
    view = top(stage, user=user)
    stage.do("click", user=user, view_id=view["id"], action_id=action_id)
    return redrawn(stage, view, user=user)


def redrawn(stage: Stage, before: Mapping[str, Any], *, user: str = NOVA) -> dict[str, Any]:
    """Return the form once it is another than before."""

    def other() -> dict[str, Any] | None:
        views = stage.views(user)
        return views[-1] if views and views[-1]["hash"] != before["hash"] else None

    found = until(other)
    assert found is not None
    return found


def words(view: Mapping[str, Any]) -> str:
    """Return all that a form says, fields and buttons included."""
    return "\n".join(_strings(view["blocks"]))


def kept(stage: Stage) -> list[Announcement]:
    return stage.services.announcements.listed(STATES, limit=20)


def deliver(stage: Stage) -> None:
    """Do all that an announcement has to do in the next seconds: its messages go out one after the other."""
    for _ in range(4):
        while stage.drain("write", "reply"):
            pass
        stage.clock.advance(seconds=5)


def write(stage: Stage, title: str = "New deck", text: str = "It is here.", *, user: str = NOVA) -> None:
    """Open the form and fill it in up to the last step, to everybody and at once."""
    open_form(stage, user=user)
    assert submit(stage, user=user, title=title, text=text) == {}
    assert submit(stage, user=user, everyone=["yes"], at_once=["yes"]) == {}


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            one
            for name, part in value.items()
            if name not in ("type", "value", "block_id", "action_id")
            for one in _strings(part)
        ]
    if isinstance(value, list):
        return [one for part in value for one in _strings(part)]
    return [value] if isinstance(value, str) else []
