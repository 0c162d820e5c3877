"""The weekly digests as Block Kit; a team's week as a chart too."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, SectionBlock

from bot.home_deals_blocks import MORE
from bot.home_overview_blocks import EVIDENCE, REQUESTS
from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from bot.settings_blocks import nudge_kind
from enablement import wording
from enablement.digests import Digest, LibraryDigest, TeamDigest, TeamGap
from enablement.home import MOST_UNTOUCHED, PersonUse
from enablement.language import _, in_a_row, ngettext
from enablement.model import Asset, Deal, LibraryFigures, NudgeMeasure

STOP, AGAIN = "digest.stop", "digest.again"
_NAME, _WORDS = 200, 300
# What Slack takes in a chart.
_BARS, _LABEL, _TITLE = 20, 20, 50


class Chart(Block):
    """Bars side by side, for which slack_sdk has no class: each has a name and one number for each series."""

    type = "data_visualization"

    def __init__(
        self, title: str, series: tuple[str, ...], bars: Sequence[tuple[str, tuple[int, ...]]]
    ) -> None:
        super().__init__(type=self.type)
        self._title = plain(title, most=_TITLE)
        # Names that look alike once they are cut would be one bar.
        names = _apart([name for name, _numbers in bars[:_BARS]])
        self._series = [
            {
                "name": name,
                "data": [
                    {"label": bar, "value": numbers[at]}
                    for bar, (_name, numbers) in zip(names, bars, strict=False)
                ],
            }
            for at, name in enumerate(_apart(list(series)))
        ]
        self._names = names

    def to_dict(self) -> dict[str, Any]:
        axes = {"categories": self._names}
        return {
            "type": self.type,
            "title": self._title,
            "chart": {"type": "bar", "series": self._series, "axis_config": axes},
        }


def digest(said: Digest, *, now: datetime) -> tuple[list[Block], str]:
    """Return the blocks of a digest, and its text for notifications. A chart says nothing that is not in words too."""
    blocks, text = _team(said, now) if isinstance(said, TeamDigest) else _library(said)
    stop = button(_("No more digests"), STOP, about=_("Weekly digest"), carried=Carried("digest"))
    return [*blocks, ActionsBlock(elements=[*_ways(said), stop])], escape(text, most=300)


def stopped() -> tuple[list[Block], str]:
    """Return what is said to who wants no more digests, with the way back."""
    text = _("You will get no more weekly digests.")
    undo = button(_("Undo"), AGAIN, about=_("Weekly digest"), carried=Carried("digest"))
    return [SectionBlock(text=mrkdwn(escape(text)), accessory=undo)], escape(text)


def _team(said: TeamDigest, now: datetime) -> tuple[list[Block], str]:
    use, head = said.use, _("Your team's week")
    told = in_a_row(
        [
            ngettext("one share", "{n} shares", use.shared[0]),
            ngettext("one opened by a buyer", "{n} opened by buyers", use.opened[0]),
            _("{count} of {of} open deals untouched for 30 days", count=len(use.untouched), of=use.deals),
        ]
    )
    blocks: list[Block] = [HeaderBlock(text=label(head)), section(escape(f"{told[:1].upper()}{told[1:]}"))]
    people = [one for one in reversed(use.people) if one.shared[1] or one.opened[1]]
    if len(people) > 1:
        title = _("Shared and opened in 30 days")
        bars = [(one.name, (one.shared[1], one.opened[1])) for one in people]
        blocks.append(Chart(title, (_("Shared"), _("Opened by buyers")), bars))
    if people:
        title = _bold(_("In 7 days (in 30)"))
        blocks.append(section("\n".join([title, *(_person(one) for one in people[:_BARS])])))
    if use.untouched:
        blocks += [DividerBlock(), section(_bold(_("Untouched, the largest first")))]
        blocks += [_deal(one, now) for one in use.untouched[:MOST_UNTOUCHED]]
    if said.gaps:
        missing, lines = _("Nothing good in the library for these"), "\n".join(_gap(one) for one in said.gaps)
        blocks += [DividerBlock(), section(f"{_bold(missing)}\n{lines}")]
    blocks.append(small(_("Counted are deals that you may see.")))
    return blocks, f"{head}: {told}"


def _person(one: PersonUse) -> str:
    facts = in_a_row(
        [
            _("{week} ({month}) shared", week=one.shared[0], month=one.shared[1]),
            _("{week} ({month}) opened", week=one.opened[0], month=one.opened[1]),
        ]
    )
    # Within what a section takes, whatever twenty people are called.
    return f"• *{escape(one.name, most=60)}*  {escape(facts, most=80)}"


def _deal(one: Deal, now: datetime) -> SectionBlock:
    text = f"*{escape(one.name, most=_NAME)}*\n{escape(wording.deal_facts(one, now=now), most=_NAME)}"
    more = button(_("Suggestions"), MORE, about=one.name, carried=Carried(one.id))
    return SectionBlock(text=mrkdwn(text), accessory=more)


def _gap(one: TeamGap) -> str:
    facts = [one.stage, one.segment, wording.language(one.language) if one.language else ""]
    where = in_a_row(filter(None, facts)) or _("unknown")
    count = ngettext("{n} open deal", "{n} open deals", one.deals)
    line = _("{facet}: {value}", facet=plain(where, most=_NAME), value=count)
    return f"• {escape(line)}"


def _library(said: LibraryDigest) -> tuple[list[Block], str]:
    head = _("The library's week")
    told = in_a_row(
        [
            ngettext("one asset new or updated", "{n} assets new or updated", said.new),
            ngettext("one used", "{n} used", said.used),
            ngettext("one request waits", "{n} requests wait", said.waiting),
            ngettext("one search found nothing", "{n} searches found nothing", said.unmet),
        ]
    )
    blocks: list[Block] = [HeaderBlock(text=label(head)), section(escape(f"{told[:1].upper()}{told[1:]}"))]
    blocks += [section("\n".join(lines)) for lines in _parts(said) if lines]
    return blocks, f"{head}: {told}"


def _parts(said: LibraryDigest) -> Iterator[list[str]]:
    if said.published:
        yield [_bold(_("New or updated")), *(_asset(one) for one in said.published)]
    if said.searches:
        words = (
            f"• {escape(wording.quoted(plain(one, most=_WORDS)), most=_WORDS + 200)}" for one in said.searches
        )
        yield [_bold(_("Searched for and not found")), *words]
    if said.figures and (lines := list(_figures(said.figures))):
        yield [_bold(_("To look after")), *lines]
    if said.unwelcome:
        yield [
            _bold(_("Nudges that people do not want")),
            *(_unwelcome(one) for one in said.unwelcome),
        ]


def _asset(one: Asset) -> str:
    return f"• {escape(one.title, most=_NAME)}"


def _figures(found: LibraryFigures) -> Iterator[str]:
    for text, count in (
        (ngettext("deals wait in one gap", "deals wait in {n} gaps", found.gaps), found.gaps),
        (ngettext("one review due", "{n} reviews due", found.review_due), found.review_due),
        (ngettext("one unused for half a year", "{n} unused for half a year", found.unused), found.unused),
        (
            ngettext(
                "one used though its time is over", "{n} used though their time is over", found.outlived
            ),
            found.outlived,
        ),
    ):
        if count:
            yield f"• {escape(f'{text[:1].upper()}{text[1:]}')}"


def _unwelcome(one: NudgeMeasure) -> str:
    text = _(
        "{what}: {unwanted} of {sent} were put off or answered with “Less of this”.",
        what=nudge_kind(one.kind),
        unwanted=one.unwanted,
        sent=one.sent,
    )
    return f"• {escape(text)}"


def _ways(said: Digest) -> list[Any]:
    if isinstance(said, TeamDigest):
        return []
    return [
        *(
            [button(_("Show requests"), REQUESTS, about=_("Library"), carried=Carried("requests"))]
            if said.waiting
            else []
        ),
        button(_("Gaps and evidence"), EVIDENCE, about=_("Library"), carried=Carried("evidence")),
    ]


def _bold(text: str) -> str:
    return f"*{escape(text)}*"


def _apart(names: list[str]) -> list[str]:
    """Return names cut to what a chart takes, each another one."""
    made: list[str] = []
    for name in names:
        cut, number = plain(name, most=_LABEL), 2
        while cut in made:
            cut, number = f"{plain(name, most=_LABEL - 1 - len(str(number)))} {number}", number + 1
        made.append(cut)
    return made
