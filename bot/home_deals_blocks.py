"""A rep's part of the Home tab: deals with the next best asset, what buyers opened, what was shared and saved."""

from collections.abc import Sequence
from datetime import date, datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    DividerBlock,
    ExternalDataSelectElement,
    HeaderBlock,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.blocks import OPEN, SHARE
from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from bot.sent_blocks import MANAGE
from enablement import effects, wording
from enablement.home import Change, Dealings, DealsPage, HomeDeal, OpenedShare, RepPart, SharedAsset
from enablement.language import _, day, in_a_row, moment, ngettext
from enablement.sharing import open_link

FIND, PAGE, MORE, ALL, SAVED = "home.find", "home.page", "home.more", "home.all", "home.saved"
# Whatever people call their deals and assets: a Home tab takes 250 KB, and a Thai letter six bytes of it.
_NAME, _REASON, _CHANGE = 120, 200, 200
_MOST_NAMES = 5


def rep_blocks(part: RepPart, *, deal_id: str, public_url: str, now: datetime) -> list[Block]:
    """Draw a rep's part; `deal_id` is the only deal that they chose to see, or empty."""
    if part.deals is None:
        text = _("Salesforce can't be reached, so your deals are not shown. Open this tab again in a minute.")
        return [section(escape(text))]
    return [
        *_deals(part.deals, deal_id, public_url, now),
        *_opened(part.dealings),
        *_shared(part.dealings),
        *_saved(part.dealings),
    ]


def pager(page: int, pages: int) -> list[Block]:
    """Draw the way to the pages before and after this one; nothing where it is the only one."""
    ways = [
        *([("back", _("Previous"), page - 1)] if page > 1 else []),
        *([("more", _("Next"), page + 1)] if page < pages else []),
    ]
    if not ways:
        return []
    buttons = [
        button(text, f"{PAGE}.{way}", about=_("page {page}", page=to), carried=Carried("page", page=to))
        for way, text, to in ways
    ]
    return [ActionsBlock(elements=buttons), small(_("Page {page} of {pages}", page=page, pages=pages))]


def changed(one: Change) -> str:
    """Return what changed about a deal, as a phrase."""
    was, now = in_a_row(one.was), in_a_row(one.now)
    match one.kind:
        case "new":
            return _("new here")
        case "stage":
            return _("moved from {earlier} to {later}", earlier=was, later=now)
        case "competitors":
            return _("competitor: {names}", names=now) if now else _("no competitor any more")
        case "closes":
            if not now:
                return _("no close date any more")
            later = day(date.fromisoformat(now))
            if not was:
                return _("closes {day}", day=later)
            return _("closes {later}, not {earlier}", later=later, earlier=day(date.fromisoformat(was)))
        case "suggestion":
            return _("new suggestion")


def _deals(page: DealsPage, deal_id: str, public_url: str, now: datetime) -> list[Block]:
    if not page.deals:
        text = _("I know of no open deal of yours. Deals appear here a minute after Salesforce has them.")
        return [_header(_("My deals")), section(escape(text))]
    blocks: list[Block] = [_header(_summary(page)), _finder(page, deal_id)]
    for one in page.deals:
        blocks += [
            DividerBlock(),
            SectionBlock(text=mrkdwn(_said(one, now))),
            ActionsBlock(elements=_buttons(one, public_url)),
        ]
    return [*blocks, *pager(page.page, page.pages)]


def _summary(page: DealsPage) -> str:
    if page.is_one:
        return _("The deal that you chose")
    count = ngettext("One open deal", "{n} open deals", page.count)
    if page.is_cut:
        count = _("The {n} deals that changed last", n=page.count)
    moved = sum(bool(one.changes) for one in page.deals)
    if not moved:
        return count
    return in_a_row([count, ngettext("one changed since you looked", "{n} changed since you looked", moved)])


