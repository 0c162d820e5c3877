"""All that one person sees."""

from dataclasses import asdict

from sandbox.slack.api_views import shown
from sandbox.slack.errors import Json
from sandbox.slack.inputs import initial_values
from sandbox.slack.messages import Message
from sandbox.slack.people import has_the_app, person
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel, User

BANNERS_SHOWN = 20


def screen(slack: Slack, user_id: str) -> Json:
    """Return the workspace through the eyes of this person."""
    user = person(slack, user_id)
    workspace = slack.workspace
    home = slack.views.home(user.id)
    channels = [channel for channel in workspace.channels.values() if user.id in channel.members]
    return {
        "ok": True,
        "revision": slack.revision,
        "now": slack.clock.now(),
        "me": _user(user),
        "team": asdict(workspace.team),
        "bot": asdict(workspace.bot),
        "commands": {} if slack.token_end else dict(slack.config.commands),
        "shortcuts": [] if slack.token_end else [asdict(shortcut) for shortcut in slack.config.shortcuts],
        "unfurl_domains": list(slack.config.unfurl_domains),
        "installed": not slack.token_end,
        "users": [_user(one) for one in workspace.users.values()],
        "channels": [_channel(slack, channel, user) for channel in channels],
        "dm": f"D{user.id[1:]}" if has_the_app(user) else None,
        "views": [{**shown(slack, view), "errors": view.errors} for view in slack.views.stack(user.id)],
        "home": shown(slack, home) if home else None,
        "banners": [asdict(banner) for banner in slack.banners if banner.user == user.id][-BANNERS_SHOWN:],
    }


def _channel(slack: Slack, channel: Channel, user: User) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind(),
        "is_private": channel.is_private,
        "is_ext_shared": channel.is_ext_shared,
        "bot_is_member": slack.workspace.bot.user_id in channel.members,
        "members": channel.members,
        "messages": [
            _message(slack, message, user) for message in slack.messages.shown_to(channel.id, user.id)
        ],
        "statuses": _statuses(slack, channel),
        "prompts": _prompts(slack, channel),
        "previews": _previews(slack, channel, user),
    }


def _previews(slack: Slack, channel: Channel, user: User) -> list[Json]:
    told = slack.links.composing(user.id, channel.id)
    return list(told.previews.values()) if told else []


def _message(slack: Slack, message: Message, user: User) -> Json:
    found = message_payload(slack, message)
    found["ephemeral"] = message.only_for is not None
    found["author"] = _user(slack.workspace.users[message.user])
    if message.username:
        found["author"]["real_name"] = message.username
    choices = slack.choices.get((message.ts, user.id))
    found["state"] = choices if choices is not None else initial_values(_blocks(message))
    return found


def _blocks(message: Message) -> list[Json]:
    return [*message.blocks, *(block for row in message.hangings for block in row["blocks"])]


def _statuses(slack: Slack, channel: Channel) -> list[Json]:
    return [
        {"thread_ts": pane.thread_ts, "status": pane.status, "loading_messages": list(pane.loading_messages)}
        for key, pane in slack.panes.items()
        if key.startswith(channel.id) and pane.status and pane.until > slack.clock.now()
    ]


def _prompts(slack: Slack, channel: Channel) -> Json:
    pane = slack.panes.get(channel.id)
    return {"title": pane.prompts_title, "prompts": pane.prompts} if pane else {"title": "", "prompts": []}


def _user(user: User) -> Json:
    return asdict(user)
