"""What people do with blocks: click, choose, submit and close modals."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack import interactions
from sandbox.slack.errors import Impossible, Json
from sandbox.slack.inputs import complaints, elements, entered, initial_values
from sandbox.slack.interactions import Place
from sandbox.slack.people import person, place
from sandbox.slack.response_urls import new_response_url
from sandbox.slack.sender import Delivery, send_interaction, send_many
from sandbox.slack.state import Slack
from sandbox.slack.submitting import answered
from sandbox.slack.views import View

_PRESSED = ("button", "icon_button", "feedback_buttons", "workflow_button", "overflow")
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Click:
    """Which element of a message or view, and what was chosen in it."""

    user: str
    action_id: str
    channel: str = ""
    ts: str = ""
    view_id: str = ""
    block_id: str | None = None
    value: Any = None
    values: Json | None = None


@dataclass(frozen=True)
class Submitted:
    """What came of a submit: Slack's own complaints by block id, or deliveries."""

    errors: dict[str, str]
    deliveries: list[Delivery]


def click(slack: Slack, act: Click, *, times: int) -> list[Delivery]:
    """Act on an element; the very same request goes out `times` times at once."""
    with slack.lock:
        payload = _in_view(slack, act) if act.view_id else _in_message(slack, act)
        slack.touch()
    deliveries = send_many(times, lambda: [send_interaction(slack, payload)])
    for delivery in deliveries:
        if delivery.failure:
            slack.warn(
                act.user,
                f"This app didn’t answer the click ({delivery.failure}).",
                channel=act.channel or None,
                view_id=act.view_id or None,
            )
    return deliveries


def submit(slack: Slack, user_id: str, view_id: str, values: Json, *, times: int) -> Submitted:
    """Submit a modal with these values; checked as Slack's own form does before it is sent."""
    with slack.lock:
        user = person(slack, user_id)
        view = _open_view(slack, user_id, view_id)
        if view is not slack.views.stack(user_id)[-1] or not view.source.get("submit"):
            raise Impossible(f"{view_id} has no submit button within reach")
        enter(slack, Click(user_id, "", view_id=view_id), view.blocks, view.values, values)
        errors = complaints(view.blocks, view.values)
        view.errors = errors
        slack.touch()
        if errors:
            return Submitted(errors, [])
        payload = interactions.submission(slack, user, view)
    deliveries = send_many(times, lambda: [send_interaction(slack, payload)])
    with slack.lock:
        for delivery in deliveries:
            if not answered(slack, view, delivery):
                slack.warn(user_id, TROUBLE, view_id=view.id)
        slack.touch()
        return Submitted(view.errors, deliveries)


def close(slack: Slack, user_id: str, view_id: str, *, whole_stack: bool) -> list[Delivery]:
    """Close a modal; tells the app where it asked for that."""
    with slack.lock:
        user = person(slack, user_id)
        view = _open_view(slack, user_id, view_id)
        stack = slack.views.stack(user_id)
        gone = list(stack) if whole_stack else stack[stack.index(view) :]
        slack.views.close(view, whole_stack=whole_stack)
        told = [
            interactions.closed(slack, user, one, is_cleared=whole_stack)
            for one in reversed(gone)
            if one.source.get("notify_on_close")
        ]
        slack.touch()
    return [send_interaction(slack, payload) for payload in told]


def enter(slack: Slack, act: Click, blocks: list[Json], state: Json, values: Json) -> None:
    """Put what a person entered into the state; raises Impossible for inputs that are not there."""
    inputs = {
        (block["block_id"], element["action_id"]): (block, element) for block, element in elements(blocks)
    }
    for block_id, row in values.items():
        for action_id, value in row.items():
            if (block_id, action_id) not in inputs:
                raise Impossible(f"there is no input {block_id}/{action_id}")
            block, element = inputs[block_id, action_id]
            chosen = entered(_with_offered(slack, act, block, element), value)
            state.setdefault(block_id, {})[action_id] = chosen


