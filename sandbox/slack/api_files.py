"""files.*: uploads in three steps, and what is known of a file."""

from typing import Any

from sandbox.slack import echoes
from sandbox.slack.addresses import base_url
from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.file_payloads import file_payload, is_seen_by_bot
from sandbox.slack.files import MOST_BYTES, File
from sandbox.slack.places import joined_channel
from sandbox.slack.speaking import content
from sandbox.slack.state import Slack


def get_upload_url(slack: Slack, arguments: Json) -> Json:
    """Hand out an address to send the bytes to, and the id of the file to be."""
    name, length = arguments["filename"], arguments["length"]
    if not name or not 1 <= length <= MOST_BYTES:
        raise invalid_arguments("a filename and a length of 1 or more are required")
    file = slack.files.add(
        File(
            id=slack.new_id("F"),
            name=name,
            length=length,
            user=slack.workspace.bot.user_id,
            created=slack.clock.now(),
            alt_text=arguments.get("alt_txt", ""),
        )
    )
    base = base_url(slack)
    return {"upload_url": f"{base}/upload/v1/{file.id}/{file.secret}", "file_id": file.id}


def complete_upload(slack: Slack, arguments: Json) -> Json:
    """Publish uploaded files, into a channel or nowhere."""
    files = _uploaded(slack, arguments["files"])
    places = [arguments["channel_id"]] if arguments.get("channel_id") else arguments.get("channels", [])
    channels = [joined_channel(slack, place) for place in places]
    comment = arguments.get("initial_comment", "")
    # A comment takes the place of blocks.
    blocks = [] if comment else arguments.get("blocks") or []
    said = content(slack, {"text": comment, "blocks": blocks}, may_be_empty=True)
    threads = [_thread(slack, channel.id, arguments.get("thread_ts")) for channel in channels]
    for file in files:
        file.is_complete = True
    for channel, thread_ts in zip(channels, threads, strict=True):
        message = slack.messages.add(
            channel.id,
            user=slack.workspace.bot.user_id,
            is_bot=True,
            thread_ts=thread_ts,
            files=[file.id for file in files],
            **said,
        )
        for file in files:
            file.shares.append((channel.id, message.ts))
        echoes.posted(slack, message)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def info(slack: Slack, arguments: Json) -> Json:
    """Return what is known of a file."""
    file = slack.files.published(arguments["file"])
    if file is None or not is_seen_by_bot(slack, file):
        raise SlackError("file_not_found")
    if file.is_deleted:
        raise SlackError("file_deleted")
    return {
        "file": file_payload(slack, file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _uploaded(slack: Slack, rows: Any) -> list[File]:
    if not isinstance(rows, list) or not rows:
        raise invalid_arguments("must be a list of {id, title}: files")
    found = []
    for row in rows:
        if not isinstance(row, dict) or row.keys() - {"id", "title", "highlight_type"} or "id" not in row:
            raise invalid_arguments("each file is {id, title}: files")
        file = slack.files.find(row["id"])
        if file is None or file.content is None or file.is_complete:
            raise SlackError("file_not_found")
        file.title = row.get("title") or file.name
        found.append(file)
    return found


def _thread(slack: Slack, channel: str, thread_ts: str | None) -> str | None:
    if not thread_ts:
        return None
    parent = slack.messages.find(channel, thread_ts)
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


HANDLERS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
