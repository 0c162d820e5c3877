"""What authors may do: keep, send, have approved, edit, withdraw; who they are decides, and all is noted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.model import Aim, Announcement, Audit, DealFilter, PersonLink, QuizQuestion, Wording
from enablement.ports import Services
from tests.builders import NOW, announcement, asset, deal, publish
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff, told, work
from tests.fakes import World

QUESTION = QuizQuestion("Which price?", ("10", "20"))


@pytest.fixture(autouse=True)
def staffed(world: World) -> None:
    staff(world)


def of_mia(**changes: Any) -> Announcement:
    return announcement(
        author="mia@stowmark.example", author_slack_id="UMIA", **{"aim": Aim(teams=("00E2",)), **changes}
    )


def approving(world: World) -> Services:
    return replace(world.services, announce_approval="managers")


def actions(world: World) -> list[str]:
    return [audit.action.removeprefix("announcement.") for audit in reversed(world.journal.audits(limit=50))]


def wrong(world: World, one: Announcement, services: Services | None = None) -> dict[str, str]:
    found = announcing.complaints(one, one.author_slack_id, services or world.services, now=world.clock())
    return {complaint.field: complaint.text for complaint in found}


def test_rights_follow_from_settings_and_from_the_roles_below(world: World) -> None:
    services = replace(world.services, announcers=("dee@stowmark.example",))

    rights = {
        name: announcing.right_of(name, services).whom
        for name in (LIB, "UDEE", "UMIA", "UBO", "UCY", "UGUS", "UNKNOWN")
    }

    assert rights == {
        LIB: "everyone",
        "UDEE": "everyone",
        "UMIA": "team",
        "UBO": "team",
        "UCY": "nobody",
        "UGUS": "nobody",
        "UNKNOWN": "nobody",
    }


def test_who_may_not_announce_hears_it_in_a_line(world: World) -> None:
    mine = announcement(author="cy@stowmark.example", author_slack_id="UCY")

    assert list(wrong(world, mine)) == [""]
    for act in (announcing.keep, announcing.test_send):
        with pytest.raises(CannotAnnounce, match="managers"):
            act(mine, world.services, now=NOW)
    with pytest.raises(CannotAnnounce, match="managers"):
        announcing.send(mine, "UCY", world.services, now=NOW)


def test_a_manager_reaches_her_team_alone_and_is_told_who_is_outside(world: World) -> None:
    assert wrong(world, of_mia()) == {}
    assert wrong(world, of_mia(aim=Aim(people=("UMIA", "UBO")))) == {}

    said = wrong(world, of_mia(aim=Aim(people=("UBO", "UDEE"))))

    assert said == {"audience": "You may announce to your own team. 1 person is not in it: Dee."}
    assert "channels" in wrong(world, of_mia(channels=("C1",)))


def test_guests_and_strangers_are_left_out_and_the_count_says_so(world: World) -> None:
    world.messenger.rooms = {"C1": ["UBO", "UGUS", "UBOT"], "S1": ["UCY", "UEX"]}
    aim = Aim(people=("UBO", "UOUT", "UNKNOWN"), channels=("C1",), groups=("S1",))

    found = announcing.reach(aim, world.services)

    assert [one.slack_id for one in found.readers] == ["UBO", "UCY"]
    # Who nobody knows in a channel is a bot.
    assert found.left_out == ("UEX", "UGUS", "UNKNOWN", "UOUT")


def test_roles_mean_those_with_it_and_teams_those_below_too(world: World) -> None:
    def names(**aim: object) -> list[str]:
        return [one.name for one in announcing.readers(Aim(**aim), world.services)]  # type: ignore[arg-type] # as given

    assert names(roles=("00E2",)) == ["Bo"]
    assert names(teams=("00E2",)) == ["Bo", "Cy"]
    assert names(everyone=True) == ["Bo", "Cy", "Dee", "Lib", "Mia"]
    assert names() == []


def test_deals_mean_their_owners_and_narrow_what_else_is_meant(world: World) -> None:
    world.mirror.store(
        deals=[
            deal("A – 1", owner_id="005BO", amount=60_000.0, stage="Proposal"),
            deal("B – 1", owner_id="005DEE", amount=60_000.0, stage="Proposal"),
            deal("C – 1", owner_id="005CY", amount=10_000.0, stage="Proposal"),
        ]
    )
    large = DealFilter(stages=("Proposal",), industries=("Manufacturing",), least_amount=50_000.0)

    def names(**aim: object) -> list[str]:
        return [one.name for one in announcing.readers(Aim(deals=large, **aim), world.services)]  # type: ignore[arg-type] # as given

    assert names() == ["Bo", "Dee"]
    assert names(teams=("00E1",)) == ["Bo"]
    assert names(people=("UCY", "ULIB")) == []


def test_an_empty_group_means_nobody_and_not_all_owners_of_deals(world: World) -> None:
    world.mirror.store(deals=[deal("A – 1", owner_id="005BO")])
    world.messenger.rooms = {"S1": []}

    assert announcing.readers(Aim(groups=("S1",), deals=DealFilter()), world.services) == []


def test_a_linked_person_is_who_the_administrator_says(world: World) -> None:
    world.services.people.keep(
        PersonLink("UDEE", "005CY", "x", NOW), Audit("a", "x", "people.link", "UDEE", "", NOW)
    )

    assert [one.name for one in announcing.readers(Aim(roles=("00E9",)), world.services)] == []
    assert [one.name for one in announcing.readers(Aim(roles=("00E3",)), world.services)] == ["Cy", "Dee"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wordings": ()}, "title"),
        ({"wordings": (Wording("en", " ", "x"),)}, "title"),
        ({"wordings": (Wording("en", "x", ""),)}, "text"),
        ({"wordings": (Wording("en", "x" * 151, "x"),)}, "title"),
        ({"wordings": (Wording("en", "x", "x" * 3001),)}, "text"),
        ({"wordings": (Wording("tlh", "x", "x"),)}, "language"),
        ({"wordings": (Wording("en", "x", "x"), Wording("en", "y", "y"))}, "language"),
        ({"wordings": (Wording("en", "x", "x", (QUESTION,)), Wording("th", "y", "y"))}, "questions"),
        ({"wordings": (Wording("en", "x", "x", (QUESTION,)),)}, "questions"),
        ({"wordings": (Wording("en", "x", "x", (QUESTION,)),), "right": (2,)}, "questions"),
        ({"wordings": (Wording("en", "x", "x", (QUESTION,) * 4),), "right": (0,) * 4}, "questions"),
        ({"wordings": (Wording("en", "x", "x", (QuizQuestion("q", ("a",)),)),), "right": (0,)}, "questions"),
        (
            {"wordings": (Wording("en", "x", "x", (QuizQuestion("q", ("a", "a ")),)),), "right": (0,)},
            "questions",
        ),
        ({"ends_at": NOW}, "ends_at"),
        ({"starts_at": NOW + timedelta(days=20)}, "ends_at"),
        ({"ends_at": NOW + timedelta(days=400)}, "ends_at"),
        ({"local_time": "9"}, "local_time"),
        ({"local_time": "21:00"}, "local_time"),
        ({"reminders": 11}, "reminders"),
        ({"remind_every_hours": 0}, "reminders"),
        ({"asset_ids": ("gone",)}, "assets"),
        ({"asset_ids": ("Old",)}, "assets"),
        ({"aim": Aim()}, "audience"),
        ({"aim": Aim(people=("UGUS",))}, "audience"),
        ({"channels": ("COUT",)}, "channels"),
        ({"channels": ("CGUS",)}, "channels"),
        ({"mentions": ("here",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("UGUS",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("UOUT",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("everyone",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("<!channel>",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("SGUS",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("SGONE",)}, "mentions"),
        ({"channels": ("C1",), "mentions": ("here",) * 11}, "mentions"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    publish(world.catalog, asset("Old", expires=NOW.date() - timedelta(days=1)))
    world.messenger.shared_outside = {"COUT"}
    world.messenger.rooms = {"CGUS": ["UGUS", "UBO"], "COUT": [], "C1": [], "SGUS": ["UGUS"]}

    found = wrong(world, announcement(**changes))

    assert field in found
    with pytest.raises(CannotAnnounce) as refused:
        announcing.send(announcement(**changes), LIB, world.services, now=NOW)
    assert refused.value.field in found
    assert told(world) == []


def test_what_is_right_is_not_complained_of(world: World) -> None:
    publish(world.catalog, asset("Guide", audience="internal"))
    world.messenger.rooms = {"C1": ["UBO", "UCY"], "S1": ["UBO"]}
    quiz = (QUESTION, QUESTION)
    whole = announcement(
        wordings=(Wording("en", "x", "x", quiz), Wording("th", "ก", "ข", quiz)),
        right=(0, 1),
        asset_ids=("Guide",),
        channels=("C1",),
        mentions=("channel", "UBO", "S1"),
        local_time="09:00",
        starts_at=NOW + timedelta(days=1),
    )

    assert wrong(world, whole) == {}


def test_drafts_are_kept_and_only_the_newest_is_changed(world: World) -> None:
    first = announcing.keep(announcement(), world.services, now=NOW)

    second = announcing.keep(replace(first, reminders=5), world.services, now=NOW)

    assert (first.version, second.version, second.state) == (1, 2, "draft")
    with pytest.raises(CannotAnnounce, match="meanwhile"):
        announcing.keep(replace(first, reminders=7), world.services, now=NOW)
    with pytest.raises(CannotAnnounce, match="meanwhile"):
        announcing.send(first, LIB, world.services, now=NOW)
    assert world.announcements.announcement(first.id) == second
    assert actions(world) == ["keep", "keep"]


def test_nobody_keeps_or_sends_what_is_anothers(world: World) -> None:
    mine = announcing.keep(of_mia(), world.services, now=NOW)

    for one in (mine, replace(mine, author_slack_id=LIB, author="lib@stowmark.example")):
        with pytest.raises(CannotAnnounce, match="not yours"):
            announcing.send(one, LIB, world.services, now=NOW)
    with pytest.raises(CannotAnnounce, match="not yours"):
        announcing.keep(replace(of_mia(id="x"), author="lib@stowmark.example"), world.services, now=NOW)


def test_what_a_manager_sends_waits_for_a_librarian_where_so_configured(world: World) -> None:
    services = approving(world)
    waiting = announcing.send(of_mia(), "UMIA", services, now=NOW)
    pass_time(world, 60)
    before = told(world)

    for slack_id, text in (("UMIA", "Librarians"), ("UDEE", "Librarians")):
        with pytest.raises(CannotAnnounce, match=text):
            announcing.approve(waiting.id, slack_id, services, now=NOW)
    approved = announcing.approve(waiting.id, LIB, services, now=world.clock())
    pass_time(world, 60)

    assert (waiting.state, before) == ("in_review", [])
    assert (approved.state, approved.approved_by) == ("running", "lib@stowmark.example")
    assert sorted(told(world)) == ["UBO", "UCY"]
    assert actions(world) == ["send", "approve"]
    with pytest.raises(CannotAnnounce, match="not wait"):
        announcing.approve(waiting.id, LIB, services, now=NOW)
    with pytest.raises(CannotAnnounce, match="approved as it is"):
        announcing.edit(replace(approved, reminders=0), "UMIA", services, now=NOW, ask_again=False)
    assert (
        announcing.edit(replace(approved, reminders=0), LIB, services, now=NOW, ask_again=False).reminders
        == 0
    )


def test_nobody_approves_what_they_wrote(world: World) -> None:
    services = replace(approving(world), librarians=())
    waiting = announcing.send(of_mia(), "UMIA", services, now=NOW)

    with pytest.raises(CannotAnnounce, match="Somebody else"):
        announcing.approve(
            waiting.id, "UMIA", replace(services, librarians=("mia@stowmark.example",)), now=NOW
        )


def test_what_is_declined_is_a_draft_again(world: World) -> None:
    services = approving(world)
    waiting = announcing.send(of_mia(), "UMIA", services, now=NOW)

    back = announcing.decline(waiting.id, LIB, services, now=world.clock.move(1))

    assert back.state == "draft"
    assert [audit.detail for audit in world.journal.audits(limit=1)] == [""]
    assert announcing.send(back, "UMIA", services, now=NOW).state == "in_review"


def test_what_waits_can_be_changed_and_waits_anew(world: World) -> None:
    services = approving(world)
    waiting = announcing.send(of_mia(), "UMIA", services, now=NOW)

    kept = announcing.keep(replace(waiting, reminders=0), services, now=NOW)

    assert kept.state == "draft"
    with pytest.raises(CannotAnnounce, match="not wait"):
        announcing.approve(waiting.id, LIB, services, now=NOW)


@pytest.mark.parametrize(
    "act",
    [
        lambda one, by, s: announcing.edit(one, by, s, now=NOW, ask_again=True),
        lambda one, by, s: announcing.withdraw(one.id, by, s, now=NOW),
        lambda one, by, s: announcing.stop(one.id, by, s, now=NOW),
        lambda one, by, s: announcing.extend(one.id, by, s, now=NOW, ends_at=NOW + timedelta(days=20)),
        lambda one, by, s: announcing.duplicate(one.id, by, s, now=NOW),
    ],
)
def test_only_its_author_and_librarians_change_what_runs(
    world: World, act: Callable[[Announcement, str, Services], Announcement]
) -> None:
    one = sent(world, of_mia())

    for stranger in ("UBO", "UDEE", "UGUS", "UNKNOWN"):
        with pytest.raises(CannotAnnounce):
            act(one, stranger, world.services)

    assert act(one, LIB, world.services).version > 0


def test_an_edit_does_not_say_who_wrote_it_or_how_far_it_is(world: World) -> None:
    one = sent(world)
    forged = replace(
        one,
        author_slack_id="UBO",
        author="bo@stowmark.example",
        state="draft",
        revision=9,
        counts_from=9,
        approved_by="x",
    )

    edited = announcing.edit(forged, LIB, world.services, now=NOW, ask_again=False)

    assert (edited.author_slack_id, edited.state, edited.revision, edited.counts_from, edited.approved_by) == (
        LIB, "running", 1, 1, "",
    )  # fmt: skip


def test_questions_stay_once_they_were_answered(world: World) -> None:
    one = sent(world, wordings=(Wording("en", "x", "x", (QUESTION,)),), right=(1,))
    pass_time(world, 60)
    announcing.answer(receipt_of(world, "UBO", one).id, "UBO", 0, 1, world.services, now=world.clock())

    with pytest.raises(CannotAnnounce, match="answered"):
        announcing.edit(replace(one, right=(0,)), LIB, world.services, now=world.clock(), ask_again=False)

    typo = replace(
        one, wordings=(Wording("en", "x", "x", (QuizQuestion("Which price now?", ("10", "20")),)),)
    )
    assert announcing.edit(typo, LIB, world.services, now=world.clock(), ask_again=False).revision == 2


def test_a_copy_is_a_draft_of_ones_own_that_lasts_as_long(world: World) -> None:
    one = sent(world, ends_at=NOW + timedelta(days=3))
    world.clock.move(days=30)

    copy = announcing.duplicate(one.id, LIB, world.services, now=world.clock())

    assert (copy.state, copy.version, copy.revision) == ("draft", 1, 1)
    assert copy.ends_at - world.clock() == timedelta(days=3)
    assert copy.wordings == one.wordings
    assert copy.id != one.id


def test_the_same_author_at_the_same_moment_has_another_id(world: World) -> None:
    first = announcing.begin(LIB, world.services, now=NOW)
    second = announcing.begin(LIB, world.services, now=NOW)
    assert first.id != second.id
    kept = announcing.keep(announcement(), world.services, now=NOW)
    copies = [announcing.duplicate(kept.id, LIB, world.services, now=NOW).id for _each in range(2)]
    assert len({first.id, second.id, kept.id, *copies}) == 5


def test_a_template_is_for_all_who_may_announce(world: World) -> None:
    template = announcing.keep(announcement(state="template"), world.services, now=NOW)

    copy = announcing.duplicate(template.id, "UMIA", world.services, now=NOW)

    assert (template.state, copy.state, copy.author_slack_id) == ("template", "draft", "UMIA")
    with pytest.raises(CannotAnnounce, match="managers"):
        announcing.duplicate(template.id, "UCY", world.services, now=NOW)


def test_a_draft_that_is_withdrawn_is_gone_and_reaches_nobody(world: World) -> None:
    draft = announcing.keep(announcement(), world.services, now=NOW)

    announcing.withdraw(draft.id, LIB, world.services, now=NOW)
    pass_time(world, 60)

    assert told(world) == []
    assert world.announcements.listed(["draft"], limit=9) == []
    with pytest.raises(CannotAnnounce, match="already"):
        announcing.send(replace(draft, version=2), LIB, world.services, now=NOW)


def test_every_step_is_noted_with_who_took_it(world: World) -> None:
    one = announcing.send(
        announcing.keep(announcement(), world.services, now=world.clock.move(1)),
        LIB,
        world.services,
        now=world.clock.move(1),
    )
    one = announcing.edit(
        replace(one, reminders=0), LIB, world.services, now=world.clock.move(1), ask_again=True
    )
    announcing.stop(one.id, LIB, world.services, now=world.clock.move(1))
    announcing.extend(one.id, LIB, world.services, now=world.clock.move(1), ends_at=NOW + timedelta(days=30))
    announcing.withdraw(one.id, LIB, world.services, now=world.clock.move(1))
    announcing.withdraw(one.id, LIB, world.services, now=world.clock.move(1))

    assert actions(world) == ["keep", "send", "edit", "stop", "extend", "withdraw"]
    assert {(audit.email, audit.subject) for audit in world.journal.audits(limit=9)} == {
        ("lib@stowmark.example", one.id)
    }
    assert work(world) == []


def test_results_are_for_the_author_librarians_and_managers_of_whom_they_manage(world: World) -> None:
    services = replace(world.services, announcers=("dee@stowmark.example",))
    world.messenger.rooms = {"C1": ["UBO"]}
    mine = announcement(author="dee@stowmark.example", author_slack_id="UDEE", channels=("C1",))
    one = announcing.send(mine, "UDEE", services, now=NOW)
    pass_time(world, 60)

    def seen(viewer: str) -> set[str]:
        return announcing.may_see_results(one, viewer, services, services.announcements.receipts(one.id))

    everybody = {LIB, "UMIA", "UBO", "UCY", "UDEE"}
    assert seen("UDEE") == seen(LIB) == everybody
    assert seen("UMIA") == {"UBO", "UCY"}
    assert seen("UBO") == {"UCY"}
    assert seen("UCY") == seen("UGUS") == seen("UNKNOWN") == set()
