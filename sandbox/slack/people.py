"""What people do in conversations: say something, give a command, open the app."""

from dataclasses import dataclass

from sandbox.slack import payloads
from sandbox.slack.answers import command_answered
from sandbox.slack.errors import Impossible, Json
from sandbox.slack.messages import Message
from sandbox.slack.response_urls import new_response_url
from sandbox.slack.sender import Delivery, send_event, send_form, send_many
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel, User


@dataclass(frozen=True)
class Said:
    """A message as posted, and how the app took its events."""

    ts: str
    deliveries: list[Delivery]


def person(slack: Slack, user_id: str) -> User:
    """Return somebody who can act: not a bot, not deactivated."""
    user = slack.workspace.users.get(user_id)
    if user is None or user.is_bot or user.deleted:
        raise Impossible(f"no active person {user_id}")
    return user


def has_the_app(user: User) -> bool:
    """Say whether the app is installed where this person belongs: commands and its own tabs need that."""
    return not user.is_stranger


def place(slack: Slack, user: User, channel_id: str) -> Channel:
    """Return a conversation this person is in; `D…` of their own is made when it is not there yet."""
    if channel_id == f"D{user.id[1:]}" and has_the_app(user):
        return slack.workspace.direct(user.id)
    channel = slack.workspace.channels.get(channel_id)
    if channel is None or user.id not in channel.members:
        raise Impossible(f"{user.id} is not in a conversation {channel_id}")
    return channel


def say(slack: Slack, user_id: str, channel_id: str, text: str, *, thread_ts: str | None, times: int) -> Said:
    """Post as a person and deliver the events the app has subscribed to, each `times` times."""
    if not text.strip():
        raise Impossible("an empty message cannot be sent")
    with slack.lock:
        user = person(slack, user_id)
        channel = place(slack, user, channel_id)
        message = slack.messages.add(
            channel.id, user=user.id, text=text, is_bot=False, thread_ts=_parent(slack, channel, thread_ts)
        )
        slack.touch()
        events = _events(slack, channel, message)
    deliveries = [delivery for event in events for delivery in _deliver(slack, channel, *event, times=times)]
    return Said(message.ts, deliveries)


def give_command(
    slack: Slack, user_id: str, channel_id: str, *, name: str, text: str, times: int
) -> list[Delivery]:
    """Give a slash command; the very same request goes out `times` times at once."""
    with slack.lock:
        user = person(slack, user_id)
        channel = place(slack, user, channel_id)
        if name not in slack.config.commands or not has_the_app(user):
            slack.warn(user.id, f"{name} is not a valid command.", channel=channel.id)
            raise Impossible(f"{name} is not a command {user.id} can give")
        url = slack.tickets.url_for(user.id, channel.id, source_ts=None, thread_ts=None)
        address = new_response_url(slack, "commands", url)
        form = payloads.command(slack, channel, user, name=name, text=text.strip(), response_url=address)
    deliveries = send_many(times, lambda: [send_form(slack, "command", form)])
    with slack.lock:
        for delivery in deliveries:
            command_answered(slack, url, name, delivery)
    return deliveries


def open_app(slack: Slack, user_id: str, *, tab: str) -> tuple[Channel, list[Delivery]]:
    """Open the app's Home or Messages tab; returns the direct conversation."""
    if tab not in ("home", "messages"):
        raise Impossible("tab is home or messages")
    with slack.lock:
        user = person(slack, user_id)
        if not has_the_app(user):
            raise Impossible(f"{user.id} belongs to another workspace")
        channel = slack.workspace.direct(user.id)
        event = payloads.home_event(slack, channel, user, tab=tab)
        slack.touch()
    return channel, _deliver(slack, channel, "app_home_opened", event, times=1)


def _events(slack: Slack, channel: Channel, message: Message) -> list[tuple[str, Json]]:
    bot = slack.workspace.bot.user_id
    if bot not in channel.members:
        return []
    found = [(payloads.message_event_kind(channel), payloads.message_event(slack, channel, message))]
    if f"<@{bot}" in message.text and not channel.is_im:
        found.append(("app_mention", payloads.mention_event(slack, channel, message)))
    return found


def _deliver(slack: Slack, channel: Channel, kind: str, event: Json, *, times: int) -> list[Delivery]:
    if kind not in slack.config.events:
        return []
    with slack.lock:
        envelope = payloads.envelope(slack, event, channel=channel)
    return send_many(times, lambda: send_event(slack, kind, envelope))


def _parent(slack: Slack, channel: Channel, thread_ts: str | None) -> str | None:
    if not thread_ts:
        return None
    parent = slack.messages.find(channel.id, thread_ts)
    if parent is None or parent.only_for:
        raise Impossible(f"there is no message {thread_ts} to answer")
    return parent.thread_ts or parent.ts
