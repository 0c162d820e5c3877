"""assistant.threads.*: status line and suggested prompts of the agent's conversation."""

from typing import Any

from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.places import joined_channel
from sandbox.slack.state import Pane, Slack

STATUS_SECONDS = 120.0
PROMPTS_MOST = 4
TITLE_MOST = 200
LOADING_MOST, LOADING_LENGTH = 10, 50


def set_status(slack: Slack, arguments: Json) -> Json:
    """Show what the agent is doing in a thread; an empty status clears it."""
    channel = joined_channel(slack, arguments["channel_id"])
    if not slack.messages.thread(channel.id, arguments["thread_ts"]):
        raise SlackError("invalid_thread_ts")
    loading = arguments.get("loading_messages") or []
    if not _are_texts(loading, most=LOADING_MOST, length=LOADING_LENGTH):
        raise invalid_arguments(
            f"at most {LOADING_MOST} texts of {LOADING_LENGTH} characters: loading_messages"
        )
    slack.panes[channel.id + arguments["thread_ts"]] = Pane(
        status=arguments["status"],
        loading_messages=tuple(loading),
        thread_ts=arguments["thread_ts"],
        until=slack.clock.now() + STATUS_SECONDS,
    )
    return {}


def set_suggested_prompts(slack: Slack, arguments: Json) -> Json:
    """Offer questions above the composer of a direct conversation."""
    channel = joined_channel(slack, arguments["channel_id"])
    if not channel.is_im:
        raise SlackError("invalid_channel_type")
    prompts = arguments["prompts"]
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS_MOST:
        raise invalid_arguments(f"1 to {PROMPTS_MOST} prompts: prompts")
    if not all(_is_prompt(prompt) for prompt in prompts):
        raise invalid_arguments("each prompt is {title, message}: prompts")
    slack.panes[channel.id] = Pane(prompts=prompts, prompts_title=arguments.get("title", ""))
    return {}


def set_title(slack: Slack, arguments: Json) -> Json:
    """Name a conversation with the agent."""
    channel = joined_channel(slack, arguments["channel_id"])
    if not channel.is_im:
        raise SlackError("invalid_channel_type")
    if not slack.messages.thread(channel.id, arguments["thread_ts"]):
        raise SlackError("invalid_thread_ts")
    title = arguments["title"]
    if not 1 <= len(title) <= TITLE_MOST:
        raise invalid_arguments(f"must be 1 to {TITLE_MOST} characters: title")
    slack.titles[channel.id, arguments["thread_ts"]] = title
    return {}


def _is_prompt(prompt: Any) -> bool:
    if not isinstance(prompt, dict) or prompt.keys() != {"title", "message"}:
        return False
    return all(isinstance(value, str) and value for value in prompt.values())


def _are_texts(values: Any, *, most: int, length: int) -> bool:
    if not isinstance(values, list) or len(values) > most:
        return False
    return all(isinstance(value, str) and 0 < len(value) <= length for value in values)


HANDLERS = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setTitle": set_title,
    "assistant.threads.setSuggestedPrompts": set_suggested_prompts,
}
