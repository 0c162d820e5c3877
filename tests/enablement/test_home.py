"""What stands in somebody's Home tab: their deals and what changed, their dealings, their team, the library."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from enablement.home import (
    KEPT_UP,
    ONE_LOOK,
    Change,
    Home,
    LibraryPart,
    OpsPart,
    RepPart,
    TeamPart,
    count_library,
    home_of,
    made_from,
    open_home,
    turn,
)
from enablement.model import CrmRole, Deal, HomeTab, Incident, Profile, Recommended, RoleRule, Touch, Written
from enablement.preferences import choose
from enablement.retrying import retry
from tests.builders import ANNA, NOW, asset, deal, feedback, profile, publish, share, task, touch, user
from tests.fakes import World

BOB = user("bob", id="005BOB", role_id="rep")
ROLLOUT = deal()
PILOT = deal("Halden Retail – Store pilot", close_date=date(2026, 12, 1))
HIS = deal("Bryce Freight – Yard pilot", owner_id=BOB.id, amount=9e6)


@pytest.fixture
def sales(world: World) -> World:
    """Anna leads Bob; she may see her two deals and his one."""
    world.mirror.store(
        users=[user(role_id="top"), BOB],
        roles=[CrmRole("top", None), CrmRole("rep", "top")],
        deals=[ROLLOUT, PILOT, HIS],
    )
    world.mirror.keep_profile(profile())
    world.mirror.keep_profile(profile("U2", "Bob"))
    world.crm.allow(user().id, ROLLOUT.id, PILOT.id, HIS.id)
    world.crm.allow(BOB.id, HIS.id)
    return world


def opened(world: World, slack_id: str = "U1", *, looks: bool = True) -> Home:
    """Open a Home tab and return what it shows."""
    now = world.clock()
    open_home(slack_id, world.services, request=now.isoformat(), shown="", now=now)
    return seen(world, slack_id, looks=looks)


def seen(world: World, slack_id: str = "U1", *, looks: bool = True) -> Home:
    known = world.mirror.profile(slack_id)
    assert known is not None
    return home_of(known, world.services.homes.of(slack_id), world.services, now=world.clock(), looks=looks)


def rep(home: Home) -> RepPart:
    assert isinstance(home.part, RepPart)
    return home.part


def names(home: Home) -> list[str]:
    page = rep(home).deals
    return [one.deal.name for one in page.deals] if page else []


def changes(home: Home, one: Deal) -> tuple[Change, ...]:
    page = rep(home).deals
    assert page is not None
    return next(each.changes for each in page.deals if each.deal.id == one.id)


def keep(world: World, one: Deal, *titles: str) -> None:
    """Make these what is kept for a deal."""
    rows = [
        Recommended(one.id, rank, title, f"{title} v1", 0.5, (), "m", "x", NOW)
        for rank, title in enumerate(titles, start=1)
    ]
    world.services.shortlists.keep({one.id: rows})


def next_best(home: Home, one: Deal) -> str:
    page = rep(home).deals
    assert page is not None
    found = next(each for each in page.deals if each.deal.id == one.id)
    return found.asset.title if found.asset else ""


def suggested(home: Home, one: Deal) -> str:
    """Return the id of what stands for a deal's next best asset."""
    page = rep(home).deals
    assert page is not None
    found = next(each for each in page.deals if each.deal.id == one.id)
    return found.suggestion.id if found.suggestion else ""


def record(world: World, *records: Any) -> None:
    world.ledger.write(Written(records=records), now=world.clock())


def test_own_deals_come_first_then_those_of_people_below_the_soonest_first(sales: World) -> None:
    assert names(opened(sales)) == [PILOT.name, ROLLOUT.name, HIS.name]


def test_what_the_crm_does_not_let_somebody_read_is_not_there_nor_counted(sales: World) -> None:
    sales.crm.readers.discard((user().id, HIS.id))

    home = opened(sales)

    page = rep(home).deals
    assert page is not None
    assert (names(home), page.count) == ([PILOT.name, ROLLOUT.name], 2)


