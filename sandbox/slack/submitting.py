"""What the app answers to a submitted modal: nothing, errors, update, push or clear."""

import json
from typing import Any

from sandbox.slack.api_views import checked_source, push_view, redraw
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.sender import Delivery
from sandbox.slack.state import Slack
from sandbox.slack.views import View


def answered(slack: Slack, view: View, delivery: Delivery) -> bool:
    """Carry out the answer; False when there is none that Slack understands."""
    if delivery.failure or delivery.status != 200:
        return False
    if slack.views.find(view.id) is not view:
        return True  # an equal submit, answered before, has closed it
    if not delivery.body.strip():
        slack.views.close(view)
        return True
    try:
        _carry_out(slack, view, json.loads(delivery.body))
    except (SlackError, TypeError, ValueError) as refusal:
        why = refusal.body() if isinstance(refusal, SlackError) else str(refusal)
        slack.records.refuse(delivery.number, why)
        return False
    return True


def _carry_out(slack: Slack, view: View, answer: Any) -> None:
    if not isinstance(answer, dict):
        raise TypeError("the answer must be an object")
    if not answer:
        slack.views.close(view)
        return
    action = answer.get("response_action")
    fields = {"errors": "errors", "update": "view", "push": "view"}.get(action or "")
    if answer.keys() - {"response_action", fields} or (fields and fields not in answer):
        raise ValueError(f"unexpected fields for response_action {action}")
    if action == "errors":
        view.errors = _errors(view, answer["errors"])
    elif action == "update":
        redraw(slack, view, _modal(slack, answer["view"], replacing=view))
    elif action == "push":
        push_view(slack, view, _modal(slack, answer["view"]))
    elif action == "clear":
        slack.views.close(view, whole_stack=True)
    else:
        raise ValueError(f"unknown response_action {action!r}")


def _modal(slack: Slack, source: Any, *, replacing: View | None = None) -> Json:
    return checked_source(slack, source, kinds=("modal",), replacing=replacing)


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise ValueError("errors must name at least one block")
    if errors.keys() - inputs:
        raise ValueError(
            f"errors for blocks that are no inputs of this view: {sorted(errors.keys() - inputs)}"
        )
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise ValueError("each error must be a text")
    return errors
