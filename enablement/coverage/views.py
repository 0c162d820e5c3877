"""What a librarian is shown of evidence and coverage: one page at a time, with the rows behind each number."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar, get_args

from enablement.answering import Refusal
from enablement.coverage.matrix import DIMENSIONS, Cell, Coverage, Dimension, coverage
from enablement.coverage.unmet import unmet_words
from enablement.coverage.unused import Dead, Outlived, dead, outlived
from enablement.language import _
from enablement.model import Ask, Deal, Effect, Run, Task, Touch, Verdict, key
from enablement.people import NotServed, colleague, member_email
from enablement.ports import AccessUnknown, Services
from enablement.roles import has_role

T = TypeVar("T")
S = TypeVar("S")
Row = TypeVar("Row", covariant=True)
VIEW, PICTURE = "evidence.view", "evidence.picture"
Topic = Literal["overview", "gaps", "unused", "outlived"]
ON_A_PAGE = 5
MOST_DEALS = 5
MOST_SAID = 3
# Enough to find those that a person may see among them, few enough to ask the CRM at once.
_LOOKED_AT = 100
_TOPICS: Mapping[str, Topic] = {one: one for one in get_args(Topic)}
_BY: Mapping[str, Dimension] = {one: one for one in DIMENSIONS}
_VERDICTS: tuple[Verdict, ...] = ("helps", "no_clear_effect", "hurts", "not_enough")


@dataclass(frozen=True)
class Wish:
    """What of it somebody wants to see; pages start at 1."""

    topic: Topic = "overview"
    by: Dimension = "industry"
    page: int = 1

    def words(self) -> str:
        """Return the words that `wish` reads."""
        return f"{self.topic} {self.by} {self.page}"


@dataclass(frozen=True)
class Pages(Generic[Row]):
    """One page of some rows."""

    rows: tuple[Row, ...]
    page: int
    pages: int
    count: int


@dataclass(frozen=True)
class Gap:
    """A cell without good content; of its deals and failed searches, those that the viewer may see."""

    cell: Cell
    deals: tuple[Deal, ...]
    searches: tuple[str, ...]


@dataclass(frozen=True)
class StillUsed:
    """What is used though its time is over, with its last touches, each with its deal where the viewer may see it."""

    one: Outlived
    last: tuple[tuple[Touch, Deal | None], ...]


@dataclass(frozen=True)
class Overview:
    """What was learned, in numbers: assets by verdict, and how much there is on the other pages."""

    ask: Ask
    run: Run | None
    verdicts: Mapping[Verdict, int]
    gaps: int
    unmet: int
    unused: int
    outlived: int


@dataclass(frozen=True)
class Gaps:
    """One page of gaps, those with most pipeline first."""

    ask: Ask
    wish: Wish
    found: Coverage
    rows: Pages[Gap]


@dataclass(frozen=True)
class Unused:
    """One page of what nobody uses."""

    ask: Ask
    wish: Wish
    rows: Pages[Dead]


@dataclass(frozen=True)
class StillInUse:
    """One page of what is used though its time is over."""

    ask: Ask
    wish: Wish
    rows: Pages[StillUsed]


View = Overview | Gaps | Unused | StillInUse


def wish(words: str) -> Wish | None:
    """Return what these words ask for; None where one of them means nothing here."""
    topic: Topic = "overview"
    by: Dimension = "industry"
    page = 1
    for one in words.lower().split():
        if one in _TOPICS:
            topic = _TOPICS[one]
        elif one in _BY:
            by = _BY[one]
        # A number of more digits is no page of ours.
        elif one.isascii() and one.isdigit() and len(one) < 6:
            page = max(1, int(one))
        else:
            return None
    return Wish(topic, by, page)


def view(ask: Ask, services: Services, *, now: datetime) -> View | Refusal:
    """Return what a librarian asked to see, and have the picture of it sent to them: the ask's words are the wish."""
    made = view_of(ask, services, now=now)
    if not isinstance(made, Refusal) and has_picture(made):
        picture = Task(key(PICTURE, ask.id), PICTURE, "reply", ask.id)
        services.outbox.add([picture], now=now)
        services.work.wake("reply")
    return made


def view_of(ask: Ask, services: Services, *, now: datetime) -> View | Refusal:
    """Return what a librarian asked to see; a refusal for everybody else."""
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    if not has_role("enablement", email, services):
        return Refusal(ask, _("Evidence and coverage are for librarians: those who look after the library."))
    return _made(ask, wish(ask.question) or Wish(), services, now=now)