def test_without_the_crm_there_are_no_deals_but_the_rest(sales: World) -> None:
    sales.crm.is_down = True

    home = opened(sales)

    assert rep(home).deals is None
    assert home.tabs == ("rep", "manager")


@pytest.mark.parametrize(
    ("owner", "rules", "tab"),
    [
        (user().id, (), "rep"),
        (BOB.id, (), "manager"),
        (BOB.id, (RoleRule("ops", ANNA),), "manager"),
        ("", (RoleRule("ops", ANNA),), "manager"),
    ],
)
def test_somebody_lands_on_their_deals_or_else_on_what_their_role_is_about(
    sales: World, owner: str, rules: tuple[RoleRule, ...], tab: HomeTab
) -> None:
    # Who is on the team of a deal does not own it.
    sales.mirror.store(
        deals=[replace(one, owner_id=owner, team=(user().id,), modified_at=NOW) for one in (ROLLOUT, PILOT)]
    )
    sales.services = replace(sales.services, role_rules=rules)

    assert opened(sales).tab == tab


def test_somebody_with_nothing_but_deals_lands_there_though_they_have_none(sales: World) -> None:
    sales.mirror.forget([HIS.id])

    home = opened(sales, "U2")

    assert (home.tabs, home.tab, names(home)) == (("rep",), "rep", [])


def test_who_chose_a_tab_lands_there_the_next_time_on_its_first_page(sales: World) -> None:
    opened(sales)
    turn("U1", sales.services, request="tab", now=sales.clock(), tab="manager", page=3)
    sales.clock.move(days=2)

    home = opened(sales)

    assert (home.tab, home.state.page) == ("manager", 1)
    assert home.state.looked_before == NOW


def test_who_has_no_right_to_the_tab_any_more_lands_on_their_own(sales: World) -> None:
    turn("U2", sales.services, request="x", now=sales.clock(), tab="ops")

    assert opened(sales, "U2").tab == "rep"


def bury(world: World, name: str, kind: str) -> None:
    world.outbox.add([task(name, kind=kind)], now=NOW)
    [row] = world.outbox.claim("write", [kind], owner="w", limit=9, now=NOW)
    world.outbox.bury(row.id, owner="w", error="Mia Lund of Halden said no", now=NOW)


def operations(world: World, *rules: RoleRule) -> OpsPart:
    world.services = replace(world.services, role_rules=rules)
    turn("U1", world.services, request=str(world.clock.move(1)), now=world.clock(), tab="ops")
    part = seen(world).part
    assert isinstance(part, OpsPart)
    return part


OPS, ADMIN = RoleRule("ops", ANNA), RoleRule("admin", ANNA)


def test_those_who_run_it_see_what_is_wrong_and_nothing_of_customers(sales: World) -> None:
    sales.outbox.hold("relay", owner="relay", seconds=3600, now=NOW)
    assert operations(sales, OPS).wrong == ()
    for number in range(3):
        bury(sales, f"d{number}", "crm.touch")
    mapping = Incident("i", "mapping", "Deal.size", "Gone", 1, NOW, NOW, None, "", "")
    sales.journal.keep(mapping)
    # It is well again, and the incident ends with the next look.
    sales.journal.keep(replace(mapping, id="j", kind="reading", subject=""))
    publish(sales.catalog, asset())

    part = operations(sales, OPS)

    assert [(one.kind, one.subject) for one in part.wrong] == [("dead letters", ""), ("mapping", "Deal.size")]
    assert part.dead == (("crm.touch", 3),)
    assert part.roles is None
    assert not any(name in repr(part) for name in ("Mia", "Halden", ROLLOUT.name, asset().title))


def test_an_index_that_is_behind_for_a_moment_is_not_called_wrong(sales: World) -> None:
    sales.outbox.hold("relay", owner="relay", seconds=3600, now=NOW)
    publish(sales.catalog, asset())
    assert operations(sales, OPS).wrong == ()

    sales.journal.keep(Incident("i", "index", "", "Behind", 5, NOW, NOW, None, "", ""))

    [wrong] = operations(sales, OPS).wrong
    assert (wrong.kind, wrong.since) == ("index", NOW)


