"""What the app answers by itself: response bodies of commands, posts on response URLs."""

import json
from typing import Any

from sandbox.slack import echoes
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.messages import Message
from sandbox.slack.sender import Delivery
from sandbox.slack.speaking import checked_metadata, content, message_payload
from sandbox.slack.state import Slack
from sandbox.slack.tickets import ResponseUrl

_FIELDS = {
    "attachments",
    "blocks",
    "delete_original",
    "metadata",
    "mrkdwn",
    "replace_original",
    "response_type",
    "text",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
}


def why_failed(delivery: Delivery) -> str:
    """Return the word Slack shows for a failed command or interaction."""
    if delivery.failure == "http_timeout":
        return "operation_timeout"
    return "dispatch_failed"


def command_answered(slack: Slack, url: ResponseUrl, command: str, delivery: Delivery) -> None:
    """Show what the app answered to a command, or that it failed."""
    # A command counts as taken with 200 alone.
    failure = why_failed(delivery) if delivery.failure or delivery.status != 200 else ""
    if not failure and delivery.body.strip():
        try:
            post(slack, url, _command_body(delivery))
        except SlackError as refusal:
            failure = "invalid_command_response"
            slack.records.refuse(delivery.number, refusal.body())
    if failure:
        slack.warn(url.user, f"{command} failed with the error “{failure}”", channel=url.channel)


def post(slack: Slack, url: ResponseUrl, body: Json) -> None:
    """Post, replace or delete on behalf of a command or click; refuses what Slack would not take."""
    unknown = sorted(body.keys() - _FIELDS)
    if unknown or body.get("response_type") not in (None, "ephemeral", "in_channel"):
        raise SlackError("invalid_payload", unknown=unknown)
    with slack.lock:
        original = slack.messages.find(url.channel, url.source_ts) if url.source_ts else None
        if body.get("delete_original") is True:
            _delete(slack, original)
        elif body.get("replace_original") is True and original is not None:
            _replace(slack, original, body)
        else:
            _add(slack, url, body)
        slack.touch()


def _delete(slack: Slack, original: Message | None) -> None:
    if original is None:
        raise SlackError("message_not_found")
    before = message_payload(slack, original)
    slack.messages.remove(original)
    echoes.deleted(slack, original, before)


def _replace(slack: Slack, original: Message, body: Json) -> None:
    said, before = content(slack, body), message_payload(slack, original)
    original.text, original.blocks, original.attachments = said["text"], said["blocks"], said["attachments"]
    if "metadata" in body:
        original.metadata = checked_metadata(body["metadata"])
    echoes.changed(slack, original, before)


def _add(slack: Slack, url: ResponseUrl, body: Json) -> None:
    thread_ts = body.get("thread_ts") or url.thread_ts
    message = slack.messages.add(
        url.channel,
        user=slack.workspace.bot.user_id,
        is_bot=True,
        only_for=None if body.get("response_type") == "in_channel" else url.user,
        thread_ts=thread_ts,
        metadata=checked_metadata(body.get("metadata")),
        **content(slack, body),
    )
    if url.source_ts is None:
        url.source_ts = message.ts
    echoes.posted(slack, message)


def _command_body(delivery: Delivery) -> Json:
    if delivery.content_type != "application/json":
        return {"text": delivery.body}
    body: Any = json.loads(delivery.body) if _is_json(delivery.body) else None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
