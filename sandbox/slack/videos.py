"""Video blocks: only from domains the app has registered, and with its scope."""

from typing import Any

from sandbox.slack.errors import Json
from sandbox.slack.links import domain_of
from sandbox.slack.state import Slack

SCOPE = "links.embed:write"


def video_problems(slack: Slack, blocks: list[Json], *, at: str) -> list[str]:
    """Return what is wrong with videos in blocks that are right otherwise."""
    found = []
    for path, block in _videos(blocks, at):
        if SCOPE not in slack.config.scopes:
            found.append(f"missing scope {SCOPE} [json-pointer:{path}]")
        elif not domain_of(block["video_url"], slack.config.unfurl_domains):
            found.append(f"must be in one of the app's unfurl domains [json-pointer:{path}/video_url]")
    return found


def _videos(value: Any, at: str) -> list[tuple[str, Json]]:
    if isinstance(value, list):
        return [row for place, part in enumerate(value) for row in _videos(part, f"{at}/{place}")]
    if not isinstance(value, dict):
        return []
    own = [(at, value)] if value.get("type") == "video" else []
    return [*own, *_videos(value.get("child_blocks"), f"{at}/child_blocks")]
