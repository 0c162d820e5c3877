"""Home tabs of every sort, full of a text."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import get_args

from bot.home_blocks import home_view
from bot.settings_blocks import saved_view, settings_form
from enablement.announcing import Shown
from enablement.home import (
    ON_A_PAGE,
    PEOPLE_ON_A_PAGE,
    Change,
    Dealings,
    DealsPage,
    Home,
    HomeDeal,
    LibraryPart,
    OpenedShare,
    OpsPart,
    PersonUse,
    RepPart,
    RoleSource,
    SharedAsset,
    TeamPart,
    TeamUse,
    Wrong,
)
from enablement.home.deals import ChangeKind
from enablement.model import (
    NUDGE_KINDS,
    ROLES,
    Asset,
    Audit,
    ContentRequest,
    Deal,
    HomeState,
    HomeTab,
    LibraryFigures,
    Preferences,
    Profile,
    Reason,
    Run,
    RunState,
    Waiting,
    Wording,
)
from tests.bot.drawings import Drawing
from tests.builders import NOW, announcement, asset, deal, profile, receipt, suggestion

TABS: tuple[HomeTab, ...] = ("rep", "manager", "enablement", "ops")
URL = "http://127.0.0.1:1"


def homes(text: str, *, count: int = 1) -> list[Home]:
    """Return each sort of Home tab full of a text, with `count` of whatever is counted."""
    whole = _home(text)
    named, about = replace(deal(), name=text, stage=text[:120], currency="ΕΥΡ"), asset(text)
    rep = RepPart(_page(named, about, text, count), _dealings(named, about, text, count))
    nobody = RepPart(DealsPage((), 1, 1, 0), Dealings())
    alone = RepPart(DealsPage((HomeDeal(named, True, ()),), 1, 1, 1, is_one=True), Dealings())
    cut = RepPart(DealsPage((HomeDeal(named, False, ()),), 2, 25, 200, is_cut=True), Dealings())
    return [
        replace(whole, tab="rep", part=rep),
        replace(whole, tab="rep", part=alone, state=replace(whole.state, deal_id=named.id)),
        *(_bare(replace(whole, tab="rep", part=one)) for one in (nobody, cut, RepPart(None, Dealings()))),
        replace(whole, tab="manager", part=TeamPart(_team(named, text, count), 2)),
        replace(whole, tab="manager", part=TeamPart(TeamUse((), (0, 0), (0, 0), (), 0), 1), own=()),
        replace(whole, tab="manager", part=_idle(text), preferences=_silent()),
        _bare(replace(whole, tab="manager", part=TeamPart(None, 1))),
        replace(whole, tab="enablement", part=_library(about, text, count)),
        _bare(replace(whole, tab="enablement", part=LibraryPart(None, (), 0, (), 0))),
        replace(whole, tab="ops", part=_trouble(text, count)),
        *(_bare(replace(whole, tab="ops", part=one)) for one in _calm(text, count)),
        _bare(replace(whole, tabs=(), tab="", part=None, problem=text)),
        _bare(replace(whole, profile=profile(standing="guest"), problem=text)),
    ]


def person() -> Profile:
    return profile(time_zone="America/Argentina/ComodRivadavia")


def chosen() -> Preferences:
    return Preferences("U1", language="th", muted=frozenset(["replaced"]), digest=False, changed_at=NOW)


def _home(text: str) -> Home:
    wording = Wording("en", text[:150], text)
    shown = Shown(replace(receipt(), delivered_at=NOW), wording, text[:320])
    some = tuple(replace(shown, receipt=replace(shown.receipt, id=f"r{n}")) for n in range(5))
    return Home(
        person(),
        HomeState("U1", opened_at=NOW, looked_at=NOW),
        NOW,
        tabs=TABS,
        tab="rep",
        waiting=some,
        pinned=some,
        own=tuple(announcement(wordings=(wording,), id=f"{n}", state="running") for n in range(5)),
        may_announce=True,
        preferences=Preferences("U1"),
        quiet_hours=(time(20), time(8)),
    )


def _bare(home: Home) -> Home:
    return replace(
        home,
        waiting=(),
        pinned=(),
        own=(),
        may_announce=False,
        preferences=chosen(),
        quiet_hours=(time(9), time(9)),
    )


def _page(named: Deal, about: Asset, text: str, count: int) -> DealsPage:
    said = suggestion(reasons=(Reason("words", ("1", text, text, text)), Reason("stages", (text,))))
    one = HomeDeal(named, True, _changes(text), about, said)
    internal = replace(
        one, asset=replace(about, audience="internal"), changes=(Change("competitors", (text,)),)
    )
    other = HomeDeal(named, False, (Change("closes", ("2026-12-01",)), Change("new")))
    rest = (replace(one, changes=(Change("closes", (), ("2026-12-01",)),)),) * (ON_A_PAGE - 3)
    return DealsPage((one, internal, other, *rest), 2, 3, 16 + count)


def _changes(text: str) -> tuple[Change, ...]:
    values: dict[ChangeKind, Change] = {
        "new": Change("new"),
        "stage": Change("stage", (text,), (text,)),
        "competitors": Change("competitors", (text,), (text, text)),
        "closes": Change("closes", ("2026-12-01",), ("2027-01-31",)),
        "suggestion": Change("suggestion"),
    }
    return tuple(values[kind] for kind in get_args(ChangeKind))


def _dealings(named: Deal, about: Asset, text: str, count: int) -> Dealings:
    opened = OpenedShare(about, named, text, NOW, count)
    shared = SharedAsset(
        about, named, "suggestion", (text,) * (4 + min(2, count)), NOW, is_opened=True, live=count
    )
    ended = replace(shared, is_opened=False, live=0, names=(text,))
    return Dealings((opened,) * 5, (shared, ended, shared, shared, shared), (about,) * 5, 5 + count)


def _team(named: Deal, text: str, count: int) -> TeamUse:
    one = PersonUse(text, (count, 99), (0, count), count, 9)
    missed = replace(named, close_date=NOW.date() - timedelta(days=1))
    people: Sequence[PersonUse] = [one, replace(one, deals=0)] * PEOPLE_ON_A_PAGE
    return TeamUse(tuple(people), (count, 99), (0, count), (missed, *(named,) * 6), 99)


def _idle(text: str) -> TeamPart:
    return TeamPart(TeamUse((PersonUse(text, (0, 0), (0, 0), 0, 0),), (0, 0), (0, 0), (), 0), 1)


def _silent() -> Preferences:
    return Preferences("U1", muted=frozenset(NUDGE_KINDS), digest=False)


def _library(about: Asset, text: str, count: int) -> LibraryPart:
    figures = LibraryFigures(NOW, count, count, count, count, count, count, count, count, count)
    request = ContentRequest(
        "r", text[:500], "th", text[:80], text[:80], text[:80], text[:80], (), (), "open", "", "", "", "", NOW
    )
    return LibraryPart(figures, (about,) * 5, count, (request,) * 5, 99 + count)


def _trouble(text: str, count: int) -> OpsPart:
    named = text[:80]
    kinds = ("relay", "lane", "dead letters", "following", "hooks", "reading", "schedules", "index", "budget")
    checked = [Wrong(kind, named, NOW, text) for kind in (*kinds, "calls", "mapping", "evidence")]
    told = [Wrong("evidence", "lessons", None, text), Wrong("slack", named, NOW, text)]
    dead = (
        "ask.answer",
        "crm.touch",
        "announce.deliver",
        "library.upload",
        "people.forget",
        "deals.sync",
        named,
    )
    return OpsPart(
        wrong=(*told, *checked)[(count - 1) % 2 :],
        dead=tuple((kind, count) for kind in dead),
        retried=Audit("a", named, "outbox.retry", "", "", NOW - timedelta(days=1)),
        overdue=(named, named),
        waiting=(Waiting("reply", "due", count, NOW), Waiting("write", "due", 2, NOW)),
        read=NOW,
        written=NOW - timedelta(days=1),
        hooked=NOW,
        compared=NOW,
        slowest=3 * count,
        failed=((named, count), ("slack", 2)),
        indexed=count,
        published=count,
        learned=_run("failed"),
        roles=tuple(RoleSource(role, named, (named,) * 5, 5 + count) for role in ROLES),
    )


def _calm(text: str, count: int) -> list[OpsPart]:
    new = OpsPart((), (), None, (), (), None, None, None, None, None, (), 0, None, None, roles=())
    admin = (RoleSource("enablement", "", (text[:80],), 1), RoleSource("ops", "@" + text[:80], (), 0))
    lasting = [
        replace(new, hooked=NOW, published=count, learned=_run(state), roles=admin)
        for state in get_args(RunState)
    ]
    return [new, replace(new, roles=None), *lasting]


def _run(state: RunState) -> Run:
    return Run("r1", state, NOW, NOW, "", 1.0, 9, 9, "m")


def tab() -> Drawing:
    drawn = []
    for count in (1, 2):
        for one in homes("Ωμέγα", count=count):
            home = replace(one, profile=replace(one.profile, time_zone="Ωμέγα"))
            drawn.append(home_view(home, {"r0": f"{URL}/1"}, public_url=URL))
    return Drawing((), tuple(drawn))


def settings() -> Drawing:
    quiet = (time(20), time(8))
    some = (Preferences("U1"), chosen(), Preferences("U1", muted=frozenset(NUDGE_KINDS)))
    return Drawing(
        (), tuple(draw(one, quiet, "Ωμέγα") for one in some for draw in (settings_form, saved_view))
    )


CASES = (tab, settings)
