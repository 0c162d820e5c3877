"""Announcements at work: the relay keeps the schedules, the write lane does the rest, outages cost nobody anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement import announcing
from enablement.announcing import ANNOUNCE_DELIVER, ANNOUNCE_FOLLOW
from enablement.model import Aim, Announcement, Claimed, Profile, Task
from enablement.ports import TryLater
from jobs.announcing import COLLEAGUES, read_members
from jobs.kinds import KINDS
from jobs.lanes import MOST_ATTEMPTS, drain
from jobs.relay import Relay
from tests.builders import NOW, announcement
from tests.enablement.announcing.desk import LIB, staff, told
from tests.fakes import World


def running(world: World) -> Announcement:
    staff(world)
    return announcing.send(announcement(), LIB, world.services, now=world.clock())


def work(world: World) -> None:
    drain("write", KINDS["write"], world.services, owner="w")


def test_the_relay_follows_and_delivers_and_reads_who_is_there(world: World) -> None:
    running(world)
    schedules = {COLLEAGUES: 300, ANNOUNCE_FOLLOW: 15}
    relay = Relay(world.services, owner="relay", schedules=schedules)

    for _ in range(4):
        relay.tick()
        for lane in list(relay._draining.values()):
            lane.result(timeout=30)
        world.clock.move(15)

    assert sorted(told(world)) == sorted([LIB, "UMIA", "UBO", "UCY", "UDEE"])
    assert announcing.colleagues_read_at(world.services) == NOW
    assert world.outbox.letters(states=["due", "leased", "dead"], limit=9) == []


def test_librarians_hear_of_what_waits_even_if_its_sender_died_before_they_were_told(world: World) -> None:
    staff(world)
    services = replace(world.services, announce_approval="managers")
    by_mia = announcement(author="mia@stowmark.example", author_slack_id="UMIA", aim=Aim(teams=("00E2",)))
    announcing.send(by_mia, "UMIA", services, now=world.clock())
    follow = Task("follow", ANNOUNCE_FOLLOW, "write", "")
    again = replace(follow, id="again")

    for task in (follow, again):
        world.outbox.add([task], now=world.clock())
        drain("write", KINDS["write"], services, owner="w")

    letters = world.outbox.letters(states=["due"], limit=9)
    asks = [services.ledger.ask(letter.subject) for letter in letters if letter.kind == "announce.tell"]
    assert sorted(ask.slack_id for ask in asks if ask) == [LIB, "UMIA"]


def test_an_outage_of_a_day_buries_nobodys_message(world: World) -> None:
    running(world)
    world.messenger.failure = TryLater("Slack is away")
    for _ in range(3 * MOST_ATTEMPTS):
        world.clock.move(hours=1)
        work(world)
    # Those who follow have nothing to add to what waits.
    announcing.follow(world.services, now=world.clock())
    waiting = world.outbox.unsettled(ANNOUNCE_DELIVER)

    world.messenger.failure = None
    for _ in range(4):
        world.clock.move(hours=6)
        announcing.follow(world.services, now=world.clock())
        world.clock.move(minutes=1)
        work(world)

    assert set(waiting.values()) == {"due"}
    assert len(waiting) == 5
    assert sorted(told(world)) == sorted([LIB, "UMIA", "UBO", "UCY", "UDEE"])


def test_the_list_of_members_is_tried_again_and_then_left_to_the_next_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*, now: object) -> Iterator[Profile]:
        raise TryLater("Slack is away")

    monkeypatch.setattr(world.messenger, "colleagues", away)

    def tried(attempts: int) -> Exception | None:
        row = Claimed("row", COLLEAGUES, "write", "", COLLEAGUES, attempts, NOW)
        return read_members(world.services, [row])["row"]

    assert isinstance(tried(1), TryLater)
    assert tried(MOST_ATTEMPTS) is None
    assert announcing.colleagues_read_at(world.services) is None


def test_when_messages_went_and_wait_is_known_of_one_kind_alone(world: World) -> None:
    running(world)
    announcing.follow(world.services, now=world.clock())
    world.clock.move(0.5)
    work(world)

    done, waiting = world.outbox.turns(ANNOUNCE_DELIVER, since=NOW)

    assert len(done) == 3
    assert waiting == [NOW + timedelta(seconds=0.6), NOW + timedelta(seconds=0.8)]
    assert world.outbox.turns(ANNOUNCE_DELIVER, since=NOW + timedelta(minutes=2)) == ([], waiting)
