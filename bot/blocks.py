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
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot import announce_blocks, evidence_blocks, library_blocks, publish_blocks, request_blocks, saved_blocks
from bot.find_blocks import aside, understood
from bot.mrkdwn import escape, plain
from bot.parts import button, option
from bot.payload import Carried
from bot.sent_blocks import sent_line
from enablement import effects, wording
from enablement.announcing import Told
from enablement.answering import Answer, Done, Picker, Refusal, Reply, Shown
from enablement.coverage import Gaps, Overview, StillInUse, Unused, View
from enablement.holdings import Holdings
from enablement.language import _, day, in_a_row
from enablement.model import Deal, Feedback, FeedbackVerdict
from enablement.requests import RequestsPage
from enablement.saved import SavedPage
from enablement.sharing import open_link
from enablement.uploads import Offer

SHARE, OPEN, WHY, SAY, UNDO, CHANGE, DEAL = (
    "find.share",
    "find.open",
    "find.why",
    "find.say",
    "find.undo",
    "find.change",
    "find.deal",
)
PICKER_BLOCK = "find.pick:"
# What the menu of a suggestion has besides what can be said of it.
SAVE, UNSAVE = "save", "unsave"
# What can be said of a suggestion, in the order of its menu.
SAYINGS: tuple[FeedbackVerdict, ...] = ("not_useful", "already_sent", "wrong_for_deal", "snoozed")
MOST_OPTIONS = 100


def help_text() -> str:
    """Return what can be asked, and how."""
    return "\n".join(
        (
            _("*Ask for content in the context of a deal*"),
            _("• `/content pricing for Norfield` – name the deal in the question"),
            _("• `/content` – what fits the deal of this channel, or your only open one"),
            _("• then, in the answer's thread: `in French`, `shorter`, `for the CFO`, `something else`"),
            _("• `/content link Norfield` – make this channel about a deal"),
            _("• `/content saved` – what you saved, to open and share it"),
            _("• `/content requests` – what you requested because nothing fitted"),
            _("• `/content library` – what you look after in the library"),
            _("• `/content evidence` – for librarians: what content does to deals, and where it is missing"),
            _("You can also mention me or write to me directly."),
        )
    )


def text_block(text: str) -> SectionBlock:
    return SectionBlock(text=_mrkdwn(text))


def reply(
    said: Reply | Offer | Holdings | Told | View | SavedPage | RequestsPage, *, public_url: str, now: datetime
) -> tuple[list[Block], str]:
    """Return the blocks of a reply, and its text for notifications and screen readers: Slack reads mrkdwn there too."""
    match said:
        case Answer():
            return answer(said, public_url=public_url, now=now)
        case Picker():
            return picker(said, now=now)
        case Offer():
            return publish_blocks.offer(said)
        case Holdings():
            return library_blocks.holdings(said)
        case Told():
            return announce_blocks.told(said)
        case SavedPage():
            return saved_blocks.saved(said, public_url=public_url, now=now)
        case RequestsPage():
            return request_blocks.requests(said)
        case Overview() | Gaps() | Unused() | StillInUse():
            return evidence_blocks.drawn(said)
        case Refusal() | Done():
            return [text_block(escape(said.text))], escape(said.text, most=300)


def answer(said: Answer, *, public_url: str, now: datetime) -> tuple[list[Block], str]:
    blocks: list[Block] = [_deal_line(said, now), *understood(said)]
    reasons = [reason for shown in said.shown for reason in shown.suggestion.reasons]
    learned, again = effects.finding(reasons) is not None, bool(said.ask.refined.without)
    basis = wording.basis(said.basis, said.ask.question, learned=learned, again=again)
    unknown = wording.unknown(reasons)
    notes = [
        basis,
        *aside(said),
        *([_("Salesforce doesn't say of this deal: {facts}.", facts=unknown)] if unknown else []),
        *([_("Customer-facing content only: outsiders read this channel.")] if said.customers_only else []),
    ]
    blocks.append(ContextBlock(elements=[_mrkdwn(escape(note, most=600)) for note in notes]))
    # What stands first may be for colleagues alone, or put away: then the next one is offered.
    first = next((one for one in said.shown if one.asset.audience == "customer" and not one.noted), None)
    for shown in said.shown:
        blocks += [DividerBlock(), *_asset(shown, public_url=public_url, now=now, is_first=shown is first)]
    blocks += [DividerBlock(), ActionsBlock(elements=[request_blocks.begin_button(said.ask)])]
    titles = in_a_row(shown.asset.title for shown in said.shown)
    return blocks, escape(_("For {deal}: {answer}", deal=said.deal.name, answer=titles or basis), most=300)


def picker(said: Picker, *, now: datetime) -> tuple[list[Block], str]:
    question = f"{said.text} {wording.quoted(said.ask.question)}" if said.ask.question else said.text
    select = StaticSelectElement(
        action_id=DEAL,
        placeholder=PlainTextObject(text=_("Choose a deal")),
        options=[_deal_option(deal, now) for deal in said.deals[:MOST_OPTIONS]],
    )
    block = SectionBlock(
        block_id=PICKER_BLOCK + said.ask.id, text=_mrkdwn(escape(question, most=1000)), accessory=select
    )
    return [block], escape(said.text, most=300)


