"""Results: they add up, count what happened once, and show each viewer theirs alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement import announcing
from enablement.announcing import CannotAnnounce, percent
from enablement.model import Announcement, CrmRole, QuizQuestion, Wording, key
from tests.builders import announcement
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff
from tests.fakes import World

QUIZ = (QuizQuestion("Which price?", ("10", "20", "30")), QuizQuestion("From when?", ("Now", "Later")))


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    staff(world)
    names = {"00E1": "Head", "00E2": "Sales EMEA", "00E3": "Sales North", "00E9": "Legal"}
    roles = [replace(role, name=names[role.id]) for role in world.mirror.roles()]
    world.mirror.store(roles=roles)


def delivered(world: World, **changes: Any) -> Announcement:
    one = sent(world, **changes)
    pass_time(world, 60)
    return one


def acknowledge(world: World, one: Announcement, slack_id: str) -> None:
    receipt = receipt_of(world, slack_id, one)
    announcing.acknowledge(receipt.id, slack_id, world.services, now=world.clock())


def seen(world: World, one: Announcement, viewer: str = LIB) -> announcing.Results:
    return announcing.results_of(one.id, viewer, world.services)


def test_each_of_those_meant_is_counted_in_one_place(world: World) -> None:
    world.messenger.unreachable = {"UCY"}
    one = delivered(world)
    acknowledge(world, one, "UBO")
    announcing.opened(receipt_of(world, "UDEE", one).id, "UDEE", world.services, now=world.clock())
    announcing.snooze(receipt_of(world, "UMIA", one).id, "UMIA", world.services, now=world.clock(), hours=2)
    world.announcements.leave([receipt_of(world, LIB, one).id], at=world.clock())

    totals = seen(world, one).totals

    assert (totals.meant, totals.waiting, totals.failed, totals.delivered) == (4, 0, 1, 3)
    assert (totals.opened, totals.acknowledged, totals.snoozed, totals.left) == (2, 1, 1, 1)
    assert totals.meant == totals.waiting + totals.failed + totals.delivered


def test_before_anybody_is_told_all_wait(world: World) -> None:
    one = sent(world)
    announcing.follow(world.services, now=world.clock())

    totals = seen(world, one).totals

    assert (totals.meant, totals.waiting, totals.delivered) == (5, 5, 0)


def test_who_was_asked_again_has_not_acknowledged(world: World) -> None:
    one = delivered(world)
    acknowledge(world, one, "UBO")
    known = world.announcements.announcement(one.id)
    assert known is not None
    announcing.edit(known, LIB, world.services, now=world.clock(), ask_again=True)

    found = seen(world, one)

    assert (found.totals.acknowledged, found.totals.opened, found.took) == (0, 1, None)
    assert "UBO" in {person.receipt.slack_id for person in found.behind()}


def test_a_channel_is_no_person(world: World) -> None:
    world.messenger.rooms["C1"] = []
    one = delivered(world, channels=("C1",))

    assert receipt_of(world, "C1", one).delivered_at
    assert seen(world, one).totals.meant == 5


def test_teams_stand_with_those_furthest_behind_first(world: World) -> None:
    one = delivered(world)
    for slack_id in ("UBO", "UMIA"):
        acknowledge(world, one, slack_id)

    found = seen(world, one)

    assert [(team.name, team.totals.acknowledged, team.totals.meant) for team in found.teams] == [
        ("", 0, 1),
        ("Legal", 0, 1),
        ("Sales North", 0, 1),
        ("Head", 1, 1),
        ("Sales EMEA", 1, 1),
    ]
    assert announcing.team_lines(found)[0] == "1. Without a role: 0 of 1 (0 %)"


def test_of_many_teams_the_rest_is_one(world: World) -> None:
    one = delivered(world)
    found = seen(world, one)
    many = tuple(replace(found.teams[0], name=f"T{number}") for number in range(25))

    shown = announcing.shown_teams(replace(found, teams=many))

    assert len(shown) == 20
    assert sum(team.totals.meant for team in shown) == 25
    assert shown[-1].totals.meant == 6


@pytest.mark.parametrize("must_acknowledge", [True, False])
def test_who_is_behind_is_named_by_what_was_asked(must_acknowledge: bool, world: World) -> None:
    one = delivered(world, must_acknowledge=must_acknowledge)
    announcing.opened(receipt_of(world, "UBO", one).id, "UBO", world.services, now=world.clock())

    behind = [person.name for person in seen(world, one).behind()]

    assert behind == (["Bo"] if must_acknowledge else []) + ["Cy", "Dee", "Lib", "Mia"]


def test_half_of_those_who_acknowledged_did_so_within(world: World) -> None:
    one = delivered(world)
    at = receipt_of(world, "UBO", one).delivered_at
    assert at is not None
    for hours, slack_id in ((1, "UBO"), (2, "UCY"), (9, "UDEE")):
        world.announcements.acknowledged(
            key("receipt", one.id, slack_id), revision=1, at=at + timedelta(hours=hours)
        )

    took = seen(world, one).took

    assert took is not None
    assert abs(took - timedelta(hours=2)) < timedelta(minutes=1)


def test_the_quiz_tells_how_many_were_right_and_where_most_were_wrong(world: World) -> None:
    wording = Wording("en", "Price", "Up", QUIZ)
    one = delivered(world, wordings=(wording,), right=(1, 0))
    for slack_id, option in (("UBO", 1), ("UCY", 2), ("UDEE", 2), ("UMIA", 0)):
        receipt = receipt_of(world, slack_id, one)
        announcing.answer(receipt.id, slack_id, 0, option, world.services, now=world.clock())

    first, second = seen(world, one).questions

    assert (first.chosen, first.right, first.answered, first.most_wrong) == ((1, 1, 2), 1, 4, 2)
    assert (second.chosen, second.answered, second.most_wrong) == ((0, 0), 0, None)


def test_a_manager_sees_their_team_and_nothing_is_told_of_others(world: World) -> None:
    wording = Wording("en", "Price", "Up", QUIZ)
    one = delivered(world, wordings=(wording,), right=(1, 0))
    before = seen(world, one, "UMIA")
    for slack_id in ("UDEE", LIB, "UMIA"):
        acknowledge(world, one, slack_id)
        receipt = receipt_of(world, slack_id, one)
        announcing.answer(receipt.id, slack_id, 0, 2, world.services, now=world.clock())

    after = seen(world, one, "UMIA")

    assert [person.name for person in after.people] == ["Bo", "Cy"]
    assert {team.name for team in after.teams} == {"Sales EMEA", "Sales North"}
    # Who leads a part of that team sees that part, and not themselves.
    assert [person.name for person in seen(world, one, "UBO").people] == ["Cy"]
    assert (after.is_whole, after) == (False, replace(before, announcement=after.announcement))


@pytest.mark.parametrize("viewer", ["UCY", "UDEE", "UGUS", "UOUT", "UEX", "UNKNOWN"])
def test_peers_guests_and_strangers_see_nothing(viewer: str, world: World) -> None:
    one = delivered(world)

    with pytest.raises(CannotAnnounce, match="author"):
        seen(world, one, viewer)
    assert announcing.with_results(viewer, world.services, limit=9) == []


def test_the_list_holds_what_each_may_see(world: World) -> None:
    to_all = delivered(world)
    to_dee = delivered(world, title="For Dee", aim=replace(to_all.aim, everyone=False, people=("UDEE",)))
    draft = announcement("Draft")
    announcing.keep(draft, world.services, now=world.clock())

    def listed(viewer: str) -> set[str]:
        return {one.id for one in announcing.with_results(viewer, world.services, limit=9)}

    assert listed(LIB) == {to_all.id, to_dee.id}
    assert listed("UMIA") == {to_all.id}


def test_what_was_not_sent_has_no_results(world: World) -> None:
    announcing.keep(announcement(), world.services, now=world.clock())

    with pytest.raises(CannotAnnounce, match="not sent"):
        seen(world, announcement())
    with pytest.raises(CannotAnnounce, match="not there"):
        announcing.results_of("nothing", LIB, world.services)


def test_a_team_is_a_role_also_while_its_name_is_not_known(world: World) -> None:
    world.mirror.store(roles=[CrmRole("00E9", None)])
    one = delivered(world)

    assert sum(team.totals.meant for team in seen(world, one).teams) == 5


@pytest.mark.parametrize(
    ("done", "of", "expected"),
    [(0, 0, 0), (0, 9, 0), (1, 999, 1), (998, 999, 99), (999, 999, 100), (1, 3, 33)],
)
def test_only_all_is_a_hundred_percent(done: int, of: int, expected: int) -> None:
    assert percent(done, of) == expected