def test_an_administrator_sees_who_is_what_and_from_where(sales: World) -> None:
    group = RoleRule("enablement", "@content")
    sales.services.people.keep_holders("@content", ["U2"], [])

    part = operations(sales, ADMIN, group)

    assert part.roles is not None
    assert [(one.role, one.source, one.names) for one in part.roles] == [
        ("enablement", "", ("lib@stowmark.example",)),
        ("enablement", "@content", ("Bob",)),
        ("admin", "", (ANNA,)),
    ]


def test_what_is_tried_again_is_noted_with_who_did_it_and_shown(sales: World) -> None:
    bury(sales, "d", "crm.touch")
    before = made_from(sales.services.homes.of("U1"), sales.services, now=sales.clock())

    counts = [retry(sales.services, by=ANNA, now=sales.clock.move(1)) for _ in range(2)]

    part = operations(sales, OPS)
    assert counts == [1, 0]
    assert (part.dead, part.retried and part.retried.email) == ((), ANNA)
    assert [one.detail for one in sales.journal.audits(limit=9)] == ["dead letters: 1"]
    assert made_from(sales.services.homes.of("U1"), sales.services, now=sales.clock()) != before
    assert {"write", "compute"} <= set(sales.work.woken)


def test_a_first_look_says_of_nothing_that_it_changed(sales: World) -> None:
    assert changes(opened(sales), ROLLOUT) == ()


def test_what_changes_during_the_first_look_is_marked(sales: World) -> None:
    opened(sales)

    sales.mirror.store(deals=[replace(PILOT, stage="Verbal", modified_at=NOW + timedelta(minutes=1))])

    [change] = changes(seen(sales), PILOT)
    assert (change.kind, change.now) == ("stage", ("Verbal",))


def test_what_changed_since_the_last_look_is_said_and_comes_first(sales: World) -> None:
    publish(sales.catalog, asset("Deck"))
    opened(sales)
    sales.clock.move(hours=1)
    moved = replace(
        ROLLOUT, stage="Closing", competitors=("Korvane",), close_date=None, modified_at=sales.clock()
    )
    sales.mirror.store(deals=[moved])
    keep(sales, ROLLOUT, "Deck")

    home = opened(sales)

    assert names(home)[0] == ROLLOUT.name
    assert changes(home, ROLLOUT) == (
        Change("stage", ("Negotiation",), ("Closing",)),
        Change("competitors", (), ("Korvane",)),
        Change("closes", ("2026-12-18",), ()),
        Change("suggestion"),
    )


def test_what_changed_stays_marked_during_a_look_and_is_gone_in_the_next(sales: World) -> None:
    opened(sales)
    sales.clock.move(hours=1)
    sales.mirror.store(deals=[replace(ROLLOUT, stage="Closing", modified_at=sales.clock())])
    opened(sales)
    turn("U1", sales.services, request="press", now=sales.clock())

    again = changes(seen(sales), ROLLOUT)
    sales.clock.move(seconds=ONE_LOOK.total_seconds() + 1)
    later = changes(opened(sales), ROLLOUT)

    assert [one.kind for one in again] == ["stage"]
    assert later == ()


def test_what_is_drawn_while_nobody_looks_does_not_count_as_seen(sales: World) -> None:
    opened(sales)
    sales.mirror.store(deals=[replace(ROLLOUT, stage="Closing", modified_at=sales.clock())])
    seen(sales, looks=False)
    sales.clock.move(hours=1)

    assert [one.kind for one in changes(opened(sales), ROLLOUT)] == ["stage"]


def test_the_next_best_asset_is_the_first_kept_that_is_valid_and_not_dealt_with(sales: World) -> None:
    titles = ("Expired", "Shared", "Useless", "Good", "Other")
    for title in titles:
        expires = NOW.date() - timedelta(days=1) if title == "Expired" else None
        publish(sales.catalog, asset(title, expires=expires))
    keep(sales, ROLLOUT, *titles)
    record(
        sales,
        touch(asset_id="Shared", deal_id=ROLLOUT.id),
        feedback(asset_id="Useless", deal_id=ROLLOUT.id, id="f"),
    )

    home = opened(sales)

    assert next_best(home, ROLLOUT) == "Good"
    assert next_best(home, PILOT) == ""


