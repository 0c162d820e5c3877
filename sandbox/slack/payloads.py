"""The bodies of what Slack sends to an app."""

import secrets
from typing import Any

from sandbox.slack.api_views import shown
from sandbox.slack.errors import Json
from sandbox.slack.messages import Message
from sandbox.slack.mrkdwn import rich_text
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack
from sandbox.slack.views import View
from sandbox.slack.workspace import Channel, User

_MESSAGE_EVENTS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


def message_event_kind(channel: Channel) -> str:
    """Return the subscription under which messages of this channel come."""
    return _MESSAGE_EVENTS[channel.kind()]


def message_event(slack: Slack, channel: Channel, message: Message) -> Json:
    """Return the event of a person's message."""
    return {**_said(slack, channel, message), "type": "message", "channel_type": channel.kind()}


def mention_event(slack: Slack, channel: Channel, message: Message) -> Json:
    """Return the event of a message that names the bot."""
    return {**_said(slack, channel, message), "type": "app_mention"}


def home_event(slack: Slack, channel: Channel, user: User, *, tab: str) -> Json:
    """Return the event of a person opening the app; `tab` is home or messages."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": slack.messages.next_ts(),
    }
    home = slack.views.home(user.id)
    if tab == "home" and home is not None:
        event["view"] = shown(slack, home)
    if tab == "messages":
        event["context"] = {}
    return event


def envelope(slack: Slack, event: Json, *, channel: Channel) -> Json:
    """Wrap an event for delivery."""
    team, bot = slack.workspace.team, slack.workspace.bot
    return {
        "token": slack.config.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": slack.config.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": slack.new_id("Ev"),
        "event_time": int(slack.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": bot.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel.is_ext_shared,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


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
    """Return the payload of a click in a message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
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
    return payload if message.only_for else {**payload, "message": message_payload(slack, message)}


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


def spoken_name(channel: Channel) -> str:
    """Return the channel name as commands and clicks give it."""
    names = {"im": "directmessage", "group": "privategroup"}
    return names.get(channel.kind(), channel.name)


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


def _said(slack: Slack, channel: Channel, message: Message) -> dict[str, Any]:
    author = slack.workspace.users[message.user]
    team_id = slack.workspace.team_of(author)
    said: dict[str, Any] = {
        "user": message.user,
        "ts": message.ts,
        "client_msg_id": secrets.token_hex(16),
        "text": message.text,
        "team": team_id,
        "blocks": [rich_text(message.text, block_id=slack.new_id("b"))],
        "channel": channel.id,
        "event_ts": message.ts,
    }
    if author.is_stranger:
        said |= {"user_team": team_id, "source_team": team_id}
    if message.is_reply:
        parent = slack.messages.find(channel.id, message.thread_ts or "")
        said |= {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
    return said
