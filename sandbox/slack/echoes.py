"""The app's own messages come back to it as events, as everybody else's do; most clients let them fall."""

from sandbox.slack.delivering import deliver_soon
from sandbox.slack.errors import Json
from sandbox.slack.events import file_event, message_event_kind
from sandbox.slack.messages import Message
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack


def posted(slack: Slack, message: Message) -> None:
    """Tell of a message that everybody sees."""
    event = message_payload(slack, message)
    if message.is_reply:
        parent = slack.messages.find(message.channel, message.thread_ts or "")
        event["parent_user_id"] = parent.user if parent else ""
    if message.reply_broadcast:
        event["subtype"] = "thread_broadcast"
    _tell(slack, message, {**event, "event_ts": message.ts})
    for file_id in message.files:
        _send(slack, message, "file_shared", file_event(slack, message, file_id))


def changed(slack: Slack, message: Message, before: Json) -> None:
    """Tell of a message that is not what it was; `before` is its payload from then."""
    now = {"message": message_payload(slack, message), "previous_message": before}
    _tell(slack, message, {**_hidden(slack, "message_changed"), **now})


def deleted(slack: Slack, message: Message, before: Json) -> None:
    """Tell of a message that is gone; `before` is its payload from then."""
    gone = {"deleted_ts": message.ts, "previous_message": before}
    _tell(slack, message, {**_hidden(slack, "message_deleted"), **gone})


def _hidden(slack: Slack, subtype: str) -> Json:
    ts = slack.messages.next_ts()
    return {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}


def _tell(slack: Slack, message: Message, event: Json) -> None:
    channel = slack.workspace.channels[message.channel]
    event = {**event, "channel": channel.id, "channel_type": channel.kind()}
    _send(slack, message, message_event_kind(channel), event)


def _send(slack: Slack, message: Message, kind: str, event: Json) -> None:
    channel = slack.workspace.channels[message.channel]
    if message.only_for is None and slack.workspace.bot.user_id in channel.members:
        deliver_soon(slack, kind, event, channel=channel)
