"""The bodies of commands and interactions."""

from dataclasses import dataclass

from sandbox.slack.api_views import shown
from sandbox.slack.errors import Json
from sandbox.slack.messages import Message
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack
from sandbox.slack.views import View
from sandbox.slack.workspace import Channel, User


@dataclass(frozen=True)
class Place:
    """Where a person acts: in a message of a channel, or in a view."""

    user: User
    blocks: list[Json]
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None


def command(slack: Slack, channel: Channel, user: User, *, name: str, text: str, response_url: str) -> Json:
    """Return the form of a slash command."""
    return {
        "token": slack.config.verification_token,
        "team_id": slack.workspace.team.id,
        "team_domain": slack.workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": spoken_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": slack.config.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": slack.tickets.new_trigger(user.id),
    }


def message_action(
    slack: Slack,
    channel: Channel,
    user: User,
    message: Message,
    *,
    action: Json,
    state: Json,
    response_url: str,
) -> Json:
    """Return the payload of a click in a message, or in the preview of one of its links."""
    container = _container(channel, message)
    preview = _preview(message, action["block_id"])
    if preview is not None:
        container |= {
            "type": "message_attachment",
            "attachment_id": preview["id"],
            "is_app_unfurl": True,
            "app_unfurl_url": preview["app_unfurl_url"],
        }
    payload = {
        **_acted(slack, "block_actions", user),
        "container": container,
        "channel": {"id": channel.id, "name": spoken_name(channel)},
        "state": {"values": state},
        "response_url": response_url,
        "trigger_id": slack.tickets.new_trigger(user.id),
        "actions": [action],
    }
    # Slack keeps no copy of an ephemeral message, so such a click comes without one.
    copy = {} if message.only_for else {"message": message_payload(slack, message)}
    return payload | copy | ({"app_unfurl": preview} if preview is not None else {})


def view_action(slack: Slack, user: User, view: View, *, action: Json) -> Json:
    """Return the payload of a click in a view."""
    return {
        **_acted(slack, "block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": slack.tickets.new_trigger(user.id, view_id=view.id),
        "view": shown(slack, view),
        "state": {"values": view.values},
        "actions": [action],
    }


def submission(slack: Slack, user: User, view: View) -> Json:
    """Return the payload of a submitted modal."""
    return {
        **_acted(slack, "view_submission", user),
        "trigger_id": slack.tickets.new_trigger(user.id, view_id=view.id),
        "view": shown(slack, view),
        "response_urls": [],
    }


def closed(slack: Slack, user: User, view: View, *, is_cleared: bool) -> Json:
    """Return the payload of a closed modal."""
    return {**_acted(slack, "view_closed", user), "view": shown(slack, view), "is_cleared": is_cleared}


def suggestion(slack: Slack, place: Place, *, block: Json, element: Json, typed: str) -> Json:
    """Return the payload of a person typing into an external menu."""
    payload = {
        **_acted(slack, "block_suggestion", place.user),
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    if place.view is not None:
        container = {"type": "view", "view_id": place.view.id}
        return {**payload, "container": container, "view": shown(slack, place.view)}
    if place.channel is None or place.message is None:
        raise ValueError("a place is a view, or a message in a channel")
    channel = {"id": place.channel.id, "name": spoken_name(place.channel)}
    payload |= {"container": _container(place.channel, place.message), "channel": channel}
    return (
        payload if place.message.only_for else {**payload, "message": message_payload(slack, place.message)}
    )


def global_shortcut(slack: Slack, user: User, *, callback_id: str) -> Json:
    """Return the payload of a shortcut used from the composer."""
    return {
        **_acted(slack, "shortcut", user),
        "callback_id": callback_id,
        "trigger_id": slack.tickets.new_trigger(user.id),
        "action_ts": slack.messages.next_ts(),
    }


def message_shortcut(
    slack: Slack, channel: Channel, user: User, message: Message, *, callback_id: str, response_url: str
) -> Json:
    """Return the payload of a shortcut used on a message."""
    return {
        **_acted(slack, "message_action", user),
        "callback_id": callback_id,
        "trigger_id": slack.tickets.new_trigger(user.id),
        "action_ts": slack.messages.next_ts(),
        "response_url": response_url,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": spoken_name(channel)},
        "message": message_payload(slack, message),
    }


def spoken_name(channel: Channel) -> str:
    """Return the channel name as commands and clicks give it."""
    names = {"im": "directmessage", "group": "privategroup"}
    return names.get(channel.kind(), channel.name)


def _container(channel: Channel, message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    return {**container, "thread_ts": message.thread_ts} if message.is_reply else container


def _preview(message: Message, block_id: str) -> Json | None:
    for row in message.hangings:
        if row.get("is_app_unfurl") and any(block["block_id"] == block_id for block in row["blocks"]):
            return row
    return None


def _acted(slack: Slack, kind: str, user: User) -> Json:
    team = slack.workspace.team
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": slack.workspace.team_of(user),
        },
        "api_app_id": slack.config.app_id,
        "token": slack.config.verification_token,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
