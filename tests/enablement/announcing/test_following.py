"""Level by level: whoever is meant hears it once, at their time; whoever is not, does not."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enablement import announcing
from enablement.model import Aim, Announcement, Claimed, Wording
from enablement.ports import TryLater, Undeliverable
from enablement.preferences import choose
from tests.builders import NOW, announcement, profile
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff, told, work
from tests.fakes import World

HOUR = 3600
EVERYBODY = {LIB, "UMIA", "UBO", "UCY", "UDEE"}


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    staff(world)


def claimed(world: World) -> list[Claimed]:
    """Follow, and hold what is due within a few seconds."""
    announcing.follow(world.services, now=world.clock())
    kinds = [announcing.ANNOUNCE_DELIVER]
    return world.outbox.claim("write", kinds, owner="w", limit=9, now=world.clock.move(2))


def died_after_posting(world: World) -> str:
    """Post the one message that is due, and die before that is noted; return its receipt."""
    (row,) = claimed(world)
    announcing.deliver(row.id, row.subject, world.services, now=world.clock())
    with world.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE receipts SET shown_revision = 0, delivered_at = NULL, ts = '', channel = ''"
        )
    return row.subject.removeprefix("post ")


def test_each_member_is_told_once_and_nobody_else(world: World) -> None:
    one = sent(world)

    pass_time(world, 120)

    assert sorted(told(world)) == sorted(EVERYBODY)
    assert receipt_of(world, "UBO", one).delivered_at is not None
    assert {receipt.slack_id for receipt in world.announcements.receipts(one.id)} == EVERYBODY


def test_everybody_is_told_at_nine_by_their_own_clock(world: World) -> None:
    for slack_id, zone in (("UBO", "Asia/Bangkok"), ("UCY", "America/New_York")):
        world.mirror.keep_profile(replace(world.messenger.profiles[slack_id], time_zone=zone))
    sent(world, local_time="09:00")

    pass_time(world, 26 * HOUR, step=1800)

    at = {
        slack_id: receipt_of(world, slack_id, announcement()).delivered_at
        for slack_id in ("UBO", "UCY", "UDEE")
    }
    # NOW is 10:30 in Berlin, 16:30 in Bangkok and 4:30 in New York.
    assert {name: f"{when:%d %H}" for name, when in at.items() if when} == {
        "UBO": "21 02",
        "UCY": "20 14",
        "UDEE": "21 08",
    }


def test_the_night_is_quiet_unless_it_is_urgent(world: World) -> None:
    world.clock.now = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    sent(world)
    sent(world, title="Fire", at_once=True, ends_at=NOW + timedelta(days=9))

    pass_time(world, 60)

    assert len(told(world)) == len(EVERYBODY)
    assert {one.id for one, *_ in world.messenger.messages.values()} == {"Fire"}
    pass_time(world, 10 * HOUR, step=1800)
    assert len(told(world)) == 2 * len(EVERYBODY)


def test_a_message_that_is_late_does_not_come_at_night(world: World) -> None:
    one = sent(world)
    announcing.follow(world.services, now=world.clock())
    world.clock.now = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)

    work(world)

    assert told(world) == []
    assert receipt_of(world, "UBO", one).due_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    pass_time(world, 11 * HOUR, step=1800)
    assert len(told(world)) == len(EVERYBODY)


def test_who_joins_gets_it_and_who_leaves_does_not(world: World) -> None:
    one = sent(world, starts_at=NOW + timedelta(hours=1))
    pass_time(world, 60)
    world.mirror.keep_profiles([profile("UNEW", "Nele"), profile("UBO", "Bo", standing="deactivated")])

    pass_time(world, 2 * HOUR, step=240)

    assert set(told(world)) == (EVERYBODY | {"UNEW"}) - {"UBO"}
    assert receipt_of(world, "UBO", one).left_at is not None


def test_who_comes_back_is_taken_back_and_told_once(world: World) -> None:
    one = sent(world, reminders=1, remind_every_hours=1)
    pass_time(world, 60)
    world.mirror.keep_profile(profile("UBO", "Bo", standing="deactivated"))
    pass_time(world, 3 * HOUR, step=240)
    away = receipt_of(world, "UBO", one)

    world.mirror.keep_profile(profile("UBO", "Bo"))
    pass_time(world, 600, step=60)

    assert (away.left_at is not None, away.reminders) == (True, 0)
    assert receipt_of(world, "UBO", one).left_at is None
    assert told(world).count("UBO") == 1


def test_an_edit_changes_messages_and_keeps_what_was_acknowledged(world: World) -> None:
    one = sent(world)
    pass_time(world, 60)
    mine = receipt_of(world, "UBO", one)
    announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())
    new = replace(one, wordings=(Wording("en", "Newer deck", "Better."),))

    edited = announcing.edit(new, LIB, world.services, now=world.clock(), ask_again=False)
    pass_time(world, 60)

    assert (edited.revision, edited.counts_from) == (2, 1)
    assert {wording.title for _, _, wording in world.messenger.messages.values()} == {"Newer deck"}
    assert len(told(world)) == len(EVERYBODY)
    assert receipt_of(world, "UBO", one).acknowledged_revision >= edited.counts_from


def test_who_acknowledged_is_asked_anew_if_the_author_says_so(world: World) -> None:
    one = sent(world, reminders=1, remind_every_hours=1)
    pass_time(world, 60)
    mine = receipt_of(world, "UBO", one)
    announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())

    announcing.edit(one, LIB, world.services, now=world.clock(), ask_again=True)
    pass_time(world, 2 * HOUR, step=240)

    assert (mine.id, 1) in world.messenger.reminded
    assert (
        announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock()).acknowledged_revision == 2
    )


def test_an_edit_of_the_plan_alone_changes_no_message(world: World) -> None:
    one = sent(world)
    pass_time(world, 60)

    edited = announcing.edit(
        replace(one, reminders=1), LIB, world.services, now=world.clock(), ask_again=False
    )

    assert edited.revision == 1


def test_a_withdrawn_one_is_taken_back_also_from_who_left(world: World) -> None:
    one = sent(world)
    pass_time(world, 60)
    world.mirror.keep_profile(profile("UBO", "Bo", standing="deactivated"))
    pass_time(world, 300)

    announcing.withdraw(one.id, LIB, world.services, now=world.clock())
    pass_time(world, 60)

    assert {shown.state for shown, *_ in world.messenger.messages.values()} == {"withdrawn"}
    assert work(world) == []


def test_what_is_stopped_stays_and_reaches_nobody_else(world: World) -> None:
    one = sent(world, reminders=3, remind_every_hours=1)
    pass_time(world, 60)

    announcing.stop(one.id, LIB, world.services, now=world.clock())
    world.mirror.keep_profile(profile("UNEW", "Nele"))
    pass_time(world, 4 * HOUR, step=300)

    assert len(told(world)) == len(EVERYBODY)
    assert world.messenger.reminded == []
    assert {shown.state for shown, *_ in world.messenger.messages.values()} == {"running"}


def test_it_ends_by_itself_and_goes_on_when_extended(world: World) -> None:
    one = sent(world, ends_at=NOW + timedelta(hours=1))
    pass_time(world, HOUR + 60, step=240)
    ended = world.announcements.announcement(one.id)
    world.mirror.keep_profile(profile("UNEW", "Nele"))
    pass_time(world, 600, step=60)
    before = told(world)

    announcing.extend(one.id, LIB, world.services, now=world.clock(), ends_at=NOW + timedelta(days=2))
    pass_time(world, 60)

    assert ended is not None
    assert ended.state == "ended"
    assert told(world) == [*before, "UNEW"]


def test_reminders_come_in_working_hours_capped_to_who_did_not_acknowledge(world: World) -> None:
    # A Friday morning in Berlin: the second reminder would fall on Saturday.
    one = sent(world, reminders=2, remind_every_hours=5)
    pass_time(world, 60)
    announcing.acknowledge(receipt_of(world, "UBO", one).id, "UBO", world.services, now=world.clock())

    pass_time(world, 6 * 24 * HOUR, step=3600)

    mine = receipt_of(world, "UCY", one)
    assert mine.reminders == 2
    assert mine.reminded_at is not None
    # 9:00 in Berlin on Monday.
    assert f"{mine.reminded_at:%a %H}" == "Mon 08"
    assert len(world.messenger.reminded) == 2 * (len(EVERYBODY) - 1)


def test_a_reminder_whose_sender_died_is_looked_for_before_it_is_sent_again(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO",)), reminders=1, remind_every_hours=1)
    pass_time(world, 60)
    world.clock.move(HOUR)
    (row,) = claimed(world)
    announcing.deliver(row.id, row.subject, world.services, now=world.clock())
    with world.database.writing() as connection:
        connection.exec_driver_sql("UPDATE receipts SET reminders = 0, reminded_at = NULL")

    announcing.deliver(row.id, row.subject, world.services, now=world.clock())

    assert world.messenger.reminded == [(receipt_of(world, "UBO", one).id, 1)]
    assert receipt_of(world, "UBO", one).reminders == 1


def test_what_came_to_nothing_is_tried_anew(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO",)))
    (row,) = claimed(world)
    # Meanwhile its turn was put off, as when the night began.
    mine = receipt_of(world, "UBO", one)
    world.announcements.postpone({mine.id: world.clock() + timedelta(minutes=5)})
    announcing.deliver(row.id, row.subject, world.services, now=world.clock())
    world.outbox.settle([row.id], owner="w", now=world.clock())
    before = told(world)

    pass_time(world, 600)

    assert before == []
    assert told(world) == ["UBO"]


def test_a_snooze_is_kept_and_ends_with_a_reminder(world: World) -> None:
    one = sent(world, reminders=3, remind_every_hours=1)
    pass_time(world, 60)
    mine = receipt_of(world, "UBO", one)
    announcing.snooze(mine.id, "UBO", world.services, now=world.clock(), hours=4)

    pass_time(world, 3.9 * HOUR, step=240)
    during = receipt_of(world, "UBO", one).reminders
    pass_time(world, 0.2 * HOUR, step=240)

    assert during == 0
    assert receipt_of(world, "UBO", one).reminders == 1
    assert receipt_of(world, "UCY", one).reminders == 3


def test_nothing_is_reminded_of_what_need_not_be_acknowledged(world: World) -> None:
    sent(world, must_acknowledge=False)

    pass_time(world, 4 * 24 * HOUR, step=1800)

    assert world.messenger.reminded == []


def test_who_cannot_be_reached_is_noted_and_holds_nobody_up(world: World) -> None:
    world.messenger.unreachable = {"UBO"}
    one = sent(world)

    pass_time(world, 300)

    assert receipt_of(world, "UBO", one).failed == "Slack: cannot_dm_bot"
    assert set(told(world)) == EVERYBODY - {"UBO"}


def test_an_outage_is_waited_for(world: World) -> None:
    sent(world)
    world.messenger.failure = TryLater("Slack is away")
    pass_time(world, 120)

    world.messenger.failure = None
    pass_time(world, 60)

    assert sorted(told(world)) == sorted(EVERYBODY)


def test_when_a_group_cannot_be_read_nobody_is_told_or_taken_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.messenger.rooms = {"S1": ["UBO", "UCY"]}
    one = sent(world, aim=Aim(groups=("S1",)))
    pass_time(world, 60)

    def away(_group: str) -> list[str]:
        raise Undeliverable("no_such_subteam")

    monkeypatch.setattr(world.messenger, "group_members", away)
    pass_time(world, 600)

    assert [receipt.left_at for receipt in world.announcements.receipts(one.id)] == [None, None]
    assert sorted(told(world)) == ["UBO", "UCY"]


def test_channels_get_it_too_but_never_with_outsiders(world: World) -> None:
    world.messenger.rooms = {"C1": ["UBO"], "C2": ["UBO", "UCY"]}
    one = sent(world, channels=("C1", "C2"), aim=Aim(people=("UBO",)))
    world.messenger.rooms["C2"].append("UGUS")

    pass_time(world, 60)

    assert sorted(told(world)) == ["C1", "UBO"]
    assert "guests" in receipt_of(world, "C2", one).failed


def test_one_that_is_taken_off_the_aim_between_claim_and_post_is_not_told(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO", "UCY")))
    announcing.follow(world.services, now=world.clock())

    announcing.edit(
        replace(one, aim=Aim(people=("UCY",))), LIB, world.services, now=world.clock(), ask_again=False
    )
    rows = world.outbox.claim(
        "write", [announcing.ANNOUNCE_DELIVER], owner="w", limit=9, now=world.clock.move(20)
    )
    for row in rows:
        announcing.deliver(row.id, row.subject, world.services, now=world.clock())
        world.outbox.settle([row.id], owner="w", now=world.clock())

    assert len(rows) == 2
    assert told(world) == []
    pass_time(world, 60)
    assert told(world) == ["UCY"]


def test_a_message_of_an_attempt_that_died_is_found_and_taken_back(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO",)))
    mine = died_after_posting(world)

    announcing.withdraw(one.id, LIB, world.services, now=world.clock())
    world.clock.move(20)
    pass_time(world, 60)

    assert told(world) == ["UBO"]
    assert world.messenger.messages[mine][0].state == "withdrawn"


def test_a_message_of_an_attempt_that_died_is_found_and_brought_up_to_date(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO",)))
    mine = died_after_posting(world)
    newer = replace(one, wordings=(Wording("en", "Newer", "x"),))

    announcing.edit(newer, LIB, world.services, now=world.clock(), ask_again=False)
    world.clock.move(20)
    pass_time(world, 60)

    assert told(world) == ["UBO"]
    assert world.messenger.messages[mine][2].title == "Newer"
    assert receipt_of(world, "UBO", one).shown_revision == 2


def test_who_is_deactivated_between_claim_and_post_is_not_told(world: World) -> None:
    one = sent(world, aim=Aim(people=("UBO",)))
    (row,) = claimed(world)
    world.mirror.keep_profile(profile("UBO", "Bo", standing="deactivated"))

    announcing.deliver(row.id, row.subject, world.services, now=world.clock())

    assert told(world) == []
    assert receipt_of(world, "UBO", one).left_at is not None


@pytest.mark.parametrize("act", ["acknowledge", "snooze"])
def test_who_acknowledges_or_snoozes_between_claim_and_reminder_is_left_in_peace(
    world: World, act: str
) -> None:
    one = sent(world, aim=Aim(people=("UBO",)), remind_every_hours=1)
    pass_time(world, 60)
    world.clock.move(hours=2)
    (row,) = claimed(world)
    mine = receipt_of(world, "UBO", one)

    getattr(announcing, act)(mine.id, "UBO", world.services, now=world.clock())
    announcing.deliver(row.id, row.subject, world.services, now=world.clock())

    assert row.subject == f"remind {mine.id} 1"
    assert world.messenger.reminded == []


def test_an_edit_of_the_time_puts_off_who_was_not_told_yet(world: World) -> None:
    one = sent(world, starts_at=NOW + timedelta(hours=1))
    pass_time(world, 60)

    later = replace(one, starts_at=NOW + timedelta(hours=3))
    announcing.edit(later, LIB, world.services, now=world.clock(), ask_again=False)
    pass_time(world, 2.5 * HOUR, step=240)
    before = told(world)
    pass_time(world, HOUR, step=240)

    assert before == []
    assert sorted(told(world)) == sorted(EVERYBODY)


def test_a_small_announcement_does_not_wait_for_a_large_one(world: World) -> None:
    staff(world, *(f"UX{number}" for number in range(250)))
    sent(world, title="Large")
    sent(world, title="Small", aim=Aim(people=("UBO",)))

    pass_time(world, 30)

    small = [mark for mark, *_ in world.messenger.posted if mark == announcing.receipt_id("Small", "UBO")]
    assert len(small) == 1
    assert len(told(world)) < 200


def test_a_test_reaches_its_author_alone_and_counts_nothing(world: World) -> None:
    kept = announcing.test_send(announcement(), world.services, now=world.clock())

    work(world)

    assert told(world) == [LIB]
    assert world.announcements.receipts(kept.id) == []
    ((mark, *_),) = world.messenger.posted
    with pytest.raises(announcing.CannotAnnounce, match="test"):
        announcing.acknowledge(mark, LIB, world.services, now=world.clock())


def test_an_edit_of_a_large_announcement_keeps_no_other_waiting(world: World) -> None:
    staff(world, *(f"UX{number}" for number in range(195)))
    large = sent(world, title="Large")
    pass_time(world, 120)
    newer = replace(large, wordings=(Wording("en", "Larger", "x"),))

    announcing.edit(newer, LIB, world.services, now=world.clock(), ask_again=False)
    sent(world, title="Small", aim=Aim(people=("UBO",)))
    pass_time(world, 30)

    titles = [wording.title for _, _, wording in world.messenger.messages.values()]
    assert titles.count("Small") == 1
    assert 25 <= titles.count("Larger") <= 75
    pass_time(world, 300)
    titles = [wording.title for _, _, wording in world.messenger.messages.values()]
    assert titles.count("Larger") == 200


@pytest.mark.parametrize("day", ["2026-10-24", "2026-10-31", "2027-03-13", "2027-03-27", "2027-04-03"])
def test_over_the_changes_of_the_clocks_everybody_is_told_at_nine(world: World, day: str) -> None:
    zones = {
        "UAKL": "Pacific/Auckland",
        "UTON": "Pacific/Tongatapu",
        "UKTM": "Asia/Kathmandu",
        "UBKK": "Asia/Bangkok",
        "ULDH": "Australia/Lord_Howe",
        "ULON": "Europe/London",
        "UNYC": "America/New_York",
        "USTJ": "America/St_Johns",
        "USCL": "America/Santiago",
        "UMAR": "Pacific/Marquesas",
    }
    world.clock.now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    world.mirror.keep_profiles([profile(name, name, time_zone=zone) for name, zone in zones.items()])
    one = sent(
        world, aim=Aim(people=tuple(zones)), local_time="09:00", ends_at=world.clock() + timedelta(days=3)
    )

    pass_time(world, 36 * HOUR, step=1800)

    clocks = set()
    for name, zone in zones.items():
        delivered_at = receipt_of(world, name, one).delivered_at
        assert delivered_at is not None
        clocks.add(f"{delivered_at.astimezone(ZoneInfo(zone)):%H}")
    assert clocks == {"09"}
    assert sorted(told(world)) == sorted(zones)


def test_who_chose_other_quiet_hours_is_told_after_them(world: World) -> None:
    own: dict[str, Any] = {"language": "", "quiet_hours": (time(9), time(14)), "muted": (), "digest": True}
    for slack_id in ("UBO", "UCY"):
        choose(slack_id, world.services, now=NOW, **own)
    at_ten = sent(world)
    at_nine = sent(world, title="Nine", local_time="09:00")

    pass_time(world, 26 * HOUR, step=1800)

    # All are in Berlin, where NOW is 10:30, and two of them are quiet until 14:00: but not where a clock time is meant.
    assert _hours(world, at_ten) == {"UBO": "20 14", "UCY": "20 14", "UDEE": "20 11"}
    assert _hours(world, at_nine) == {"UBO": "21 09", "UCY": "21 09", "UDEE": "21 09"}


def _hours(world: World, one: Announcement) -> dict[str, str]:
    """Return the day and hour in Berlin at which some were told."""
    berlin = ZoneInfo("Europe/Berlin")
    at = {name: receipt_of(world, name, one).delivered_at for name in ("UBO", "UCY", "UDEE")}
    return {name: f"{when.astimezone(berlin):%d %H}" for name, when in at.items() if when}
