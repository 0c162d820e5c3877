"""What people do in conversations: say something, give a command, open the app."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.slack import events, interactions
from sandbox.slack.answers import command_answered
from sandbox.slack.delivering import deliver, is_heard
from sandbox.slack.errors import Impossible, Json
from sandbox.slack.files import File
from sandbox.slack.links import links_in
from sandbox.slack.messages import Message
from sandbox.slack.response_urls import new_response_url
from sandbox.slack.sender import Delivery, send_form, send_many
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel, User

_ENTITY_TYPES = (
    "slack#/types/channel_id",
    "slack#/types/canvas_id",
    "slack#/types/list_id",
    "slack#/types/message_context",
    "slack#/types/thread_ts",
)


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


def say(
    slack: Slack,
    user_id: str,
    channel_id: str,
    text: str,
    *,
    thread_ts: str | None,
    times: int,
    files: Sequence[File] = (),
) -> Said:
    """Post as a person and deliver the events the app has subscribed to, each `times` times."""
    if not text.strip() and not files:
        raise Impossible("an empty message cannot be sent")
    with slack.lock:
        user = person(slack, user_id)
        channel = place(slack, user, channel_id)
        message = slack.messages.add(
            channel.id,
            user=user.id,
            text=text,
            is_bot=False,
            thread_ts=_parent(slack, channel, thread_ts),
            files=[slack.files.add(file).id for file in files],
        )
        for file in files:
            file.shares.append((channel.id, message.ts))
        slack.links.sent(user.id, channel.id)
        slack.touch()
        happened = _happened(slack, channel, user, message)
    deliveries = [
        delivery
        for kind, event in happened
        for delivery in deliver(slack, kind, event, channel=channel, times=times)
    ]
    return Said(message.ts, deliveries)


def compose(slack: Slack, user_id: str, channel_id: str, text: str) -> list[Delivery]:
    """Type a text without sending it: links to the app's domains are announced from the composer."""
    with slack.lock:
        user = person(slack, user_id)
        channel = place(slack, user, channel_id)
        urls = links_in(text, slack.config.unfurl_domains)
        if not urls or not is_heard(slack, "link_shared"):
            return []
        told = slack.links.announce("composer", user.id, channel.id, "", urls)
        event = events.links_event(slack, None, told)
    return deliver(slack, "link_shared", event)


def look_at(slack: Slack, user_id: str, entities: list[Json]) -> list[Delivery]:
    """Turn to something else: the context of the agent's events, most relevant first; nothing clears it."""
    with slack.lock:
        user = person(slack, user_id)
        if not has_the_app(user):
            raise Impossible(f"{user.id} belongs to another workspace")
        for entity in entities:
            if entity.keys() != {"type", "value"} or entity["type"] not in _ENTITY_TYPES:
                raise Impossible(f"an entity is a type, one of {', '.join(_ENTITY_TYPES)}, and a value")
            if entity["type"] == _ENTITY_TYPES[0]:
                place(slack, user, entity["value"])
        team = slack.workspace.team.id
        rows = [{**entity, "team_id": team} for entity in entities]
        context = {"entities": rows} if rows else {}
        if slack.contexts.get(user.id, {}) == context:
            return []
        slack.contexts[user.id] = context
        channel = slack.workspace.direct(user.id)
        event = events.context_event(slack, channel, user)
    return deliver(slack, "app_context_changed", event, channel=channel)


def give_command(
    slack: Slack, user_id: str, channel_id: str, *, name: str, text: str, times: int
) -> list[Delivery]:
    """Give a slash command; the very same request goes out `times` times at once."""
    with slack.lock:
        user = person(slack, user_id)
        channel = place(slack, user, channel_id)
        if name not in slack.config.commands or not has_the_app(user) or slack.token_end:
            slack.warn(user.id, f"{name} is not a valid command.", channel=channel.id)
            raise Impossible(f"{name} is not a command {user.id} can give")
        url = slack.tickets.url_for(user.id, channel.id, source_ts=None, thread_ts=None)
        address = new_response_url(slack, "commands", url)
        form = interactions.command(slack, channel, user, name=name, text=text.strip(), response_url=address)
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
        event = events.home_event(slack, channel, user, tab=tab)
        slack.touch()
    return channel, deliver(slack, "app_home_opened", event, channel=channel)


def _happened(slack: Slack, channel: Channel, user: User, message: Message) -> list[tuple[str, Json]]:
    bot = slack.workspace.bot.user_id
    found: list[tuple[str, Json]] = []
    if bot in channel.members:
        found.append((events.message_event_kind(channel), events.message_event(slack, channel, message)))
        if f"<@{bot}" in message.text and not channel.is_im:
            found.append(("app_mention", events.mention_event(slack, channel, message)))
        found += [("file_shared", events.file_event(slack, message, file_id)) for file_id in message.files]
    urls = links_in(message.text, slack.config.unfurl_domains)
    fresh = slack.links.fresh(channel.id, urls) if is_heard(slack, "link_shared") else ()
    if fresh:
        told = slack.links.announce("conversations_history", user.id, channel.id, message.ts, fresh)
        found.append(("link_shared", events.links_event(slack, channel, told)))
    return found


def _parent(slack: Slack, channel: Channel, thread_ts: str | None) -> str | None:
    if not thread_ts:
        return None
    parent = slack.messages.find(channel.id, thread_ts)
    if parent is None or parent.only_for:
        raise Impossible(f"there is no message {thread_ts} to answer")
    return parent.thread_ts or parent.ts
