"""What people are told about the library: delivered once, even after a crash, and not when it has become pointless."""

from datetime import timedelta

import pytest

from enablement.governance import approve
from enablement.library import take_in
from enablement.model import Asset, Collection, Notice
from enablement.ports import TryLater, Undeliverable
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW, asset, publish, task
from tests.enablement.test_library import incoming
from tests.fakes import World

JANA, PRIYA = "jana@stowmark.example", "priya@stowmark.example"


@pytest.fixture
def waiting(world: World) -> Asset:
    """An asset that waits for Jana's approval."""
    world.catalog.keep_collections([Collection("Cards", (JANA,))])
    file = incoming(collection="Cards", owner=PRIYA)
    return take_in(file, world.catalog, world.ledger, is_there=lambda _: True, now=NOW).asset


def work(world: World, lane: str = "write") -> None:
    drain(lane, KINDS[lane], world.services, owner="worker")  # type: ignore[arg-type,index]  # one of the lanes


def test_an_approver_is_told_once_of_what_waits(world: World, waiting: Asset) -> None:
    work(world)
    work(world)

    ((notice, asset, again),) = world.messenger.told
    assert (notice.kind, notice.to, notice.by, asset, again) == ("approve", JANA, PRIYA, waiting, False)


def test_after_a_failure_the_messenger_is_told_that_it_may_be_there(
    world: World, waiting: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = world.messenger.notify

    def fail_once(notice: Notice, asset: Asset, *, again: bool) -> None:
        monkeypatch.setattr(world.messenger, "notify", tell)
        raise TryLater("Slack is away", seconds=1)

    monkeypatch.setattr(world.messenger, "notify", fail_once)
    work(world)
    world.clock.move(60)
    work(world)

    ((_, _, again),) = world.messenger.told
    assert again


def test_what_was_decided_meanwhile_is_not_asked_for(world: World, waiting: Asset) -> None:
    approve(waiting.id, email="lib@stowmark.example", services=world.services, now=NOW)

    work(world)

    assert [(notice.kind, notice.to) for notice, _, _ in world.messenger.told] == [("approved", PRIYA)]
    assert ("write", "dead") not in world.outbox.counts()


def test_a_person_whom_slack_does_not_know_leaves_a_dead_letter(
    world: World, waiting: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(notice: Notice, asset: Asset, *, again: bool) -> None:
        raise Undeliverable(f"Slack knows nobody with the e-mail {notice.to}")

    monkeypatch.setattr(world.messenger, "notify", refuse)

    work(world)

    (letter,) = world.outbox.letters(states=["dead"], limit=9)
    assert JANA in letter.error


def test_owners_are_reminded_by_the_schedule_and_once(world: World) -> None:
    old = NOW - timedelta(days=40)
    one = publish(world.catalog, asset(owner=PRIYA, review_every_days=30, updated_at=old))
    for number in range(2):
        world.outbox.add([task(f"review {number}", kind="library.review", lane="compute")], now=NOW)

    work(world, "compute")
    work(world)

    ((notice, told_of, _),) = world.messenger.told
    assert (notice.kind, notice.to, told_of) == ("review_due", PRIYA, one)


def test_a_notice_that_is_not_there_is_a_dead_letter(world: World) -> None:
    world.outbox.add([task(kind="library.notice")], now=NOW)

    work(world)

    (letter,) = world.outbox.letters(states=["dead"], limit=9)
    assert letter.error == "there is no notice subject of task"
