"""views.*: modals and Home tabs."""

import json
import secrets
from typing import Any

from sandbox.slack.blocks import check_view, with_ids
from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.inputs import initial_values
from sandbox.slack.state import Slack
from sandbox.slack.videos import video_problems
from sandbox.slack.views import STACK_DEPTH, View, view_payload

VIEW_BYTES_MOST = 250_000


def open_(slack: Slack, arguments: Json) -> Json:
    """Open a modal for whoever did what the trigger id stands for."""
    source = checked_source(slack, arguments["view"], kinds=("modal",))
    trigger = slack.tickets.use_trigger(arguments["trigger_id"])
    stack = slack.views.stack(trigger.user)
    stack[:] = [new_view(slack, trigger.user, source)]
    return {"view": shown(slack, stack[-1])}


def push(slack: Slack, arguments: Json) -> Json:
    """Put a modal on top of the one the trigger id came from."""
    source = checked_source(slack, arguments["view"], kinds=("modal",))
    trigger = slack.tickets.use_trigger(arguments["trigger_id"])
    below = slack.views.find(trigger.view_id or "")
    if below is None:
        raise SlackError("view_not_found")
    return {"view": shown(slack, push_view(slack, below, source))}


def update(slack: Slack, arguments: Json) -> Json:
    """Redraw an open view; with a hash, only when nobody did in between."""
    if "view_id" in arguments:
        view = slack.views.find(arguments["view_id"])
    elif "external_id" in arguments:
        view = slack.views.find_external(arguments["external_id"])
    else:
        raise invalid_arguments("one of view_id, external_id is required")
    if view is None:
        raise SlackError("not_found")
    source = checked_source(slack, arguments["view"], kinds=(view.source["type"],), replacing=view)
    _refuse_stale(view, arguments)
    redraw(slack, view, source)
    return {"view": shown(slack, view)}


def publish(slack: Slack, arguments: Json) -> Json:
    """Draw the Home tab of one person."""
    user = slack.workspace.users.get(arguments["user_id"])
    if user is None or user.is_bot:
        raise SlackError("invalid_arguments" if user is None else "not_enabled")
    view = slack.views.home(user.id)
    source = checked_source(slack, arguments["view"], kinds=("home",), replacing=view)
    if view is None:
        view = new_view(slack, user.id, source)
        slack.views.set_home(view)
    else:
        _refuse_stale(view, arguments)
        redraw(slack, view, source)
    return {"view": shown(slack, view)}


def checked_source(
    slack: Slack, source: Any, *, kinds: tuple[str, ...], replacing: View | None = None
) -> Json:
    """Return the view with its block ids; refuses what Slack would not draw."""
    if len(json.dumps(source).encode()) > VIEW_BYTES_MOST:
        raise SlackError("view_too_large")
    problems = check_view(source, kinds=kinds)
    problems = problems or video_problems(slack, source["blocks"], at="/view/blocks")
    if problems:
        raise invalid_arguments(*problems)
    external_id = source.get("external_id")
    if external_id:
        other = slack.views.find_external(external_id)
        if other is not None and other is not replacing:
            raise SlackError("duplicate_external_id")
    return {**source, "blocks": with_ids(source["blocks"], slack.new_id)}


def new_view(slack: Slack, user: str, source: Json, *, below: View | None = None) -> View:
    """Return a view that is not shown yet."""
    view_id = slack.new_id("V")
    view = View(
        id=view_id,
        user=user,
        source=source,
        hash=_hash(slack),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else None,
    )
    view.values = initial_values(source["blocks"])
    return view


def push_view(slack: Slack, below: View, source: Json) -> View:
    """Put a new view on this person's stack."""
    stack = slack.views.stack(below.user)
    if len(stack) >= STACK_DEPTH:
        raise SlackError("push_limit_reached")
    stack.append(new_view(slack, below.user, source, below=below))
    return stack[-1]


def redraw(slack: Slack, view: View, source: Json) -> None:
    """Replace what the view shows; inputs that keep block_id and action_id keep what was entered."""
    entered = view.values
    view.source, view.hash, view.errors = source, _hash(slack), {}
    view.values = {
        block_id: {
            action_id: entered.get(block_id, {}).get(action_id, state) for action_id, state in row.items()
        }
        for block_id, row in initial_values(source["blocks"]).items()
    }


def shown(slack: Slack, view: View) -> Json:
    """Return the view as Slack hands it out."""
    return view_payload(
        view,
        team_id=slack.workspace.team.id,
        app_id=slack.config.app_id,
        bot_id=slack.workspace.bot.bot_id,
    )


def _refuse_stale(view: View, arguments: Json) -> None:
    if arguments.get("hash") not in (None, view.hash):
        raise SlackError("hash_conflict")


def _hash(slack: Slack) -> str:
    return f"{int(slack.clock.now())}.{secrets.token_hex(4)}"


HANDLERS = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
