"""Suggestions sent to who asked for them in the CRM: to that person alone, once, and what they ask next is about it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement import answering
from enablement.answering import Answer, Picker
from enablement.asked_deals import BRIEF_LASTS
from enablement.model import Ask, Audit, CrmUser, Facets, PersonLink, Place, Profile, Standing, Written
from enablement.ports import TryLater
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW, ask, asset, deal, publish, task, user
from tests.fakes import World

ANNA, OTHER = user(), user(id="005000000000002AAA")
MINE, ALSO_MINE = deal(), deal("Halden Retail – Store pilot")
HERE = Place("D-U1", "1.1", is_direct=True)
REQUEST = f"{ANNA.id} {MINE.id}"


def member(slack_id: str = "U1", *, standing: Standing = "member", email: str = ANNA.email) -> Profile:
    return Profile(slack_id, email, "Anna", "en-US", "UTC", standing, NOW)


@pytest.fixture
def office(world: World) -> World:
    """Anna, who is a member of the workspace, with two deals and one asset that fits."""
    world.mirror.store(users=[ANNA], deals=[MINE, ALSO_MINE])
    world.crm.allow(ANNA.id, MINE.id, ALSO_MINE.id)
    world.messenger.profiles["U1"] = member()
    publish(world.catalog, asset("Rollout guide", facets=Facets(industries=("Manufacturing",))))
    world.index.follow()
    return world


def request(world: World, subject: str = REQUEST, *, name: str = "request") -> None:
    """Do what the door does, and the work."""
    world.outbox.add([task(name, kind="deals.brief", lane="reply", subject=subject)], now=world.clock())
    work(world)


def work(world: World) -> None:
    drain("reply", KINDS["reply"], world.services, owner="worker")


def link(world: World, slack_id: str, to: CrmUser) -> None:
    one = PersonLink(slack_id, to.id, "admin@stowmark.example", NOW)
    world.services.people.keep(one, Audit(slack_id, one.set_by, "people.link", slack_id, "", NOW))


def sent(world: World) -> list[tuple[str, str, str]]:
    """Return (Slack user, channel, deal) of what was sent."""
    return [(to.slack_id, to.place.channel, said.deal.id) for said, to, _ in world.messenger.shown]


def test_the_suggestions_for_the_deal_are_sent_to_that_person(office: World) -> None:
    request(office)

    ((said, to, again),) = office.messenger.shown
    assert sent(office) == [("U1", "D-U1", MINE.id)]
    assert [one.asset.title for one in said.shown] == ["Rollout guide"]
    assert (said.how, said.basis, said.customers_only, again) == ("record", "fit", False, False)
    assert (to.surface, to.place.is_direct, to.question) == ("salesforce", True, "")
    assert office.ledger.ask(to.id) == to


def test_two_requests_are_two_messages_and_one_repeated_is_marked_as_such(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = office.messenger.show

    def die_after(reply: Any, *, ask: Ask, again: bool) -> None:
        show(reply, ask=ask, again=again)
        monkeypatch.setattr(office.messenger, "show", show)
        raise TryLater("the reply of Slack was lost", seconds=1)

    monkeypatch.setattr(office.messenger, "show", die_after)
    request(office)
    office.clock.move(5)
    work(office)
    request(office, name="another")

    assert [again for _, _, again in office.messenger.shown] == [False, True, False]
    assert len({to.id for _, to, _ in office.messenger.shown}) == 2


@pytest.mark.parametrize("standing", ["guest", "stranger", "deactivated"])
@pytest.mark.parametrize("linked", [False, True])
def test_who_is_no_member_is_sent_nothing_whatever_is_linked(
    standing: Standing, linked: bool, office: World
) -> None:
    office.messenger.profiles["U1"] = member(standing=standing)
    if linked:
        link(office, "U1", ANNA)

    request(office)

    assert_nothing_sent(office)


def _unknown_in_slack(office: World) -> None:
    del office.messenger.profiles["U1"]


def _inactive(office: World) -> None:
    office.mirror.store(users=[replace(ANNA, is_active=False)])


def _two_of_one_email(office: World) -> None:
    office.mirror.store(users=[OTHER])


def _linked_to_another(office: World) -> None:
    office.mirror.store(users=[replace(OTHER, email="other@stowmark.example")])
    link(office, "U1", OTHER)


def _not_readable(office: World) -> None:
    office.crm.readers = set()


def _closed(office: World) -> None:
    office.mirror.store(deals=[replace(MINE, is_closed=True)])


@pytest.mark.parametrize(
    "change",
    [_unknown_in_slack, _inactive, _two_of_one_email, _linked_to_another, _not_readable, _closed],
)
def test_in_doubt_nothing_is_sent(change: Callable[[World], None], office: World) -> None:
    change(office)

    request(office)

    assert_nothing_sent(office)


@pytest.mark.parametrize("subject", [f"005000000000009AAA {MINE.id}", f"{ANNA.id} 006000000000009AAA"])
def test_an_unknown_user_or_deal_is_sent_nothing(subject: str, office: World) -> None:
    request(office, subject)

    assert_nothing_sent(office)


def test_a_deal_that_was_made_a_moment_ago_is_read_first(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = deal("Siam Cold – Yard rollout")
    office.crm.allow(ANNA.id, new.id)

    def read(deal_ids: Sequence[str]) -> list[str]:
        office.mirror.store(deals=[new])
        return list(deal_ids)

    monkeypatch.setattr(office.crm, "refresh", read)
    request(office, f"{ANNA.id} {new.id}")

    assert sent(office) == [("U1", "D-U1", new.id)]


def test_what_is_not_sent_is_logged_without_content(office: World, caplog: pytest.LogCaptureFixture) -> None:
    office.crm.readers = set()

    with caplog.at_level("INFO"):
        request(office)

    assert MINE.id in caplog.text
    assert "nothing is sent" in caplog.text
    assert not [one for one in (MINE.name, MINE.account, ANNA.email, "Rollout") if one in caplog.text]


def test_a_request_that_names_nobody_is_a_dead_letter(office: World) -> None:
    request(office, ANNA.id)

    assert office.outbox.counts() == {("reply", "dead"): 1}
    assert sent(office) == []


def test_while_the_crm_cannot_be_asked_nothing_is_sent_and_it_is_tried_again(office: World) -> None:
    office.crm.is_down = True
    request(office)
    before = sent(office)
    office.crm.is_down = False
    office.clock.move(30)
    work(office)

    assert before == []
    assert sent(office) == [("U1", "D-U1", MINE.id)]


def test_an_administrators_word_decides_between_two_users_of_one_email(office: World) -> None:
    office.mirror.store(users=[OTHER])
    link(office, "U1", ANNA)

    request(office)
    request(office, f"{OTHER.id} {MINE.id}", name="of the other")

    assert sent(office) == [("U1", "D-U1", MINE.id)]


def test_who_is_linked_is_found_without_any_email(office: World) -> None:
    office.messenger.profiles["U1"] = member(email="")
    link(office, "U1", ANNA)

    request(office)

    assert sent(office) == [("U1", "D-U1", MINE.id)]


def test_what_is_asked_next_in_that_conversation_is_about_that_deal(office: World) -> None:
    request(office)

    said = next_asked(office, "rollout")

    assert isinstance(said, Answer)
    assert (said.deal, said.how) == (MINE, "record")


def test_a_deal_that_is_named_wins_over_the_one_that_was_sent(office: World) -> None:
    request(office)

    said = next_asked(office, "rollout for Halden")

    assert isinstance(said, Answer)
    assert (said.deal, said.how) == (ALSO_MINE, "named")


@pytest.mark.parametrize(
    ("place", "later"),
    [
        (Place("D-U1", "1.1", is_direct=True), BRIEF_LASTS + timedelta(seconds=1)),
        (Place("D-U2", "1.1", is_direct=True), timedelta(0)),
        (Place("C1", "1.1"), timedelta(0)),
    ],
)
def test_elsewhere_and_a_day_later_the_deal_must_be_said(
    place: Place, later: timedelta, office: World
) -> None:
    request(office)
    office.clock.now += later

    assert isinstance(next_asked(office, "rollout", place=place), Picker)


def test_what_was_asked_there_by_command_is_no_context(office: World) -> None:
    there = Place(HERE.channel, is_direct=True)
    next_asked(office, "rollout for Halden", place=there)

    assert isinstance(next_asked(office, "rollout guide", place=there), Picker)


def test_a_deal_that_was_closed_to_the_person_since_is_not_the_context(office: World) -> None:
    request(office)
    office.crm.readers = {(ANNA.id, ALSO_MINE.id)}
    office.clock.move(61)

    said = next_asked(office, "rollout")

    assert isinstance(said, Answer)
    assert (said.deal, said.how) == (ALSO_MINE, "only")


def test_of_two_that_were_sent_the_later_is_the_context(office: World) -> None:
    request(office)
    office.clock.move(1)
    request(office, f"{ANNA.id} {ALSO_MINE.id}", name="later")

    said = next_asked(office, "rollout")

    assert isinstance(said, Answer)
    assert said.deal == ALSO_MINE


def next_asked(world: World, question: str, *, place: Place = HERE) -> answering.Reply:
    asked = ask(question, slack_id="U1", email="", surface="dm", place=place)
    world.ledger.write(Written(records=(asked,)), now=world.clock())
    return answering.answer(asked, world.services, now=world.clock())


def assert_nothing_sent(world: World) -> None:
    assert sent(world) == []
    assert world.outbox.counts() == {("reply", "done"): 1}
    assert rows_of(world, "suggestions", "answers") == [0, 0]


def rows_of(world: World, *tables: str) -> Sequence[int]:
    with world.database.reading() as connection:
        return [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - our names
            for table in tables
        ]
