"""Nudges and digests are sent once: also after a crash, also when Slack is away, and not to who can't be reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enablement.digests import DIGESTS, LibraryDigest, TeamDigest, TeamGap
from enablement.model import Answered, CrmRole, Facets, Preferences, Written
from enablement.nudging import SEND
from enablement.ports import TryLater, Undeliverable
from enablement.preferences import set_digest
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW, ask, asset, deal, profile, publish, task, touch, user
from tests.fakes import World

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINE = deal(stage="Discovery", owner_id="005REP")


@pytest.fixture
def team(world: World) -> World:
    """A manager in Berlin with a rep, and a librarian in Bangkok; a deal and what fits it."""
    people = [
        profile("UREP", "Rep"),
        profile("UMIA", "Mia"),
        profile("ULIB", "Lib", time_zone="Asia/Bangkok"),
        profile("UGUS", "Gus", standing="guest"),
    ]
    for one in people:
        world.mirror.keep_profile(one)
    world.messenger.profiles = {one.slack_id: one for one in people}
    world.mirror.store(
        users=[user("rep", id="005REP", role_id="00E2"), user("mia", id="005MIA", role_id="00E1")],
        roles=[CrmRole("00E1", None), CrmRole("00E2", "00E1")],
        deals=[MINE],
    )
    world.crm.allow("005REP", MINE.id)
    world.crm.allow("005MIA", MINE.id)
    for title, stage in (("Discovery guide", "Discovery"), ("Closing guide", "Negotiation")):
        publish(world.catalog, asset(title, facets=Facets(stages=(stage,)), updated_at=NOW))
    world.index.follow()
    suggest(world)
    work(world, SEND)
    return world


def suggest(world: World) -> None:
    kind = "deals.suggest"
    name = f"{kind} {world.clock().isoformat()}"
    world.outbox.add([task(name, kind=kind, subject=MINE.id)], now=world.clock())
    drain("write", KINDS["write"], world.services, owner="w")


def work(world: World, kind: str) -> None:
    """Do what a schedule causes now."""
    name, lane = f"{kind} {world.clock().isoformat()}", "compute" if kind in KINDS["compute"] else "write"
    world.outbox.add([task(name, kind=kind, lane=lane, subject="")], now=world.clock())
    drain("compute", KINDS["compute"], world.services, owner="c")
    drain("write", KINDS["write"], world.services, owner="w")
    drain("compute", KINDS["compute"], world.services, owner="c")


def move(world: World) -> None:
    """Let the deal move on, and the time of a batch pass."""
    world.mirror.store(deals=[replace(MINE, stage="Negotiation", modified_at=world.clock())])
    world.clock.move(seconds=1)
    suggest(world)
    world.clock.move(minutes=10)


def failing(world: World, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception) -> None:
    """Let the messenger do what it is told to once, and the worker never hear of it."""
    works = getattr(world.messenger, method)

    def fail_once(*said: Any, **more: Any) -> None:
        monkeypatch.setattr(world.messenger, method, works)
        raise error

    monkeypatch.setattr(world.messenger, method, fail_once)


def test_who_is_to_be_told_is_told_once(team: World) -> None:
    move(team)

    for _time in range(3):
        work(team, SEND)
        team.clock.move(minutes=1)

    ((message, again),) = team.messenger.nudged
    assert (message.slack_id, [one.stage for one in message.news], again) == ("UREP", ["Negotiation"], False)


def test_after_a_failure_the_same_message_is_looked_for_first(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(team)
    failing(team, monkeypatch, "nudge", TryLater("Slack is away", seconds=1))

    work(team, SEND)
    team.clock.move(minutes=1)
    work(team, SEND)

    ((_message, again),) = team.messenger.nudged
    assert again


def test_who_cannot_be_reached_is_not_tried_for_ever(team: World, monkeypatch: pytest.MonkeyPatch) -> None:
    move(team)
    failing(team, monkeypatch, "nudge", Undeliverable("user_not_found"))

    work(team, SEND)
    team.clock.move(minutes=1)
    work(team, SEND)

    assert team.messenger.nudged == []
    assert [one.why for one in team.services.nudges.of("UREP", ["dropped"])] == ["unreachable"]
    assert team.outbox.letters(states=["dead"], limit=9) == []


def test_while_nobody_says_who_may_see_it_nothing_is_told(team: World) -> None:
    move(team)
    team.crm.is_down = True
    team.clock.move(minutes=2)
    work(team, SEND)
    assert team.messenger.nudged == []

    team.crm.is_down = False
    team.clock.move(minutes=5)
    work(team, SEND)

    assert len(team.messenger.nudged) == 1


def test_on_monday_at_nine_each_gets_their_own_digest_once(team: World) -> None:
    seen = touch(id="t", kind="shared", deal_id=MINE.id, email="rep@stowmark.example", occurred_at=NOW)
    team.ledger.write(Written(records=(seen,)), now=NOW)
    got = dict[str, tuple[type, datetime]]()
    for hour in range(-10, 30):
        team.clock.now = MONDAY + timedelta(hours=hour, minutes=5)
        work(team, DIGESTS)
        for said, to, _mark, _again in team.messenger.digests[len(got) :]:
            got[to] = (type(said), team.clock.now)

    assert got == {
        "ULIB": (LibraryDigest, datetime(2026, 11, 23, 2, 5, tzinfo=UTC)),
        "UMIA": (TeamDigest, MONDAY + timedelta(minutes=5)),
    }
    assert len(team.messenger.digests) == 2


def test_a_team_digest_says_what_the_manager_may_see(team: World) -> None:
    unseen = deal("Hidden – Deal", owner_id="005REP")
    team.mirror.store(deals=[unseen])
    some = [
        touch(id=one, kind="shared", deal_id=of, email="rep@stowmark.example", occurred_at=NOW)
        for one, of in (("a", MINE.id), ("b", unseen.id))
    ]
    team.ledger.write(Written(records=tuple(some)), now=NOW)
    team.clock.now = MONDAY

    work(team, DIGESTS)

    (said,) = [one for one, *_rest in team.messenger.digests if isinstance(one, TeamDigest)]
    assert (said.use.shared, said.use.deals) == ((1, 1), 1)
    assert said.gaps == ()
    assert "Hidden" not in repr(said)


def test_a_team_digest_names_what_the_library_lacks(team: World) -> None:
    team.mirror.store(deals=[replace(MINE, stage="Proposal", language="fr", modified_at=MONDAY)])
    team.clock.now = MONDAY

    work(team, DIGESTS)

    (said,) = [one for one, *_rest in team.messenger.digests if isinstance(one, TeamDigest)]
    assert said.gaps == (TeamGap("Proposal", "Manufacturing", "fr", 1),)


def test_the_librarys_digest_names_what_was_searched_for_in_vain(team: World) -> None:
    asked = ask("drone brochure", id="vain")
    found = Answered("vain", MINE.id, "named", "nearest", False, "rep@stowmark.example", "", "", NOW)
    team.ledger.write(Written(records=(asked, found)), now=NOW)
    team.clock.now = MONDAY

    work(team, DIGESTS)

    (said,) = [one for one, *_rest in team.messenger.digests if isinstance(one, LibraryDigest)]
    assert (said.searches, said.unmet, said.new) == (("drone brochure",), 1, 2)


def test_who_wants_no_digest_gets_none(team: World) -> None:
    assert set_digest("UMIA", team.services, wanted=False, now=NOW) == Preferences(
        "UMIA", digest=False, changed_at=NOW
    )
    team.clock.now = MONDAY

    work(team, DIGESTS)

    assert [to for _said, to, *_rest in team.messenger.digests] == ["ULIB"]


def test_a_digest_that_was_broken_off_is_looked_for_first(
    team: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.clock.now = MONDAY
    failing(team, monkeypatch, "send_digest", TryLater("Slack is away", seconds=1))

    work(team, DIGESTS)
    team.clock.move(minutes=1)
    work(team, DIGESTS)

    assert sorted((to, again) for _said, to, _mark, again in team.messenger.digests) in (
        [("ULIB", False), ("UMIA", True)],
        [("ULIB", True), ("UMIA", False)],
    )


def test_a_look_for_digests_that_was_broken_off_sends_none_twice(team: World) -> None:
    team.clock.now = MONDAY
    work(team, DIGESTS)
    # As if the look had ended before it could note for which time zones it was over.
    team.services.nudges.note({"digests Europe/Berlin": ("",), "digests Asia/Bangkok": ("",)}, (), now=NOW)
    team.clock.move(minutes=5)

    work(team, DIGESTS)

    assert sorted(to for _said, to, *_rest in team.messenger.digests) == ["ULIB", "UMIA"]


def test_with_nothing_to_say_there_is_no_digest(team: World) -> None:
    team.mirror.store(deals=[replace(MINE, is_closed=True, modified_at=MONDAY)])
    team.clock.now = MONDAY + timedelta(days=28)

    work(team, DIGESTS)

    assert team.messenger.digests == []
