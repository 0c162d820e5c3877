"""Health: what needs a person is said, and nothing is while all is well."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.health import BUDGET_SHARE, checks, measure, quality, troubles, watch
from enablement.model import Event, Incident, IntegrationDay, Lane, QualityPart, Written
from enablement.quality import score
from tests.builders import NOW, asset, deal, publish, task
from tests.fakes import World

EVERY_S = 300
MINUTE = timedelta(minutes=1)


@pytest.fixture
def well(world: World) -> World:
    """An installation where nothing is wrong: a relay runs and the deals were just read."""
    world.outbox.hold("relay", owner="relay", seconds=3600, now=NOW)
    done(world, "deals.sync", "compute")
    return world


def done(world: World, kind: str, lane: Lane) -> None:
    world.outbox.add([replace(task(f"{kind} done"), kind=kind, lane=lane)], now=NOW)
    rows = world.outbox.claim(lane, [kind], owner="w", limit=9, now=NOW)
    world.outbox.settle([row.id for row in rows], owner="w", now=NOW)


def bury(world: World, name: str, error: str) -> None:
    world.outbox.add([task(name, kind="crm.touch")], now=NOW)
    [row] = world.outbox.claim("write", ["crm.touch"], owner="w", limit=9, now=NOW)
    world.outbox.bury(row.id, owner="w", error=error, now=NOW)


def needed(world: World, *, after: timedelta = timedelta(0)) -> list[str]:
    health = measure(world.services, now=NOW + after)
    return [one.said for one in troubles(health, checks(health, read_every_s=EVERY_S))]


def test_nothing_is_needed_where_all_is_well(well: World) -> None:
    assert needed(well) == []


def test_a_relay_that_is_not_there_is_missed(world: World) -> None:
    assert needed(world) == ["No relay runs: deals are not read and nobody keeps watch"]


@pytest.mark.parametrize(("lane", "seconds"), [("reply", 60), ("write", 300), ("compute", 1800)])
def test_each_lane_has_its_own_patience(well: World, lane: Lane, seconds: int) -> None:
    well.outbox.hold("relay", owner="relay", seconds=7200, now=NOW)
    well.outbox.add([replace(task(), lane=lane)], now=NOW)

    def late(after: int) -> list[str]:
        health = measure(well.services, now=NOW + timedelta(seconds=after))
        return [
            one.subject for one in checks(health, read_every_s=EVERY_S) if one.kind == "lane" and one.is_wrong
        ]

    assert late(seconds) == []
    assert late(seconds + 1) == [lane]


def test_dead_letters_are_counted_by_kind_without_their_words(well: World) -> None:
    bury(well, "a", "Mia Lund said no")
    bury(well, "b", "Mia Lund said no, too")

    assert needed(well) == ["Dead letters (2 crm.touch): `touchline outbox` says why"]


def test_a_changed_deal_that_waits_is_noticed_before_its_lane_is(well: World) -> None:
    well.outbox.add([replace(task(), kind="deals.refresh")], now=NOW)

    assert needed(well, after=MINUTE) == []
    assert needed(well, after=2 * MINUTE) == [
        "A changed deal has waited for 2 min to be read or to have its suggestions made"
    ]


def test_hooks_that_fell_silent_are_noticed_but_not_hooks_that_never_spoke(well: World) -> None:
    well.mirror.store(deals=[deal(modified_at=NOW)])
    assert needed(well) == []

    well.ledger.write(Written(event=Event("salesforce", "1")), now=NOW - 2 * timedelta(hours=1))

    [said] = needed(well)
    assert "hooks have been silent" in said
    well.ledger.write(Written(event=Event("salesforce", "2")), now=NOW - timedelta(hours=1))
    assert needed(well) == []


def test_deals_that_are_not_read_any_more_are_noticed(well: World) -> None:
    assert needed(well, after=15 * MINUTE) == []
    assert needed(well, after=16 * MINUTE) == ["The deals were last read 16 min ago"]


def test_a_schedule_whose_next_round_is_due_before_the_last_is_done_is_noticed(well: World) -> None:
    well.services = replace(well.services, schedules={"crm.check": 900, "library.review": 86_400})
    for kind in well.services.schedules:
        well.outbox.add([replace(task(kind, kind=kind), partition=kind, due_at=NOW + 90 * MINUTE)], now=NOW)

    on_time, late = (
        [said for said in needed(well, after=minutes * MINUTE) if "Overdue" in said] for minutes in (30, 31)
    )

    assert on_time == []
    assert late == ["Overdue by their schedules: crm.check: the workers' logs say why"]


def test_an_org_that_is_rarely_read_is_not_missed_early(well: World) -> None:
    health = measure(well.services, now=NOW + 50 * MINUTE)

    assert troubles(health, checks(health, read_every_s=1200)) == []


@pytest.mark.parametrize(("used", "is_much"), [(79, False), (80, True)])
def test_a_budget_that_is_nearly_used_up_is_noticed(well: World, used: int, is_much: bool) -> None:
    assert BUDGET_SHARE == 0.8
    yesterday = IntegrationDay("salesforce", NOW.date() - timedelta(days=1), 1, 0, 99, 100)
    well.journal.note([], [IntegrationDay("salesforce", NOW.date(), 1, 0, used, 100), yesterday])

    assert bool(needed(well)) is is_much


def test_an_index_behind_the_library_is_noticed(well: World) -> None:
    publish(well.catalog, asset())
    assert needed(well) == ["The index is 1 change behind the library"]

    well.index.follow()
    assert needed(well) == []


def test_an_open_incident_is_needed_too_but_said_once(well: World) -> None:
    calls = Incident("i1", "calls", "slack", "6 of 9 calls to slack failed", 6, NOW, NOW, None, "", "")
    dead = Incident("i2", "dead letters", "", "Dead letters (9 crm.touch)", 1, NOW, NOW, None, "", "")
    over = replace(calls, id="i3", kind="mapping", resolved_at=NOW)
    for one in (calls, dead, over):
        well.journal.keep(one)
    bury(well, "a", "no")

    assert needed(well) == [
        "Dead letters (1 crm.touch): `touchline outbox` says why",
        "6 of 9 calls to slack failed",
    ]


def test_watch_opens_an_incident_once_and_closes_it(well: World) -> None:
    bury(well, "a", "no")
    for _ in range(3):
        watch(well.services, channel="C0OPS", read_every_s=EVERY_S)
        well.clock.move(60)
    [lasting] = well.messenger.reports.values()

    well.outbox.revive(None, now=well.clock())
    watch(well.services, channel="C0OPS", read_every_s=EVERY_S)

    [over] = well.messenger.reports.values()
    assert (lasting.count, lasting.resolved_at) == (3, None)
    assert over.resolved_at == NOW + 3 * MINUTE


def test_an_index_that_is_behind_for_a_moment_is_no_incident(well: World) -> None:
    def look() -> None:
        watch(well.services, channel="C0OPS", read_every_s=EVERY_S)
        well.clock.move(60)

    publish(well.catalog, asset())
    for _ in range(4):
        look()
    well.index.follow()
    look()
    assert well.messenger.reports == {}

    publish(well.catalog, asset("Another"))
    for _ in range(5):
        look()
    assert [one.kind for one in well.messenger.reports.values()] == ["index"]


def test_each_incident_is_logged_when_it_opens_and_when_it_ends(
    well: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="enablement.health")
    bury(well, "a", "Mia Lund said no")
    for _ in range(3):
        watch(well.services, channel="", read_every_s=EVERY_S)
        well.clock.move(60)
    well.outbox.revive(None, now=well.clock())
    watch(well.services, channel="", read_every_s=EVERY_S)

    said = [record.getMessage() for record in caplog.records if record.name == "enablement.health"]
    assert [one.split(":")[0] for one in said] == ["an incident", "resolved"]
    assert "Mia" not in caplog.text


def test_the_score_is_the_share_of_checks_that_pass_rounded_down() -> None:
    parts = [QualityPart("industry", 1, 200, ()), QualityPart("close date", 0, 100, ())]

    assert score(parts) == 99
    assert score([QualityPart("industry", 0, 7, ())]) == 100
    assert score([QualityPart("industry", 0, 0, ())]) is None


def test_the_quality_of_deals_is_told_with_examples(well: World) -> None:
    well.mirror.store(deals=[deal("bare", industry=None), deal("whole")])

    found = quality(well.services, on=NOW.date(), loss_reasons=False, examples=3)

    industry = next(part for part in found.parts if part.name == "industry")
    assert (industry.missing, industry.of, industry.examples) == (1, 2, ((deal("bare").id, "bare"),))
    # Two deals, seven parts, one industry and both contact roles missing.
    assert found.score == 100 * 11 // 14
