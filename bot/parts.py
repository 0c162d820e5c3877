"""The pieces that blocks are made of, each with what every use of it must heed."""

from slack_sdk.models.blocks import (
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
)

from bot.mrkdwn import escape, plain
from bot.payload import Carried
from bot.signing import ADDED
from enablement.language import _

# What Slack takes in an option, with the signature that comes behind it.
LONGEST_VALUE = 150 - ADDED


def mrkdwn(text: str) -> MarkdownTextObject:
    # Verbatim: Slack must not make links of its own out of what stands in titles and names.
    return MarkdownTextObject(text=text, verbatim=True)


def section(text: str) -> SectionBlock:
    """Return a paragraph; `text` is escaped already."""
    return SectionBlock(text=mrkdwn(text))


def small(*texts: str) -> ContextBlock:
    """Return a line of small print; the texts are not escaped yet."""
    return ContextBlock(elements=[mrkdwn(escape(text, most=600)) for text in texts])


def label(text: str) -> PlainTextObject:
    return PlainTextObject(text=text)


def option(value: str, text: str, description: str = "", *, url: str | None = None) -> Option:
    return Option(
        value=value,
        text=PlainTextObject(text=plain(text, most=75), emoji=False),
        description=PlainTextObject(text=plain(description, most=75), emoji=False) if description else None,
        url=url,
    )


def button(
    text: str,
    action_id: str,
    *,
    about: str,
    carried: Carried | None = None,
    url: str | None = None,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Return a button; `about` names for screen readers what it acts on."""
    return ButtonElement(
        text=PlainTextObject(text=text),
        action_id=action_id,
        value=carried.to_json() if carried else None,
        url=url,
        style=style,
        confirm=confirm,
        accessibility_label=plain(_("{button}: {what}", button=text, what=about), most=75),
    )
