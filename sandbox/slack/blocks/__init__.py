"""The judge of blocks and views."""

from sandbox.slack.blocks.ids import with_ids
from sandbox.slack.blocks.limits import BLOCKS_TEXT
from sandbox.slack.blocks.messages import check_message_blocks, text_length
from sandbox.slack.blocks.views import check_view

__all__ = ["BLOCKS_TEXT", "check_message_blocks", "check_view", "text_length", "with_ids"]