def acting_place(slack: Slack, act: Click) -> Place:
    """Return where this click happens; raises Impossible when the person does not see it."""
    user = person(slack, act.user)
    if act.view_id:
        view = _open_view(slack, act.user, act.view_id)
        return Place(user, view.blocks, view=view)
    channel = place(slack, user, act.channel)
    message = slack.messages.find(channel.id, act.ts)
    if message is None or message.only_for not in (None, user.id):
        raise Impossible(f"{user.id} sees no message {act.ts}")
    blocks = [*message.blocks, *(block for row in message.hangings for block in row["blocks"])]
    return Place(user, blocks, channel, message)


def find_element(blocks: list[Json], act: Click) -> tuple[Json, Json]:
    """Return the element and its block; raises Impossible when there is none."""
    for block, element in elements(blocks):
        if element["action_id"] == act.action_id and act.block_id in (None, block["block_id"]):
            return block, element
    raise Impossible(f"there is no {act.action_id} to click")


def offer_key(act: Click, block: Json, element: Json) -> tuple[str, str, str, str]:
    """Return under what the options of an external menu are kept."""
    return act.user, act.view_id or act.ts, block["block_id"], element["action_id"]


def _with_offered(slack: Slack, act: Click, block: Json, element: Json) -> Json:
    if not element["type"].endswith("external_select"):
        return element
    offered = list(slack.offered.get(offer_key(act, block, element), []))
    # What was chosen before, or by the app, may stay although it is not among the latest answers.
    initial = element.get("initial_options") or [element.get("initial_option")]
    kept = slack.kept_options.get(offer_key(act, block, element), [])
    return {**element, "options": [*offered, *(row for row in [*initial, *kept] if row)]}


def _in_message(slack: Slack, act: Click) -> Json:
    where = acting_place(slack, act)
    user, channel, message = where.user, where.channel, where.message
    if channel is None or message is None:
        raise Impossible("there is no such message")
    block, element = find_element(where.blocks, act)
    state = slack.choices.setdefault((message.ts, user.id), initial_values(where.blocks))
    enter(slack, act, where.blocks, state, act.values or {})
    action = _action(slack, block, element, act, state)
    source = slack.tickets.url_for(
        user.id, channel.id, source_ts=message.ts, thread_ts=message.thread_ts if message.is_reply else None
    )
    return interactions.message_action(
        slack,
        channel,
        user,
        message,
        action=action,
        state=state,
        response_url=new_response_url(slack, "actions", source),
    )


def _in_view(slack: Slack, act: Click) -> Json:
    user = person(slack, act.user)
    view = _open_view(slack, act.user, act.view_id)
    enter(slack, act, view.blocks, view.values, act.values or {})
    block, element = find_element(view.blocks, act)
    action = _action(slack, block, element, act, view.values)
    return interactions.view_action(slack, user, view, action=action)


def _action(slack: Slack, block: Json, element: Json, act: Click, state: Json) -> Json:
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": slack.messages.next_ts(),
    }
    if element["type"] == "feedback_buttons":
        return {**action, **_feedback(element, act.value)}
    if element["type"] == "overflow":
        return {**action, "selected_option": entered(element, act.value)["selected_option"]}
    if element["type"] in _PRESSED:
        return {
            **action,
            **{name: element[name] for name in ("text", "value", "style", "url") if name in element},
        }
    chosen = entered(_with_offered(slack, act, block, element), act.value)
    if element["type"].endswith("external_select"):
        picked = chosen.get("selected_options") or [chosen.get("selected_option")]
        slack.kept_options[offer_key(act, block, element)] = [row for row in picked if row]
    # A message redrawn since keeps what was chosen in elements that are still there.
    state.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    initial = {
        name: part for name, part in element.items() if name.startswith("initial_") or name == "placeholder"
    }
    return {**action, **chosen, **initial}


def _feedback(element: Json, value: Any) -> Json:
    for side in ("positive_button", "negative_button"):
        if element[side]["value"] == value:
            return {"text": element[side]["text"], "value": value}
    raise Impossible(f"{element['action_id']} has no button {value!r}")


def _open_view(slack: Slack, user: str, view_id: str) -> View:
    view = slack.views.find(view_id)
    if view is None or view.user != user:
        raise Impossible(f"{user} has no open view {view_id}")
    return view
