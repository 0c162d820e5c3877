"""Evidence and coverage as librarians see them: the overview, gaps, what nobody uses, what is used too late."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, SectionBlock

from bot.mrkdwn import escape
from bot.parts import button, mrkdwn, section, small
from bot.payload import Carried
from enablement import effects, wording
from enablement.coverage import (
    DIMENSIONS,
    Cell,
    Dead,
    Dimension,
    Gap,
    Gaps,
    Overview,
    Pages,
    StillInUse,
    StillUsed,
    Unused,
    View,
    Wish,
)
from enablement.language import _, day, in_a_row, moment, ngettext
from enablement.model import Asset, Deal, Run, Touch, TouchKind, Verdict

TURN = "evidence.turn"
_MARKS: Mapping[Verdict, str] = {"helps": "▲", "no_clear_effect": "■", "hurts": "▼", "not_enough": "○"}


def drawn(said: View) -> tuple[list[Block], str]:
    """Return the blocks of a view, and its text for notifications and screen readers."""
    match said:
        case Overview():
            return _overview(said)
        case Gaps():
            return _gaps(said)
        case Unused():
            head = ngettext(
                "*Not used for half a year*: {n} asset",
                "*Not used for half a year*: {n} assets",
                said.rows.count,
            )
            rows = [section(_unused(one)) for one in said.rows.rows]
            return _listed(head, rows, said.rows, said.wish), _headline(said.wish)
        case StillInUse():
            head = ngettext(
                "*Expired or archived, and still in use*: {n} asset",
                "*Expired or archived, and still in use*: {n} assets",
                said.rows.count,
            )
            rows = [section(_still_used(one)) for one in said.rows.rows]
            return _listed(head, rows, said.rows, said.wish), _headline(said.wish)


def _overview(said: Overview) -> tuple[list[Block], str]:
    title = _headline(Wish())
    blocks: list[Block] = [section(f"*{escape(title)}*"), small(_learned(said.run))]
    if any(said.verdicts.values()):
        counts = {
            name: _("{facet}: {value}", facet=effects.verdict(name), value=said.verdicts[name])
            for name in _MARKS
        }
        lines = [f"{_MARKS[name]} {escape(count)}" for name, count in counts.items()]
        blocks += [
            section("\n".join(lines)),
            small(_("Assets by their effect on winning. The picture comes as a direct message from me.")),
        ]
    unused = ngettext(
        "{n} asset was not used for half a year.", "{n} assets were not used for half a year.", said.unused
    )
    outlived = ngettext(
        "{n} expired or archived asset is still in use.",
        "{n} expired or archived assets are still in use.",
        said.outlived,
    )
    for topic, count, text in (
        (Wish("gaps"), said.gaps, _gap_count(said)),
        (Wish("unused"), said.unused, unused),
        (Wish("outlived"), said.outlived, outlived),
    ):
        show = _turn(_("Show"), "show", topic, about=_headline(topic)) if count else None
        blocks += [DividerBlock(), SectionBlock(text=mrkdwn(escape(text)), accessory=show)]
    return blocks, escape(title)


def _headline(wish: Wish) -> str:
    match wish.topic:
        case "overview":
            return _("Evidence and coverage")
        case "gaps":
            return _("Gaps in the content")
        case "unused":
            return _("What nobody uses")
        case "outlived":
            return _("What is used though its time is over")


def _learned(run: Run | None) -> str:
    if run is None:
        return _("Nothing was learned from deals yet.")
    return _(
        "Learned from {deals} deals and {uses} uses of content in them, {moment}.",
        deals=run.deals,
        uses=run.uses,
        moment=moment(run.ended_at or run.begun_at),
    )


def _gap_count(said: Overview) -> str:
    gaps = ngettext(
        "{n} gap: open deals of a stage, industry and language without content that fits.",
        "{n} gaps: open deals of a stage, industry and language without content that fits.",
        said.gaps,
    )
    unmet = ngettext(
        "{n} search found nothing in the last 90 days.",
        "{n} searches found nothing in the last 90 days.",
        said.unmet,
    )
    return f"{gaps} {unmet}"


def _gaps(said: Gaps) -> tuple[list[Block], str]:
    head = ngettext(
        "*Gaps by {dimension}*: {n} place with open deals and no content that fits",
        "*Gaps by {dimension}*: {n} places with open deals and no content that fits",
        said.rows.count,
        dimension=escape(_dimension(said.wish.by)),
    )
    others = [
        _turn(
            _dimension(one),
            f"by_{one}",
            Wish("gaps", one),
            about=_("gaps"),
            style="primary" * (one == said.wish.by),
        )
        for one in DIMENSIONS
    ]
    rows = [section(_gap(one)) for one in said.rows.rows]
    blocks = _listed(head, rows, said.rows, said.wish)
    return [blocks[0], ActionsBlock(elements=others), *blocks[1:]], _headline(said.wish)


def _gap(gap: Gap) -> str:
    cell = gap.cell
    place = [cell.stage or _("unknown"), cell.segment or _("unknown"), _language(cell)]
    facts = [ngettext("{n} open deal", "{n} open deals", len(cell.deals))]
    facts += [wording.money(amount, currency) for currency, amount in cell.amounts]
    lines = [f"*{escape(' · '.join(place), most=400)}*", escape(" · ".join(facts), most=300)]
    if gap.deals:
        lines.append(escape(_listing([one.name for one in gap.deals], len(cell.deals)), most=800))
    if cell.unmet:
        count = ngettext("{n} search found nothing", "{n} searches found nothing", len(cell.unmet))
        asked = in_a_row(wording.quoted(one) for one in gap.searches)
        said = _("{facet}: {value}", facet=count, value=asked) if asked else count
        lines.append(escape(said, most=1000))
    return "\n".join(lines)


def _listing(names: list[str], count: int) -> str:
    """Return names as a list, with how many more there are: those may be hidden from who looks."""
    if count == len(names):
        return in_a_row(names)
    return ngettext("{names} and {n} more", "{names} and {n} more", count - len(names), names=in_a_row(names))


def _unused(one: Dead) -> str:
    when = (
        _("last used on {day}", day=day(one.last_used))
        if one.last_used
        else _("never used, published on {day}", day=day(one.published))
    )
    lines = [_title(one.asset), escape(" · ".join(filter(None, (*_sort(one.asset), when))), most=500)]
    if one.instead:
        lines.append(escape(_("In use instead: {title}", title=one.instead.title), most=600))
    return "\n".join(lines)


def _still_used(shown: StillUsed) -> str:
    one = shown.one
    ended = (
        _("archived on {day}", day=day(one.since))
        if one.asset.status == "archived"
        else _("expired before {day}", day=day(one.since))
    )
    facts = [
        *_sort(one.asset),
        ended,
        ngettext("{n} use since then", "{n} uses since then", len(one.touches)),
        ngettext("{n} link still open", "{n} links still open", len(one.links)),
    ]
    lines = [_title(one.asset), escape(" · ".join(filter(None, facts)), most=600)]
    lines += [f"• {escape(_touch(touch, deal), most=400)}" for touch, deal in shown.last]
    return "\n".join(lines)


def _touch(touch: Touch, deal: Deal | None) -> str:
    kinds: Mapping[TouchKind, str] = {
        "opened": _("opened by a colleague"),
        "shared": _("shared"),
        "presented": _("presented"),
        "opened_by_buyer": _("opened by a buyer"),
    }
    return " · ".join((day(touch.occurred_at), kinds[touch.kind], *([deal.name] if deal else [])))


def _listed(head: str, rows: list[SectionBlock], of: Pages[object], wish: Wish) -> list[Block]:
    blocks: list[Block] = [section(head)]
    for row in rows:
        blocks += [DividerBlock(), row]
    if of.pages > 1:
        blocks.append(small(_("Page {page} of {pages}", page=of.page, pages=of.pages)))
    turns = [
        _turn(text, way, Wish(wish.topic, wish.by, to), about=_("page {page}", page=to))
        for way, text, to in (("back", _("Previous"), of.page - 1), ("more", _("Next"), of.page + 1))
        if 1 <= to <= of.pages
    ]
    overview = _turn(_("Overview"), "overview", Wish(), about=_headline(Wish()))
    return [*blocks, ActionsBlock(elements=[*turns, overview])]


def _turn(text: str, way: str, wish: Wish, *, about: str, style: str = "") -> ButtonElement:
    return button(text, f"{TURN}.{way}", about=about, carried=Carried(wish.words()), style=style or None)


def _title(asset: Asset) -> str:
    return f"*{escape(asset.title, most=400)}*"


def _sort(asset: Asset) -> tuple[str, str]:
    return asset.kind, wording.language(asset.language)


def _language(cell: Cell) -> str:
    return wording.language(cell.language) if cell.language else _("language unknown")


def _dimension(by: Dimension) -> str:
    match by:
        case "industry":
            return _("industry")
        case "region":
            return _("region")
        case "size":
            return _("size")
        case "product":
            return _("product")
        case "competitor":
            return _("competitor")