def test_a_suggestion_keeps_its_links_through_the_day(sales: World) -> None:
    publish(sales.catalog, asset("Deck"))
    keep(sales, ROLLOUT, "Deck")

    def token() -> str:
        page = rep(opened(sales)).deals
        found = page and next(one.suggestion for one in page.deals if one.suggestion)
        return found.open_token if found else ""

    first = token()
    assert first
    assert token() == first
    sales.clock.move(days=1)
    assert token() != first


def test_why_an_asset_is_suggested_is_said_of_the_stage_that_the_deal_is_at(sales: World) -> None:
    publish(sales.catalog, asset("Guide"))
    keep(sales, PILOT, "Guide")
    before = suggested(opened(sales), PILOT)

    sales.mirror.store(deals=[replace(PILOT, stage="Verbal", modified_at=NOW + timedelta(minutes=1))])

    assert suggested(seen(sales), PILOT) not in ("", before)


def test_many_deals_are_paged_and_one_can_be_chosen(sales: World) -> None:
    many = [deal(f"Account {n} – Rollout", close_date=date(2027, 1, n)) for n in range(1, 31)]
    sales.mirror.store(deals=many)
    sales.crm.allow(user().id, *(one.id for one in many))
    opened(sales)

    turn("U1", sales.services, request="2", now=sales.clock(), page=2)
    second = seen(sales)
    turn("U1", sales.services, request="3", now=sales.clock(), deal_id=many[20].id)
    chosen = seen(sales)

    page = rep(second).deals
    assert page is not None
    assert (page.page, page.pages, page.count, len(page.deals)) == (2, 5, 33, 8)
    assert names(chosen) == [many[20].name]


def test_a_deal_that_may_not_be_seen_can_not_be_chosen(sales: World) -> None:
    opened(sales, "U2")

    turn("U2", sales.services, request="x", now=sales.clock(), deal_id=ROLLOUT.id)

    assert names(seen(sales, "U2")) == [HIS.name]


def test_dealings_are_of_deals_that_may_still_be_seen(sales: World) -> None:
    publish(sales.catalog, asset())
    reading: dict[str, Any] = {"kind": "opened_by_buyer", "occurred_at": sales.clock()}
    for number, one in enumerate((ROLLOUT, PILOT)):
        record(
            sales,
            share(id=f"s{number}", deal_id=one.id, suggestion_id=f"g{number}"),
            touch(id=f"t{number}", share_id=f"s{number}", deal_id=one.id, **reading),
            touch(id=f"u{number}", share_id=f"s{number}", deal_id=one.id, **reading),
        )
    sales.crm.readers.discard((user().id, PILOT.id))

    said = rep(opened(sales)).dealings

    assert [(one.deal.name, one.who, one.times) for one in said.opened] == [(ROLLOUT.name, "Mia Lund", 2)]
    assert [(one.deal.name, one.suggestion_id, one.live) for one in said.shared] == [(ROLLOUT.name, "g0", 1)]


def test_a_manager_sees_what_the_team_did_on_deals_that_they_may_see(sales: World) -> None:
    secret = deal("Secret – Deal", owner_id=BOB.id)
    sales.mirror.store(deals=[secret])

    def done(number: int, kind: str, one: Deal, days: int) -> Touch:
        at = sales.clock() - timedelta(days=days)
        return touch(id=f"{number}", kind=kind, deal_id=one.id, email=BOB.email, occurred_at=at)

    record(
        sales,
        done(1, "shared", HIS, 1),
        done(2, "shared", HIS, 20),
        done(3, "opened_by_buyer", HIS, 20),
        done(4, "shared", secret, 1),
        done(5, "shared", HIS, 40),
    )
    opened(sales)
    turn("U1", sales.services, request="tab", now=sales.clock(), tab="manager")

    part = seen(sales).part

    assert isinstance(part, TeamPart)
    assert part.use is not None
    assert [(one.name, one.shared, one.opened) for one in part.use.people] == [("Bob", (1, 2), (0, 1))]
    assert (part.use.untouched, part.use.deals) == ((), 1)