def has_picture(made: View) -> bool:
    """Say whether a picture belongs to what is shown: of effects to the overview, of the matrix to the first page."""
    if isinstance(made, Overview):
        return any(made.verdicts.values())
    return isinstance(made, Gaps) and made.wish.page == 1 and bool(made.found.cells)


def learned(services: Services) -> list[Effect]:
    """Return the effects on winning in all deals, of assets that the library still has and of the run in use."""
    run = services.evidence.current()
    found = services.evidence.effects(run.id, segments=[""], on="winning") if run else []
    known = {one.id for one in services.catalog.assets([effect.asset_id for effect in found])}
    return [one for one in found if one.asset_id in known]


def telling(effects: Iterable[Effect], *, most: int = 12) -> list[Effect]:
    """Return the effects that tell most: the surest that help or hurt, then those from most deals; grouped by verdict.

    Within a verdict the largest comes first.
    """

    def says(one: Effect) -> tuple[bool, bool, float, str]:
        is_clear = one.verdict in ("helps", "hurts")
        sure = abs(one.logit) / one.logit_error if is_clear and one.logit_error else float(one.deals)
        return (not is_clear, one.verdict == "not_enough", -sure, one.asset_id)

    chosen = sorted(effects, key=says)[:most]
    return sorted(
        chosen, key=lambda one: (_VERDICTS.index(one.verdict), -one.interval.estimate, one.asset_id)
    )


def _made(ask: Ask, wanted: Wish, services: Services, *, now: datetime) -> View:
    match wanted.topic:
        case "overview":
            verdicts = Counter(one.verdict for one in learned(services))
            found = coverage(services, now=now)
            return Overview(
                ask,
                services.evidence.current(),
                {one: verdicts[one] for one in _VERDICTS},
                gaps=len(found.gaps()),
                unmet=len(found.unmet),
                unused=len(dead(services, now=now)),
                outlived=len(outlived(services, now=now)),
            )
        case "gaps":
            found = coverage(services, by=wanted.by, now=now)
            cells = _page(found.gaps(), wanted.page)
            return Gaps(ask, wanted, found, _replaced(cells, _gaps(cells.rows, found, ask, services, now)))
        case "unused":
            return Unused(ask, wanted, _page(dead(services, now=now), wanted.page))
        case "outlived":
            some = _page(outlived(services, now=now), wanted.page)
            return StillInUse(ask, wanted, _replaced(some, _still_used(some.rows, ask, services, now)))


def _gaps(cells: Sequence[Cell], found: Coverage, ask: Ask, services: Services, now: datetime) -> list[Gap]:
    behind = {one: found.unmet[one][1].deal_id for cell in cells for one in cell.unmet[:_LOOKED_AT]}
    looked_at = {deal for cell in cells for deal in cell.deals[:_LOOKED_AT]} | set(behind.values())
    seen = _readable(looked_at, ask, services, now)
    return [
        Gap(
            cell,
            tuple(found.deals[one] for one in cell.deals[:_LOOKED_AT] if one in seen)[:MOST_DEALS],
            tuple(unmet_words(*found.unmet[one]) for one in cell.unmet if behind.get(one) in seen)[
                :MOST_SAID
            ],
        )
        for cell in cells
    ]


def _still_used(some: Sequence[Outlived], ask: Ask, services: Services, now: datetime) -> list[StillUsed]:
    last = [(one, one.touches[-MOST_SAID:][::-1]) for one in some]
    named = {touch.deal_id for _, touches in last for touch in touches}
    deals = {one.id: one for one in services.mirror.deals(_readable(named, ask, services, now))}
    return [
        StillUsed(one, tuple((touch, deals.get(touch.deal_id)) for touch in touches)) for one, touches in last
    ]


def _readable(deal_ids: Collection[str], ask: Ask, services: Services, now: datetime) -> frozenset[str]:
    """Return which of these deals the viewer may see in the CRM; none where that can't be known."""
    try:
        user = colleague(ask, services, now=now)
        return services.access.readable(user.id, sorted(deal_ids)) if deal_ids else frozenset()
    except (NotServed, AccessUnknown):
        return frozenset()


def _page(rows: Sequence[T], page: int) -> Pages[T]:
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    page = min(page, pages)
    return Pages(tuple(rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]), page, pages, len(rows))


def _replaced(old: Pages[T], rows: Iterable[S]) -> Pages[S]:
    return Pages(tuple(rows), old.page, old.pages, old.count)
