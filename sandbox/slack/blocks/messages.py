"""The blocks of a message as a whole: how many, which ids, how much text."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.kinds import SURFACES
from sandbox.slack.blocks.sdk_judge import sdk_complaints
from sandbox.slack.blocks.shapes import array, by_type, complain
from sandbox.slack.errors import Json

_BLOCKS = array(by_type(SURFACES["message"]), most=limits.BLOCKS_IN_MESSAGE, least=0)
_AT_MOST = {"table": 1, "plan": 1, "data_visualization": limits.CHARTS}


def check_message_blocks(blocks: Any, *, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse in the blocks of a message; empty when they are right."""
    found: list[str] = []
    _BLOCKS(blocks, at, found)
    if not found:
        check_ids(blocks, at, found)
        _check_totals(blocks, at, found)
    return found or sdk_complaints(blocks, at)


def check_ids(blocks: list[Json], at: str, found: list[str]) -> None:
    """Find block ids used twice, and action ids used twice within a block."""
    everything = list(_all(blocks))
    for block_id, times in Counter(block["block_id"] for block in everything if "block_id" in block).items():
        if times > 1:
            complain(found, at, f"block_id is not unique: {block_id}")
    for block in everything:
        parts = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
        for action_id, times in Counter(
            part["action_id"] for part in [*parts, *block.get("actions", [])] if "action_id" in part
        ).items():
            if times > 1:
                complain(found, at, f"action_id is not unique in its block: {action_id}")


def text_length(value: Any) -> int:
    """Return how many characters of text the blocks hold, without data tables, which have a limit of their own."""
    if isinstance(value, dict):
        if value.get("type") == "data_table":
            return 0
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(text_length(part) for part in value.values())
    return sum(text_length(part) for part in value) if isinstance(value, list) else 0


def _check_totals(blocks: list[Json], at: str, found: list[str]) -> None:
    kinds = Counter(block["type"] for block in _all(blocks))
    for kind, most in _AT_MOST.items():
        if kinds[kind] > most:
            allowed = f"only one {kind} block is" if most == 1 else f"no more than {most} {kind} blocks are"
            complain(found, at, f"{allowed} allowed")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > limits.MARKDOWN_TEXT:
        complain(found, at, f"markdown blocks must be less than {limits.MARKDOWN_TEXT + 1} characters in all")


def _all(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        nested = block["elements"] if block["type"] == "carousel" else []
        yield from _all([*nested, *block.get("child_blocks", []), *block.get("tasks", [])])