def test_a_deal_that_nobody_touched_for_thirty_days_is_untouched(sales: World) -> None:
    record(sales, touch(deal_id=HIS.id, email=BOB.email, occurred_at=sales.clock() - timedelta(days=31)))
    turn("U1", sales.services, request="tab", now=sales.clock(), tab="manager")

    part = seen(sales).part

    assert isinstance(part, TeamPart)
    assert part.use is not None
    assert [one.name for one in part.use.untouched] == [HIS.name]


def test_only_who_looks_after_the_library_sees_its_figures(sales: World) -> None:
    librarian = profile("U9", "Lib")
    sales.mirror.keep_profile(librarian)
    publish(sales.catalog, asset("Old", expires=NOW.date() - timedelta(days=1)))
    publish(sales.catalog, asset("Deck"))
    count_library(sales.services, now=sales.clock())

    home = opened(sales, "U9")
    turn("U2", sales.services, request="x", now=sales.clock(), tab="enablement")

    assert isinstance(home.part, LibraryPart)
    assert home.part.figures is not None
    assert (home.part.figures.published, home.part.figures.expired) == (1, 1)
    assert isinstance(seen(sales, "U2").part, RepPart)


@pytest.mark.parametrize("standing", ["guest", "stranger", "deactivated"])
def test_outsiders_see_one_line(sales: World, standing: Any) -> None:
    sales.mirror.keep_profile(profile(standing=standing))

    home = opened(sales)

    assert (home.part, home.tabs, home.waiting, home.own) == (None, (), (), ())
    assert home.problem == "Touchline answers members of this workspace only."


def test_who_is_not_in_the_crm_is_told_so(sales: World) -> None:
    sales.mirror.keep_profile(profile("U7", "Zoe"))

    assert "zoe@stowmark.example" in opened(sales, "U7").problem


def test_what_somebody_may_not_see_changes_nothing(sales: World) -> None:
    publish(sales.catalog, asset("Deck"))
    publish(sales.catalog, asset("Draft", status="draft"))
    for one in (ROLLOUT, HIS):
        keep(sales, one, "Draft", "Deck")
        record(
            sales,
            share(id=f"s {one.id}", deal_id=one.id, asset_id="Deck"),
            touch(id=f"t {one.id}", kind="opened_by_buyer", deal_id=one.id, asset_id="Deck"),
        )
    sales.crm.readers.discard((user().id, HIS.id))
    before = opened(sales)

    sales.mirror.forget([HIS.id])
    keep(sales, ROLLOUT, "Deck")

    assert seen(sales) == before


def test_a_home_tab_is_made_from_what_it_shows(sales: World) -> None:
    publish(sales.catalog, asset("Deck"))
    opened(sales)

    def made() -> str:
        return made_from(sales.services.homes.of("U1"), sales.services, now=sales.clock())

    said = [made(), made()]
    for change in (
        lambda: keep(sales, ROLLOUT, "Deck"),
        lambda: sales.mirror.store(deals=[replace(PILOT, stage="Closing", modified_at=NOW + KEPT_UP)]),
        lambda: record(sales, share(asset_id="Deck")),
        lambda: record(sales, touch(kind="opened_by_buyer", occurred_at=sales.clock())),
        lambda: _choose(sales, language="th"),
    ):
        change()
        said.append(made())

    assert said[0] == said[1]
    assert len(set(said[1:])) == len(said) - 1


def test_the_language_that_somebody_chose_is_that_of_their_profile(sales: World) -> None:
    _choose(sales, language="th")
    chosen = sales.mirror.profile("U1"), sales.mirror.profiles(email=ANNA)[0]
    _choose(sales, language="")

    assert [one.locale for one in chosen if one] == ["th", "th"]
    assert _locale(sales.mirror.profile("U1")) == "en-US"


def _choose(world: World, *, language: str) -> None:
    choose(
        "U1", world.services, language=language, quiet_hours=None, muted=(), digest=True, now=world.clock()
    )


def _locale(found: Profile | None) -> str:
    return found.locale if found else ""
