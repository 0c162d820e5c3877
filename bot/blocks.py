"""Replies as Block Kit: pure functions, our nouns in, blocks out."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot import library_blocks, publish_blocks
from bot.mrkdwn import escape, plain
from bot.payload import Carried
from enablement import wording
from enablement.answering import Answer, Done, Picker, Refusal, Reply, Shown
from enablement.holdings import Holdings
from enablement.model import Deal
from enablement.sharing import open_link
from enablement.uploads import Offer

SHARE, OPEN, NOT_USEFUL, CHANGE, DEAL = (
    "find.share",
    "find.open",
    "find.not_useful",
    "find.change",
    "find.deal",
)
PICKER_BLOCK = "find.pick:"
MOST_OPTIONS = 100
HELP = (
    "*Ask for content in the context of a deal*\n"
    "• `/content pricing for Norfield` – name the deal in the question\n"
    "• `/content` – what fits the deal of this channel, or your only open one\n"
    "• `/content link Norfield` – make this channel about a deal\n"
    "• `/content library` – what you look after in the library\n"
    "You can also mention me or write to me directly."
)


def text_block(text: str) -> SectionBlock:
    return SectionBlock(text=_mrkdwn(text))


def reply(said: Reply | Offer | Holdings, *, public_url: str, now: datetime) -> tuple[list[Block], str]:
    """Return the blocks of a reply, and its text for notifications and screen readers: Slack reads mrkdwn there too."""
    match said:
        case Answer():
            return answer(said, public_url=public_url, now=now)
        case Picker():
            return picker(said)
        case Offer():
            return publish_blocks.offer(said)
        case Holdings():
            return library_blocks.holdings(said)
        case Refusal() | Done():
            return [text_block(escape(said.text))], escape(said.text, most=300)


def answer(said: Answer, *, public_url: str, now: datetime) -> tuple[list[Block], str]:
    blocks: list[Block] = [_deal_line(said)]
    basis = wording.basis(said.basis, said.ask.question)
    notes = [
        basis,
        *(["Customer-facing content only: outsiders read this channel."] if said.customers_only else []),
    ]
    blocks.append(ContextBlock(elements=[_mrkdwn(escape(note, most=600)) for note in notes]))
    for shown in said.shown:
        blocks += [DividerBlock(), *_asset(shown, public_url=public_url, now=now)]
    titles = ", ".join(shown.asset.title for shown in said.shown)
    return blocks, escape(f"For {said.deal.name}: {titles or basis}", most=300)


def picker(said: Picker) -> tuple[list[Block], str]:
    question = f"{said.text} “{said.ask.question}”" if said.ask.question else said.text
    select = StaticSelectElement(
        action_id=DEAL,
        placeholder=PlainTextObject(text="Choose a deal"),
        options=[_deal_option(deal) for deal in said.deals[:MOST_OPTIONS]],
    )
    block = SectionBlock(
        block_id=PICKER_BLOCK + said.ask.id, text=_mrkdwn(escape(question, most=1000)), accessory=select
    )
    return [block], escape(said.text, most=300)


def _deal_line(said: Answer) -> SectionBlock:
    deal = said.deal
    facts = escape(wording.deal_facts(deal), most=500)
    return SectionBlock(
        text=_mrkdwn(f"*{escape(deal.name, most=300)}*\n{facts}  ·  _{escape(wording.how(said.how))}_"),
        accessory=ButtonElement(
            text=PlainTextObject(text="Change"),
            action_id=CHANGE,
            value=Carried(said.ask.id).to_json(),
            accessibility_label="Choose another deal",
        ),
    )


def _asset(shown: Shown, *, public_url: str, now: datetime) -> list[Block]:
    asset, suggestion = shown.asset, shown.suggestion
    title = escape(asset.title, most=300)
    if shown.dismissed:
        return [ContextBlock(elements=[_mrkdwn(f"~{title}~  Noted: not shown again for this deal.")])]
    facts = (
        asset.kind,
        wording.language(asset.language),
        wording.freshness(asset.updated_at, now),
        *(("*internal: not for customers*",) if asset.audience == "internal" else ()),
    )
    why = wording.sentence(suggestion.reasons) or "Nearest by its words."
    return [
        SectionBlock(text=_mrkdwn(f"*{suggestion.rank}. {title}*\n{escape(why, most=1000)}")),
        ContextBlock(elements=[_mrkdwn("  ·  ".join((*map(_fact, facts[:3]), *facts[3:])))]),
        ActionsBlock(elements=_buttons(shown, public_url)),
    ]


def _fact(text: str) -> str:
    return escape(text, most=100)


def _buttons(shown: Shown, public_url: str) -> Sequence[InteractiveElement]:
    suggestion = shown.suggestion
    carried = Carried(suggestion.id).to_json()
    share = ButtonElement(
        text=PlainTextObject(text="Share"),
        action_id=SHARE,
        value=carried,
        style="primary" if suggestion.rank == 1 else None,
        accessibility_label=plain(f"Share {shown.asset.title}", most=75),
    )
    opener = ButtonElement(
        text=PlainTextObject(text="Open"),
        action_id=OPEN,
        url=open_link(suggestion, public_url),
        accessibility_label=plain(f"Open {shown.asset.title}", most=75),
    )
    not_useful = ButtonElement(
        text=PlainTextObject(text="Not useful"),
        action_id=NOT_USEFUL,
        value=carried,
        accessibility_label=plain(f"{shown.asset.title} is not useful", most=75),
    )
    return [share, opener, not_useful] if shown.asset.audience == "customer" else [opener, not_useful]


def _deal_option(deal: Deal) -> Option:
    facts = wording.deal_facts(deal)
    return Option(
        value=deal.id,
        text=PlainTextObject(text=plain(deal.name, most=75), emoji=False),
        description=PlainTextObject(text=plain(facts, most=75), emoji=False) if facts else None,
    )


def _mrkdwn(text: str) -> MarkdownTextObject:
    # Verbatim: Slack must not make links of its own out of what stands in titles and names.
    return MarkdownTextObject(text=text, verbatim=True)