def _deal_line(said: Answer, now: datetime) -> SectionBlock:
    deal = said.deal
    facts = escape(wording.deal_facts(deal, now=now), most=500)
    return SectionBlock(
        text=_mrkdwn(f"*{escape(deal.name, most=300)}*\n{facts}  ·  _{escape(wording.how(said.how))}_"),
        accessory=ButtonElement(
            text=PlainTextObject(text=_("Change")),
            action_id=CHANGE,
            value=Carried(said.ask.id).to_json(),
            accessibility_label=_("Choose another deal"),
        ),
    )


def _asset(shown: Shown, *, public_url: str, now: datetime, is_first: bool) -> list[Block]:
    asset, suggestion = shown.asset, shown.suggestion
    if shown.noted:
        return [_noted(shown, shown.noted), *_sent(shown)]
    internal, saved = _("internal: not for customers"), _("saved")
    facts = (
        asset.kind,
        wording.language(asset.language),
        wording.freshness(asset.updated_at, now),
        *((f"*{internal}*",) if asset.audience == "internal" else ()),
        *((f":bookmark: {saved}",) if shown.saved else ()),
    )
    title = escape(asset.title, most=300)
    why, verdict, aside = effects.quietly(suggestion.reasons)
    lines = [escape(why or _("Nearest by its words."), most=1000), escape(verdict, most=600)]
    small = (*map(_fact, facts[:3]), *facts[3:], *((_fact(aside),) if aside else ()))
    return [
        # The menu stands beside the title: in the row of buttons it would not fit on a phone.
        SectionBlock(
            text=_mrkdwn("\n".join((f"*{suggestion.rank}. {title}*", *filter(None, lines)))),
            accessory=_menu(shown),
        ),
        ContextBlock(elements=[_mrkdwn("  ·  ".join(small))]),
        ActionsBlock(elements=_buttons(shown, public_url, is_first=is_first)),
        *_sent(shown),
    ]


def _noted(shown: Shown, given: Feedback) -> SectionBlock:
    """Draw in place of an asset what was said of it, and the way to take that back."""
    title = shown.asset.title
    return SectionBlock(
        text=_mrkdwn(f"~{escape(title, most=300)}~  {escape(_said(given))}"),
        accessory=button(_("Take back"), UNDO, about=title, carried=Carried(shown.suggestion.id)),
    )


def _said(given: Feedback) -> str:
    match given.verdict:
        case "already_sent":
            return _("Noted as sent already: not shown again for this deal.")
        case "wrong_for_deal":
            return _("Noted as wrong for this deal: not shown again for it.")
        case "snoozed" if given.until:
            return _("Put off: back on {day}.", day=day(given.until))
    return _("Noted: not shown again for this deal.")


def _sent(shown: Shown) -> list[Block]:
    return [sent_line(shown.suggestion, shown.asset, shown.sent)] if shown.sent else []


def _fact(text: str) -> str:
    return escape(text, most=100)


def _buttons(shown: Shown, public_url: str, *, is_first: bool) -> Sequence[InteractiveElement]:
    suggestion, title = shown.suggestion, shown.asset.title
    carried = Carried(suggestion.id)
    share = button(
        _("Share"),
        SHARE,
        about=title,
        carried=carried,
        style="primary" if is_first else None,
    )
    opener = button(_("Open"), OPEN, about=title, url=open_link(suggestion, public_url))
    why = button(_("Why this?"), WHY, about=title, carried=carried)
    rest = [opener, why]
    return [share, *rest] if shown.asset.audience == "customer" else rest


def _menu(shown: Shown) -> OverflowMenuElement:
    """Draw what can be said of a suggestion, and the way to keep it at hand."""
    suggestion = shown.suggestion
    texts = {
        "not_useful": _("Not useful: say why"),
        "already_sent": _("Already sent"),
        "wrong_for_deal": _("Wrong for this deal"),
        "snoozed": _("Snooze for a week"),
    }
    options = [option(Carried(suggestion.id, says=one).to_json(), texts[one]) for one in SAYINGS]
    act, text = (UNSAVE, _("Remove from saved")) if shown.saved else (SAVE, _("Save"))
    keep = option(Carried(suggestion.id, says=act).to_json(), text)
    return OverflowMenuElement(action_id=SAY, options=[keep, *options])


def _deal_option(deal: Deal, now: datetime) -> Option:
    facts = wording.deal_facts(deal, now=now)
    return Option(
        value=deal.id,
        text=PlainTextObject(text=plain(deal.name, most=75), emoji=False),
        description=PlainTextObject(text=plain(facts, most=75), emoji=False) if facts else None,
    )


def _mrkdwn(text: str) -> MarkdownTextObject:
    # Verbatim: Slack must not make links of its own out of what stands in titles and names.
    return MarkdownTextObject(text=text, verbatim=True)
