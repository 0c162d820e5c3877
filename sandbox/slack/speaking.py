"""Messages as Slack hands them out, and what all ways of posting have in common."""

from typing import Any

from sandbox.slack.attachments import message_attachments, refuse_invalid
from sandbox.slack.blocks import BLOCKS_TEXT, check_message_blocks, text_length, with_ids
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.file_payloads import file_payload
from sandbox.slack.messages import Message
from sandbox.slack.state import Slack
from sandbox.slack.videos import video_problems

TEXT_MOST = 40_000
MARKDOWN_MOST = 12_000
METADATA_MOST_BYTES = 16_000


def content(slack: Slack, fields: Json, *, text_most: int = TEXT_MOST, may_be_empty: bool = False) -> Json:
    """Check text, blocks and attachments of a post and return them with block ids filled in."""
    text, markdown = fields.get("text") or "", fields.get("markdown_text")
    blocks, attachments = fields.get("blocks") or [], fields.get("attachments") or []
    if markdown is not None:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_MOST:
            raise SlackError("msg_too_long")
        blocks, text = [{"type": "markdown", "text": markdown}], markdown
    if not (text.strip() or blocks or attachments or may_be_empty):
        raise SlackError("no_text")
    if len(text) > text_most:
        raise SlackError("msg_too_long")
    refuse_invalid(check_message_blocks(blocks) or video_problems(slack, blocks, at="/blocks"))
    if text_length(blocks) > BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return {
        "text": text,
        "blocks": with_ids(blocks, slack.new_id),
        "attachments": message_attachments(attachments, new_id=slack.new_id),
    }


def checked_metadata(metadata: Any) -> Json | None:
    """Return message metadata; refuses what is not {event_type, event_payload}."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_schema")
    if not (isinstance(metadata["event_type"], str) and isinstance(metadata["event_payload"], dict)):
        raise SlackError("invalid_metadata_schema")
    if len(str(metadata).encode()) > METADATA_MOST_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def message_payload(slack: Slack, message: Message, *, with_metadata: bool = False) -> Json:
    """Return the message as the Web API and payloads show it."""
    found: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": slack.workspace.team.id,
        "blocks": message.blocks,
    }
    if message.is_bot:
        found |= _bot_fields(slack, message)
    if message.hangings:
        found["attachments"] = message.hangings
    if message.files:
        files = [slack.files.find(file_id) for file_id in message.files]
        found["files"] = [file_payload(slack, file) for file in files if file is not None]
        found |= {"subtype": "file_share", "upload": True, "display_as_bot": False}
    if message.edited_ts:
        found["edited"] = {"user": message.user, "ts": message.edited_ts}
    if with_metadata and message.metadata:
        found["metadata"] = message.metadata
    return found | _thread_fields(slack, message)


def _bot_fields(slack: Slack, message: Message) -> Json:
    bot = slack.workspace.bot
    profile = {
        "id": bot.bot_id,
        "app_id": slack.config.app_id,
        "user_id": bot.user_id,
        "name": message.username or bot.name,
        "deleted": False,
        "updated": 1700000000,
        "team_id": slack.workspace.team.id,
    }
    return {"bot_id": bot.bot_id, "app_id": slack.config.app_id, "bot_profile": profile}


def _thread_fields(slack: Slack, message: Message) -> Json:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    replies = slack.messages.thread(message.channel, message.ts)[1:]
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": people,
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
    }
