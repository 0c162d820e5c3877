"""What managers see of their team and those who look after the library of it, on their Home tab."""

from collections.abc import Mapping
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, SectionBlock

from bot.home_deals_blocks import MORE, pager
from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from enablement import wording
from enablement.home import MOST_UNTOUCHED, PEOPLE_ON_A_PAGE, LibraryPart, PersonUse, TeamPart, TeamUse
from enablement.home.library import COUNTED
from enablement.language import _, in_a_row, moment, ngettext
from enablement.model import Asset, ContentRequest, Deal, LibraryFigures

LIBRARY, EVIDENCE, REQUESTS = "home.library", "home.evidence", "home.requests"
_NAME, _WORDS = 120, 200


def team_blocks(part: TeamPart, *, now: datetime) -> list[Block]:
    """Draw how a team uses content."""
    if part.use is None:
        text = _("Salesforce can't be reached, so your team is not shown. Open this tab again in a minute.")
        return [section(escape(text))]
    use = part.use
    if not use.people:
        text = _("In Salesforce nobody has a role below yours. Your team appears here once somebody has.")
        return [_header(_("My team")), section(escape(text))]
    pages = max(1, -(-len(use.people) // PEOPLE_ON_A_PAGE))
    page = min(part.page, pages)
    shown = use.people[(page - 1) * PEOPLE_ON_A_PAGE : page * PEOPLE_ON_A_PAGE]
    return [
        _header(_untouched(len(use.untouched), use.deals)),
        section(_use(use.shared, use.opened)),
        small(_("In 7 days and in 30, who shared least first. Counted are deals that you may see.")),
        *(section(_person(one)) for one in shown),
        *pager(page, pages),
        *_deals(use, now),
    ]


def library_blocks(part: LibraryPart) -> list[Block]:
    """Draw what waits for this person, what is missed, and the library's health."""
    see = [
        button(_("What I look after"), LIBRARY, about=_("Library"), carried=Carried("library")),
        button(_("Gaps and evidence"), EVIDENCE, about=_("Library"), carried=Carried("evidence")),
    ]
    return [
        *_approvals(part),
        *_requests(part),
        _header(_("Library")),
        *_figures(part.figures),
        ActionsBlock(elements=see),
    ]


def _use(shared: tuple[int, int], opened: tuple[int, int]) -> str:
    return "\n".join(
        (
            _("Shared: *{week}* in 7 days, *{month}* in 30", week=shared[0], month=shared[1]),
            _("Opened by buyers: *{week}* in 7 days, *{month}* in 30", week=opened[0], month=opened[1]),
        )
    )


def _person(one: PersonUse) -> str:
    return "\n".join(
        (
            f"*{escape(one.name, most=_NAME)}*",
            _("Shared {week} and {month}", week=one.shared[0], month=one.shared[1])
            + "  ·  "
            + _("opened {week} and {month}", week=one.opened[0], month=one.opened[1])
            + "  ·  "
            + (
                _("{count} of {of} untouched", count=one.untouched, of=one.deals)
                if one.deals
                else _("no open deals")
            ),
        )
    )


def _untouched(count: int, of: int) -> str:
    if not of:
        return _("Your team has no open deals")
    return _("{count} of {of} open deals untouched for 30 days", count=count, of=of)


def _deals(use: TeamUse, now: datetime) -> list[Block]:
    if not use.untouched:
        return []
    shown = use.untouched[:MOST_UNTOUCHED]
    return [DividerBlock(), _header(_("Untouched, the largest first")), *(_deal(one, now) for one in shown)]


def _deal(one: Deal, now: datetime) -> SectionBlock:
    text = f"*{escape(one.name, most=_NAME)}*\n{escape(wording.deal_facts(one, now=now), most=_NAME)}"
    more = button(_("Suggestions"), MORE, about=one.name, carried=Carried(one.id))
    return SectionBlock(text=mrkdwn(text), accessory=more)


def _figures(found: LibraryFigures | None) -> list[Block]:
    if found is None:
        return [section(escape(_("The library has not been counted yet: that is done within the hour.")))]
    published = ngettext("one asset published", "{n} assets published", found.published)
    waits = {
        ngettext("one draft", "{n} drafts", found.drafts): found.drafts,
        ngettext("one waits for approval", "{n} wait for approval", found.in_review): found.in_review,
    }
    needs = {
        ngettext("one review due", "{n} reviews due", found.review_due): found.review_due,
        ngettext("one expired", "{n} expired", found.expired): found.expired,
        ngettext("one unused for half a year", "{n} unused for half a year", found.unused): found.unused,
        ngettext(
            "one used though its time is over", "{n} used though their time is over", found.outlived
        ): found.outlived,
    }
    lacks = {
        ngettext("deals wait in one gap", "deals wait in {n} gaps", found.gaps): found.gaps,
        ngettext("one search found nothing", "{n} searches found nothing", found.unmet): found.unmet,
    }
    # Of what there is none, nothing is said.
    rows = [[published, *_some(waits)], _some(needs), _some(lacks)]
    lines = "\n".join(f"• {escape(' · '.join(some))}" for some in rows if some)
    return [section(lines), small(_("As of {moment}", moment=moment(found.at)))]


def _some(counts: Mapping[str, int]) -> list[str]:
    return [said for said, count in counts.items() if count]


def _approvals(part: LibraryPart) -> list[Block]:
    if not part.approvals:
        return []
    about = ngettext("one asset", "{n} assets", part.approvals)
    look = button(_("Decide"), LIBRARY + ".decide", about=about, carried=Carried("library"))
    titles = "\n".join(_waiting(one) for one in part.to_approve)
    head = _header(_("To approve ({count})", count=part.approvals))
    return [head, SectionBlock(text=mrkdwn(titles), accessory=look), DividerBlock()]


def _waiting(one: Asset) -> str:
    return f"• {escape(one.title, most=_NAME)}"


def _requests(part: LibraryPart) -> list[Block]:
    if not part.requested:
        return []
    count = f"{part.requested}+" if part.requested >= COUNTED else str(part.requested)
    about = ngettext("one request", "{n} requests", part.requested)
    show = button(_("Show"), REQUESTS, about=about, carried=Carried("requests"))
    words = "\n".join(_request(one) for one in part.requests)
    head = _header(_("Missed and asked for ({count})", count=count))
    return [head, SectionBlock(text=mrkdwn(words), accessory=show), DividerBlock()]


def _request(one: ContentRequest) -> str:
    facts = [part for part in (one.stage, one.industry, one.region, one.size) if part]
    said = wording.quoted(plain(one.words, most=_WORDS))
    return f"• {escape(in_a_row([said, *facts]), most=_WORDS + _NAME)}"


def _header(text: str) -> HeaderBlock:
    return HeaderBlock(text=label(text))
