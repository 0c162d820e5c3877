"""A second judge: the block classes of Slack's own Python SDK, which check lengths and words themselves."""

import copy

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from sandbox.slack.errors import Json


def sdk_complaints(blocks: list[Json], at: str) -> list[str]:
    """Return what the SDK refuses to build."""
    found = []
    for place, block in enumerate(blocks):
        try:
            parsed = Block.parse(copy.deepcopy(block))
            if parsed is not None:
                parsed.to_dict()
        except SlackObjectFormationError as problem:
            found.append(f"{problem} [json-pointer:{at}/{place}]")
    return found
