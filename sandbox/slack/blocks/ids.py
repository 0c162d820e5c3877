"""The ids Slack gives to blocks and elements that come without."""

import copy
from collections.abc import Callable

from sandbox.slack.errors import Json


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """Return a copy of the blocks in which every block has a block_id and every element an action_id."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        _fill(block, new_id)
    return filled


def _fill(block: Json, new_id: Callable[[str], str]) -> None:
    block.setdefault("block_id", new_id("b"))
    for inner in (*block.get("child_blocks", []), *block.get("tasks", [])):
        _fill(inner, new_id)
    parts = [block.get("accessory"), block.get("element"), *block.get("actions", [])]
    if block["type"] == "carousel":
        for card in block["elements"]:
            _fill(card, new_id)
    elif block["type"] in ("actions", "context_actions"):
        parts += block["elements"]
    for part in parts:
        if part and part["type"] != "image":
            part.setdefault("action_id", new_id("a"))