def _finder(page: DealsPage, deal_id: str) -> ActionsBlock:
    find = ExternalDataSelectElement(action_id=FIND, placeholder=label(_("Find a deal")), min_query_length=1)
    everything = [button(_("All deals"), ALL, about=_("My deals"), carried=Carried("all"))]
    # Another block for another choice: Slack keeps what was chosen as long as the block stays the same.
    return ActionsBlock(
        block_id=f"{FIND}:{deal_id or 'all'}", elements=[find, *(everything if page.is_one else [])]
    )


def _said(one: HomeDeal, now: datetime) -> str:
    deal = one.deal
    lines = [f"*{escape(deal.name, most=_NAME)}*", escape(wording.deal_facts(deal, now=now), most=_NAME)]
    if one.changes:
        news = in_a_row(changed(each) for each in one.changes)
        lines.append(f"◆ {escape(news, most=_CHANGE)}")
    if one.asset and one.suggestion:
        why, _verdict = effects.in_short(one.suggestion.reasons)
        lines.append(f"→ *{escape(one.asset.title, most=_NAME)}*")
        lines.append(escape(why, most=_REASON))
    return "\n".join(filter(None, lines))


def _buttons(one: HomeDeal, public_url: str) -> Sequence[InteractiveElement]:
    found = []
    if one.asset and one.suggestion:
        title = one.asset.title
        if one.asset.audience == "customer":
            found.append(button(_("Share"), SHARE, about=title, carried=Carried(one.suggestion.id)))
        found.append(button(_("Open"), OPEN, about=title, url=open_link(one.suggestion, public_url)))
    found.append(button(_("All suggestions"), MORE, about=one.deal.name, carried=Carried(one.deal.id)))
    return found


def _opened(said: Dealings) -> list[Block]:
    if not said.opened:
        return []
    return [
        DividerBlock(),
        _header(_("Opened by buyers")),
        *(section(_opening(one)) for one in said.opened),
    ]


def _opening(one: OpenedShare) -> str:
    who = escape(one.who, most=_NAME)
    times = ngettext("once", "{n} times", one.times)
    facts = " · ".join((plain(one.deal.name, most=_NAME), times, moment(one.last_at)))
    return f"*{escape(one.asset.title, most=_NAME)}*  {who}\n{escape(facts, most=2 * _NAME)}"


def _shared(said: Dealings) -> list[Block]:
    if not said.shared:
        return []
    return [DividerBlock(), _header(_("What you shared")), *(_share(one) for one in said.shared)]


def _share(one: SharedAsset) -> SectionBlock:
    named_first = sorted(one.names, key=lambda name: not name)
    shown = [wording.recipient(name) for name in named_first[:_MOST_NAMES]]
    if len(one.names) > _MOST_NAMES:
        shown.append(ngettext("one more", "{n} more", len(one.names) - _MOST_NAMES))
    stands = (
        ngettext("one link works", "{n} links work", one.live) if one.live else _("no link works any more")
    )
    facts = [
        plain(one.deal.name, most=_NAME),
        day(one.last_at),
        _("opened") if one.is_opened else _("not opened yet"),
        stands,
    ]
    text = "\n".join(
        (
            f"*{escape(one.asset.title, most=_NAME)}*",
            escape(_("Shared with {names}", names=in_a_row(shown)), most=_CHANGE),
            escape(" · ".join(facts), most=2 * _NAME),
        )
    )
    manage = button(_("Manage or undo"), MANAGE, about=one.asset.title, carried=Carried(one.suggestion_id))
    return SectionBlock(text=mrkdwn(text), accessory=manage)


def _saved(said: Dealings) -> list[Block]:
    if not said.saved:
        return []
    titles = "\n".join(f"• {escape(one.title, most=_NAME)}" for one in said.saved)
    about = ngettext("one asset", "{n} assets", said.saved_count)
    show = button(_("Show"), SAVED, about=about, carried=Carried("saved"))
    return [
        DividerBlock(),
        _header(_("Saved ({count})", count=said.saved_count)),
        SectionBlock(text=mrkdwn(titles), accessory=show),
    ]


def _header(text: str) -> HeaderBlock:
    return HeaderBlock(text=label(text))
