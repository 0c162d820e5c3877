"""The bodies of events."""

import secrets
from typing import Any

from sandbox.slack.api_views import shown
from sandbox.slack.errors import Json
from sandbox.slack.file_payloads import file_payload
from sandbox.slack.links import COMPOSER, Announced, domain_of
from sandbox.slack.messages import Message
from sandbox.slack.mrkdwn import rich_text
from sandbox.slack.state import Slack
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
    event = {**_said(slack, channel, message), "type": "message", "channel_type": channel.kind()}
    # What an agent's person looks at comes with what they say to it.
    context = slack.contexts.get(message.user)
    return {**event, "context": context} if channel.is_im and context else event


def mention_event(slack: Slack, channel: Channel, message: Message) -> Json:
    """Return the event of a message that names the bot."""
    return {**_said(slack, channel, message), "type": "app_mention"}


def links_event(slack: Slack, channel: Channel | None, told: Announced) -> Json:
    """Return the event of links to the app's domains; without a channel they are still being written."""
    bot = slack.workspace.bot.user_id
    event: Json = {
        "type": "link_shared",
        "channel": channel.id if channel else COMPOSER,
        "is_bot_user_member": bool(channel and bot in channel.members),
        "user": told.user,
        "message_ts": told.ts,
        "unfurl_id": told.unfurl_id,
        "source": told.source,
        "links": [{"url": url, "domain": domain_of(url, slack.config.unfurl_domains)} for url in told.urls],
        "event_ts": slack.messages.next_ts(),
    }
    message = slack.messages.find(told.channel, told.ts) if channel else None
    return {**event, "thread_ts": message.thread_ts} if message and message.is_reply else event


def file_event(slack: Slack, message: Message, file_id: str) -> Json:
    """Return the event of a file put into a channel."""
    return {
        "type": "file_shared",
        "channel_id": message.channel,
        "file_id": file_id,
        "user_id": message.user,
        "file": {"id": file_id},
        "event_ts": slack.messages.next_ts(),
    }


def context_event(slack: Slack, channel: Channel, user: User) -> Json:
    """Return the event of a person turning to something else while the agent is open beside it."""
    return {
        "type": "app_context_changed",
        "user": user.id,
        "channel": channel.id,
        "context": slack.contexts.get(user.id, {}),
        "event_ts": slack.messages.next_ts(),
    }


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
        event["context"] = slack.contexts.get(user.id, {})
    return event


def envelope(slack: Slack, event: Json, *, channel: Channel | None) -> Json:
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
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
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
    if message.files:
        files = [slack.files.find(file_id) for file_id in message.files]
        said |= {
            "subtype": "file_share",
            "upload": False,
            "files": [file_payload(slack, file) for file in files if file is not None],
        }
    return said
