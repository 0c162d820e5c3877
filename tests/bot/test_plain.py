"""What is sent is what Slack's models make, and what they refuse is refused."""

import inspect

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models import blocks
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import ButtonElement, HeaderBlock, SectionBlock

from bot import plain as module
from bot.plain import plain


def test_a_block_is_sent_as_its_model_makes_it() -> None:
    drawn = SectionBlock(text="*hi*", accessory=ButtonElement(text="Go", action_id="go", value="1"))

    assert plain(drawn) == {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*hi*"},
        "accessory": {
            "type": "button",
            "text": {"type": "plain_text", "text": "Go", "emoji": True},
            "action_id": "go",
            "value": "1",
        },
    }


def test_what_breaks_a_limit_is_refused_also_deep_inside() -> None:
    with pytest.raises(SlackObjectFormationError):
        plain(HeaderBlock(text="x" * 151))
    with pytest.raises(SlackObjectFormationError):
        plain(SectionBlock(text="hi", accessory=ButtonElement(text="Go", action_id="x" * 256)))


def test_no_validator_of_any_model_is_missed() -> None:
    kinds = [kind for _, kind in inspect.getmembers(blocks, inspect.isclass) if issubclass(kind, JsonObject)]

    for kind in kinds:
        marked = {name for name in dir(kind) if not name.startswith("__")}
        assert set(module._validators(kind)) == {
            name for name in marked if hasattr(inspect.getattr_static(kind, name), "validator")
        }
    assert sum(map(len, map(module._validators, kinds))) > 100
