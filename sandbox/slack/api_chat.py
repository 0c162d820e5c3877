"""chat.*: what the bot says."""

from sandbox.slack import echoes
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.messages import Message
from sandbox.slack.places import channel_to_post, joined_channel
from sandbox.slack.speaking import checked_metadata, content, message_payload
from sandbox.slack.state import Slack

UPDATE_TEXT_MOST = 4_000


def post_message(slack: Slack, arguments: Json) -> Json:
    """Post to a channel, a thread or a person."""
    channel = channel_to_post(slack, arguments["channel"])
    said = content(slack, arguments)
    message = slack.messages.add(
        channel.id,
        user=slack.workspace.bot.user_id,
        is_bot=True,
        thread_ts=_thread(slack, channel.id, arguments),
        reply_broadcast=arguments.get("reply_broadcast", False),
        metadata=checked_metadata(arguments.get("metadata")),
        username=arguments.get("username"),
        **said,
    )
    if message.thread_ts:
        slack.panes.pop(channel.id + message.thread_ts, None)
    echoes.posted(slack, message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_payload(slack, message, with_metadata=True),
    }


def post_ephemeral(slack: Slack, arguments: Json) -> Json:
    """Post to a channel for the eyes of one member."""
    channel = joined_channel(slack, arguments["channel"])
    if arguments["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    message = slack.messages.add(
        channel.id,
        user=slack.workspace.bot.user_id,
        is_bot=True,
        thread_ts=_thread(slack, channel.id, arguments),
        only_for=arguments["user"],
        **content(slack, arguments),
    )
    return {"message_ts": message.ts}


def update(slack: Slack, arguments: Json) -> Json:
    """Change a message of the bot."""
    message = _own_message(slack, arguments, "cant_update_message")
    before = message_payload(slack, message)
    # Text alone takes the blocks away, blocks alone keep the text for notifications.
    kept: Json = {} if "text" in arguments or "markdown_text" in arguments else {"blocks": message.blocks}
    attachments = arguments.get("attachments", message.attachments)
    said = content(slack, {**kept, **arguments, "attachments": attachments}, text_most=UPDATE_TEXT_MOST)
    message.text, message.blocks = said["text"] or message.text, said["blocks"]
    message.attachments = said["attachments"]
    if "metadata" in arguments:
        message.metadata = checked_metadata(arguments["metadata"]) or None
    if not message.blocks:
        message.edited_ts = slack.messages.next_ts()
    echoes.changed(slack, message, before)
    shown = message_payload(slack, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(slack: Slack, arguments: Json) -> Json:
    """Take a message of the bot away."""
    message = _own_message(slack, arguments, "cant_delete_message")
    before = message_payload(slack, message)
    slack.messages.remove(message)
    echoes.deleted(slack, message, before)
    return {"channel": message.channel, "ts": message.ts}


def _own_message(slack: Slack, arguments: Json, refusal: str) -> Message:
    channel = joined_channel(slack, arguments["channel"])
    message = slack.messages.find(channel.id, arguments["ts"])
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    if not message.is_bot:
        raise SlackError(refusal)
    return message


def _thread(slack: Slack, channel: str, arguments: Json) -> str | None:
    thread_ts: str | None = arguments.get("thread_ts")
    if not thread_ts:
        return None
    parent = slack.messages.find(channel, thread_ts)
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


HANDLERS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
}
