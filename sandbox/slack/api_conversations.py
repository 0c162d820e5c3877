"""conversations.*: channels, direct conversations, what was said in them."""

from collections.abc import Sequence

from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.messages import Message
from sandbox.slack.paging import page
from sandbox.slack.places import bot_is_in, joined_channel, reachable_user, visible_channel
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_MOST_PEOPLE = 8


def open_(slack: Slack, arguments: Json) -> Json:
    """Open a direct conversation with one person, or a group conversation with several."""
    if "channel" in arguments:
        return {"channel": {"id": visible_channel(slack, arguments["channel"]).id}}
    people = [user for user in arguments.get("users", []) if user]
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > _MOST_PEOPLE:
        raise SlackError("too_many_users")
    for person in people:
        reachable_user(slack, person)
    known = set(slack.workspace.channels)
    channel = slack.workspace.direct(people[0]) if len(people) == 1 else slack.workspace.group(people)
    shown = _channel(slack, channel) if arguments.get("return_im") else {"id": channel.id}
    already = {"no_op": True, "already_open": True} if channel.id in known else {}
    return {**already, "channel": shown}


def join(slack: Slack, arguments: Json) -> Json:
    """Join a public channel."""
    channel = visible_channel(slack, arguments["channel"])
    if channel.kind() != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if bot_is_in(slack, channel):
        already = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": _channel(slack, channel), **already}
    channel.members.append(slack.workspace.bot.user_id)
    return {"channel": _channel(slack, channel)}


def info(slack: Slack, arguments: Json) -> Json:
    """Return one channel."""
    channel = visible_channel(slack, arguments["channel"])
    shown = _channel(slack, channel)
    if arguments.get("include_num_members"):
        shown["num_members"] = len(channel.members)
    if arguments.get("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


def listing(slack: Slack, arguments: Json) -> Json:
    """Return the channels of the asked kinds that the bot can see."""
    types = arguments.get("types") or ["public_channel"]
    wrong = [name for name in types if name not in _KINDS]
    if wrong:
        raise SlackError("invalid_types")
    kinds = {_KINDS[name] for name in types}
    seen = [
        channel
        for channel in slack.workspace.channels.values()
        if channel.kind() in kinds and (not channel.is_private or bot_is_in(slack, channel))
    ]
    rows, metadata = page(seen, arguments)
    return {"channels": [_channel(slack, channel) for channel in rows], "response_metadata": metadata}


def members(slack: Slack, arguments: Json) -> Json:
    """Return who is in the channel."""
    channel = visible_channel(slack, arguments["channel"])
    rows, metadata = page(channel.members, arguments)
    return {"members": rows, "response_metadata": metadata}


def history(slack: Slack, arguments: Json) -> Json:
    """Return the main line, newest first."""
    channel = joined_channel(slack, arguments["channel"])
    return _read(slack, slack.messages.history(channel.id), arguments)


def replies(slack: Slack, arguments: Json) -> Json:
    """Return a thread, oldest first."""
    channel = joined_channel(slack, arguments["channel"])
    thread = slack.messages.thread(channel.id, arguments["ts"])
    if not thread:
        raise SlackError("thread_not_found")
    return _read(slack, thread, arguments)


def _read(slack: Slack, rows: Sequence[Message], arguments: Json) -> Json:
    kept = [row for row in rows if _is_within(row.ts, arguments)]
    shown, metadata = page(kept, arguments)
    with_metadata = arguments.get("include_all_metadata", False)
    found: Json = {
        "messages": [message_payload(slack, row, with_metadata=with_metadata) for row in shown],
        "has_more": bool(metadata["next_cursor"]),
    }
    return {**found, "response_metadata": metadata} if metadata["next_cursor"] else found


def _is_within(ts: str, arguments: Json) -> bool:
    inclusive = arguments.get("inclusive", False)
    at, oldest, latest = _micros(ts), arguments.get("oldest"), arguments.get("latest")
    after = not oldest or at > _micros(oldest) or (inclusive and at == _micros(oldest))
    before = not latest or at < _micros(latest) or (inclusive and at == _micros(latest))
    return after and before


def _micros(ts: str) -> int:
    whole, _, part = ts.partition(".")
    if not (whole.isdigit() and (part or "0").isdigit()):
        raise invalid_arguments(f"must be a timestamp: {ts}")
    return int(whole) * 1_000_000 + int(part[:6].ljust(6, "0"))


def _channel(slack: Slack, channel: Channel) -> Json:
    if channel.is_im:
        return {
            "id": channel.id,
            "created": 1700000000,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": slack.workspace.team.id,
            "is_archived": False,
            "user": channel.members[0],
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.kind() == "group",
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": False,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": bot_is_in(slack, channel),
        "created": 1700000000,
        "creator": channel.members[0] if channel.members else "",
        "context_team_id": slack.workspace.team.id,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


HANDLERS = {
    "conversations.open": open_,
    "conversations.join": join,
    "conversations.info": info,
    "conversations.list": listing,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.members": members,
}
