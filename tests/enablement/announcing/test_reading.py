"""What readers choose and press, by their own clocks and by the revision that they saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from enablement import announcing
from enablement.announcing import CannotAnnounce, next_morning
from enablement.sharing import NoSuchLink
from tests.builders import asset, profile, publish
from tests.enablement.announcing.desk import receipt_of, sent, staff, work
from tests.fakes import World

MONDAY = 0


@pytest.mark.parametrize(
    ("at", "zone", "morning"),
    [
        # Shortly after midnight it is still the next day that is meant.
        ("2026-03-03T00:10", "UTC", "2026-03-04T09:00"),
        ("2026-03-03T23:50", "Asia/Bangkok", "2026-03-05T02:00"),
        # The clocks go forward, and back, in the night.
        ("2026-03-28T12:00", "Europe/Berlin", "2026-03-29T07:00"),
        ("2026-10-24T12:00", "Europe/Berlin", "2026-10-25T08:00"),
    ],
)
def test_tomorrow_morning_is_nine_by_the_readers_clock(at: str, zone: str, morning: str) -> None:
    found = next_morning(datetime.fromisoformat(at).replace(tzinfo=UTC), time_zone=zone)

    assert found == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.parametrize("day", range(2, 9))
def test_next_monday_is_never_today_and_can_always_be_chosen(world: World, day: int) -> None:
    now = datetime(2026, 3, day, 6, tzinfo=UTC)
    monday = next_morning(now, time_zone="America/Sao_Paulo", weekdays=(MONDAY,))

    assert monday == datetime(2026, 3, 9, 12, tzinfo=UTC)
    world.clock.now = now
    staff(world)
    one = sent(world, at_once=True, made_at=now, ends_at=now + timedelta(days=30))
    work(world)
    hours = (monday - now) / timedelta(hours=1)
    announcing.snooze(receipt_of(world, "UBO", one).id, "UBO", world.services, now=now, hours=hours)
    assert receipt_of(world, "UBO", one).snoozed_until == monday


def test_who_snoozes_for_longer_or_not_at_all_is_told(world: World) -> None:
    staff(world)
    one = sent(world, at_once=True)
    work(world)
    mine = receipt_of(world, "UBO", one).id

    for hours in (0, 0.5, 193):
        with pytest.raises(CannotAnnounce, match="one hour to eight days"):
            announcing.snooze(mine, "UBO", world.services, now=world.clock(), hours=hours)


def test_what_was_seen_counts_and_never_more_than_there_is(world: World) -> None:
    staff(world)
    one = sent(world, at_once=True)
    work(world)
    mine, now = receipt_of(world, "UBO", one).id, world.clock.move(60)
    changed = replace(one, wordings=(replace(one.wordings[0], text="Anew."),))
    announcing.edit(changed, one.author_slack_id, world.services, now=now, ask_again=True)

    assert announcing.acknowledge(mine, "UBO", world.services, now=now, seen=1).acknowledged_revision == 1
    assert announcing.acknowledge(mine, "UBO", world.services, now=now, seen=99).acknowledged_revision == 2


def test_a_link_of_somebody_who_left_the_company_leads_nowhere(world: World) -> None:
    staff(world)
    deck = publish(world.catalog, asset("Deck", audience="internal"))
    one = sent(world, at_once=True, asset_ids=(deck.id,))
    work(world)
    mine, now = receipt_of(world, "UBO", one).id, world.clock()
    served = announcing.serve_asset(mine, deck.id, world.services, by_person=False, now=now)
    assert served.asset.id == deck.id
    assert receipt_of(world, "UBO", one).opened_at is None

    world.mirror.keep_profile(profile("UBO", "Bo", standing="deactivated"))

    with pytest.raises(NoSuchLink):
        announcing.serve_asset(mine, deck.id, world.services, by_person=True, now=now)
    with pytest.raises(NoSuchLink):
        announcing.serve_asset(mine, "another", world.services, by_person=True, now=now)
