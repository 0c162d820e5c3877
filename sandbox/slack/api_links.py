"""chat.unfurl and chat.getPermalink."""

from typing import Any

from sandbox.slack import echoes
from sandbox.slack.attachments import unfurl_attachment
from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.links import links_in
from sandbox.slack.messages import Message
from sandbox.slack.places import visible_channel
from sandbox.slack.speaking import message_payload
from sandbox.slack.state import Slack

SOURCES = ("composer", "conversations_history")


def unfurl(slack: Slack, arguments: Json) -> Json:
    """Show what links of a person's message, or of one being written, lead to."""
    unfurls = _unfurls(arguments)
    if "unfurl_id" in arguments or "source" in arguments:
        return _unfurl_announced(slack, arguments, unfurls)
    for name in ("channel", "ts"):
        if name not in arguments:
            raise SlackError(f"missing_{name}")
    message = slack.messages.find(arguments["channel"], arguments["ts"])
    _draw(slack, message, unfurls)
    return {}


def permalink(slack: Slack, arguments: Json) -> Json:
    """Return the address of a message."""
    channel = visible_channel(slack, arguments["channel"])
    message = slack.messages.find(channel.id, arguments["message_ts"])
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    address = f"https://{slack.workspace.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


def _unfurls(arguments: Json) -> dict[str, Any]:
    if arguments.get("metadata") is not None:
        raise invalid_arguments("work objects are not played here: metadata")
    if arguments.get("user_auth_required") and not arguments.get("unfurls"):
        return {}
    unfurls = arguments.get("unfurls")
    if unfurls is None:
        raise SlackError("missing_unfurls")
    if not isinstance(unfurls, dict) or not all(isinstance(row, dict) for row in unfurls.values()):
        raise SlackError("invalid_unfurls_format")
    return unfurls


def _unfurl_announced(slack: Slack, arguments: Json, unfurls: dict[str, Any]) -> Json:
    for name in ("unfurl_id", "source"):
        if name not in arguments:
            raise SlackError(f"missing_{name}")
    if arguments["source"] not in SOURCES:
        raise SlackError("invalid_source")
    told = slack.links.find(arguments["unfurl_id"])
    if told is None or told.source != arguments["source"]:
        raise SlackError("invalid_unfurl_id")
    if told.source == "conversations_history":
        _draw(slack, slack.messages.find(told.channel, told.ts), unfurls)
        return {}
    if unfurls.keys() - set(told.urls):
        raise SlackError("cannot_unfurl_url")
    told.previews |= {url: _attachment(slack, url, row) for url, row in unfurls.items()}
    return {}


def _draw(slack: Slack, message: Message | None, unfurls: dict[str, Any]) -> None:
    if message is None:
        raise SlackError("cannot_find_message")
    if message.is_bot or message.only_for:
        raise SlackError("cannot_unfurl_message")
    if unfurls.keys() - set(links_in(message.text, slack.config.unfurl_domains)):
        raise SlackError("cannot_unfurl_url")
    before = message_payload(slack, message)
    message.unfurls |= {url: _attachment(slack, url, row) for url, row in unfurls.items()}
    echoes.changed(slack, message, before)


def _attachment(slack: Slack, url: str, row: Json) -> Json:
    shown = unfurl_attachment(row, new_id=slack.new_id)
    return {
        **shown,
        "id": 1,
        "from_url": url,
        "app_unfurl_url": url,
        "is_app_unfurl": True,
        "app_id": slack.config.app_id,
        "bot_id": slack.workspace.bot.bot_id,
    }


HANDLERS = {"chat.unfurl": unfurl, "chat.getPermalink": permalink}
