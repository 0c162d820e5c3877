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

from bot import announce_blocks, library_blocks, publish_blocks
from bot.mrkdwn import escape, plain
from bot.payload import Carried
from bot.sent_blocks import sent_line
from enablement import wording
from enablement.announcing import Told
from enablement.answering import Answer, Done, Picker, Refusal, Reply, Shown
from enablement.holdings import Holdings
from enablement.language import _, in_a_row
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


def help_text() -> str:
    """Return what can be asked, and how."""
    return "\n".join(
        (
            _("*Ask for content in the context of a deal*"),
            _("• `/content pricing for Norfield` – name the deal in the question"),
            _("• `/content` – what fits the deal of this channel, or your only open one"),
            _("• `/content link Norfield` – make this channel about a deal"),
            _("• `/content library` – what you look after in the library"),
            _("You can also mention me or write to me directly."),
        )
    )


def text_block(text: str) -> SectionBlock:
    return SectionBlock(text=_mrkdwn(text))


def reply(
    said: Reply | Offer | Holdings | Told, *, public_url: str, now: datetime
) -> tuple[list[Block], str]:
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
        case Told():
            return announce_blocks.told(said)
        case Refusal() | Done():
            return [text_block(escape(said.text))], escape(said.text, most=300)


def answer(said: Answer, *, public_url: str, now: datetime) -> tuple[list[Block], str]:
    blocks: list[Block] = [_deal_line(said)]
    basis = wording.basis(said.basis, said.ask.question)
    notes = [
        basis,
        *([_("Customer-facing content only: outsiders read this channel.")] if said.customers_only else []),
    ]
    blocks.append(ContextBlock(elements=[_mrkdwn(escape(note, most=600)) for note in notes]))
    for shown in said.shown:
        blocks += [DividerBlock(), *_asset(shown, public_url=public_url, now=now)]
    titles = in_a_row(shown.asset.title for shown in said.shown)
    return blocks, escape(_("For {deal}: {answer}", deal=said.deal.name, answer=titles or basis), most=300)


def picker(said: Picker) -> tuple[list[Block], str]:
    question = f"{said.text} {wording.quoted(said.ask.question)}" if said.ask.question else said.text
    select = StaticSelectElement(
        action_id=DEAL,
        placeholder=PlainTextObject(text=_("Choose a deal")),
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
            text=PlainTextObject(text=_("Change")),
            action_id=CHANGE,
            value=Carried(said.ask.id).to_json(),
            accessibility_label=_("Choose another deal"),
        ),
    )


def _asset(shown: Shown, *, public_url: str, now: datetime) -> list[Block]:
    asset, suggestion = shown.asset, shown.suggestion
    title = escape(asset.title, most=300)
    if shown.dismissed:
        not_again = _("Noted: not shown again for this deal.")
        noted = ContextBlock(elements=[_mrkdwn(f"~{title}~  {not_again}")])
        return [noted, *_sent(shown)]
    internal = _("internal: not for customers")
    facts = (
        asset.kind,
        wording.language(asset.language),
        wording.freshness(asset.updated_at, now),
        *((f"*{internal}*",) if asset.audience == "internal" else ()),
    )
    why = wording.sentence(suggestion.reasons) or _("Nearest by its words.")
    return [
        SectionBlock(text=_mrkdwn(f"*{suggestion.rank}. {title}*\n{escape(why, most=1000)}")),
        ContextBlock(elements=[_mrkdwn("  ·  ".join((*map(_fact, facts[:3]), *facts[3:])))]),
        ActionsBlock(elements=_buttons(shown, public_url)),
        *_sent(shown),
    ]


def _sent(shown: Shown) -> list[Block]:
    return [sent_line(shown.suggestion, shown.asset, shown.sent)] if shown.sent else []


def _fact(text: str) -> str:
    return escape(text, most=100)


def _buttons(shown: Shown, public_url: str) -> Sequence[InteractiveElement]:
    suggestion = shown.suggestion
    carried = Carried(suggestion.id).to_json()
    share = ButtonElement(
        text=PlainTextObject(text=_("Share")),
        action_id=SHARE,
        value=carried,
        style="primary" if suggestion.rank == 1 else None,
        accessibility_label=plain(_("Share {title}", title=shown.asset.title), most=75),
    )
    opener = ButtonElement(
        text=PlainTextObject(text=_("Open")),
        action_id=OPEN,
        url=open_link(suggestion, public_url),
        accessibility_label=plain(_("Open {title}", title=shown.asset.title), most=75),
    )
    not_useful = ButtonElement(
        text=PlainTextObject(text=_("Not useful")),
        action_id=NOT_USEFUL,
        value=carried,
        accessibility_label=plain(_("{title} is not useful", title=shown.asset.title), most=75),
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
