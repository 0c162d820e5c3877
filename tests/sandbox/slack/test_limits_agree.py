"""The table of limits says what the classes of Slack's own Python SDK say."""

import inspect

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import basic_components, block_elements, blocks as block_classes
from slack_sdk.models.views import View

from sandbox.slack.blocks import limits

# What the SDK calls a limit → what it is here.
AGREED: dict[str, int] = {
    "Option.label_max_length": limits.OPTION_TEXT,
    "Option.value_max_length": limits.OPTION_VALUE,
    "OptionGroup.label_max_length": limits.OPTION_TEXT,
    "OptionGroup.options_max_length": limits.OPTIONS,
    "ConfirmObject.title_max_length": limits.CONFIRM_TITLE,
    "ConfirmObject.text_max_length": limits.CONFIRM_TEXT,
    "ConfirmObject.confirm_max_length": limits.CONFIRM_BUTTON,
    "ConfirmObject.deny_max_length": limits.CONFIRM_BUTTON,
    "FeedbackButtonObject.text_max_length": limits.BUTTON_TEXT,
    "FeedbackButtonObject.value_max_length": limits.BUTTON_VALUE,
    "InteractiveElement.action_id_max_length": limits.ID,
    "InputInteractiveElement.placeholder_max_length": limits.PLACEHOLDER,
    "ButtonElement.text_max_length": limits.BUTTON_TEXT,
    "ButtonElement.url_max_length": limits.URL,
    "ButtonElement.value_max_length": limits.BUTTON_VALUE,
    "ButtonElement.agent_prompt_max_length": limits.AGENT_PROMPT,
    "ImageElement.image_url_max_length": limits.URL,
    "ImageElement.alt_text_max_length": limits.IMAGE_ALT,
    "StaticSelectElement.options_max_length": limits.OPTIONS,
    "StaticSelectElement.option_groups_max_length": limits.OPTION_GROUPS,
    "StaticMultiSelectElement.options_max_length": limits.OPTIONS,
    "StaticMultiSelectElement.option_groups_max_length": limits.OPTION_GROUPS,
    "SelectElement.options_max_length": limits.OPTIONS,
    "SelectElement.option_groups_max_length": limits.OPTION_GROUPS,
    "OverflowMenuElement.options_max_length": limits.OPTIONS_OF_OVERFLOW,
    "Block.block_id_max_length": limits.ID,
    "SectionBlock.fields_max_length": limits.SECTION_FIELDS,
    "SectionBlock.text_max_length": limits.SECTION_TEXT,
    "ImageBlock.image_url_max_length": limits.URL,
    "ImageBlock.alt_text_max_length": limits.IMAGE_ALT,
    "ImageBlock.title_max_length": limits.IMAGE_TITLE,
    "ActionsBlock.elements_max_length": limits.ACTIONS_ELEMENTS,
    "ContextBlock.elements_max_length": limits.CONTEXT_ELEMENTS,
    "ContextActionsBlock.elements_max_length": limits.CONTEXT_ACTIONS,
    "InputBlock.label_max_length": limits.INPUT_LABEL,
    "InputBlock.hint_max_length": limits.INPUT_LABEL,
    "HeaderBlock.text_max_length": limits.HEADER_TEXT,
    "MarkdownBlock.text_max_length": limits.MARKDOWN_TEXT,
    "VideoBlock.title_max_length": limits.VIDEO_TITLE,
    "VideoBlock.author_name_max_length": limits.VIDEO_AUTHOR,
    "CardBlock.title_max_length": limits.CARD_TITLE,
    "CardBlock.subtitle_max_length": limits.CARD_TITLE,
    "CardBlock.body_max_length": limits.CARD_BODY,
    "ContainerBlock.title_max_length": limits.CONTAINER_TITLE,
    "ContainerBlock.subtitle_max_length": limits.CONTAINER_TITLE,
    "ContainerBlock.child_blocks_max_length": limits.CONTAINER_BLOCKS,
    "CarouselBlock.elements_max_length": limits.CAROUSEL_CARDS,
    "View.title_max_length": limits.VIEW_TITLE,
    "View.submit_max_length": limits.VIEW_TITLE,
    "View.close_max_length": limits.VIEW_TITLE,
    "View.blocks_max_length": limits.BLOCKS_IN_VIEW,
    "View.callback_id_max_length": limits.ID,
    "View.private_metadata_max_length": limits.PRIVATE_METADATA,
}
# Blocks that are refused whole.
NOT_PLAYED = ("AuthProviderBlock",)
MODULES = (basic_components, block_elements, block_classes)


def theirs() -> dict[str, int]:
    """Return every limit the SDK states, by class and name."""
    classes: list[type] = [
        kind for module in MODULES for _, kind in inspect.getmembers(module, inspect.isclass)
    ]
    found = {}
    for kind in [*classes, View]:
        for name, value in vars(kind).items():
            if name.endswith("_max_length") and isinstance(value, int):
                found[f"{kind.__name__}.{name}"] = value
    return found


@pytest.mark.parametrize("name", sorted(AGREED))
def test_a_limit_is_the_sdks(name: str) -> None:
    assert theirs()[name] == AGREED[name]


def test_no_limit_of_the_sdk_is_left_out() -> None:
    missing = [name for name in theirs() if name not in AGREED and not name.startswith(NOT_PLAYED)]

    assert missing == []
    assert hasattr(sdk, "AuthProviderBlock")
