"""What people keep, miss and complain of: alike requests merge, those who wait are told once what they may hear."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from enablement import answering
from enablement.adapters.sql.database import Database
from enablement.feedback import complaints, give
from enablement.model import Ask, Event, Suggestion, Written
from enablement.requests import (
    ANSWERED,
    TELL,
    CannotRequest,
    Decided,
    Listed,
    NewRequests,
    RequestsPage,
    alike,
    decline,
    fill,
    merge,
    request,
    requests_page,
    wanted_for,
)
from enablement.saved import SavedPage, save, saved_of, saved_page, unsave
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import ANNA, NOW, ask, asset, content_request, deal, profile, publish, user
from tests.fakes import World

LIB = "lib@stowmark.example"
BEN = "ben@stowmark.example"
ROLLOUT, PILOT = deal(), deal("Halden – Pilot", owner_id="005000000000002AAA")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Anna and Ben with a deal each, and who looks after the library."""
    made = World(database, tmp_path / "index")
    made.mirror.store(users=[user(), user("ben", id="005000000000002AAA")], deals=[ROLLOUT, PILOT])
    made.crm.allow("005000000000001AAA", ROLLOUT.id)
    made.crm.allow("005000000000002AAA", PILOT.id)
    people = (profile(), profile("U2", "Ben"), profile("ULIB", "Lib", email=LIB))
    for one in people:
        made.messenger.profiles[one.slack_id] = one
        made.mirror.keep_profile(one)
    publish(made.catalog, asset(), ("Pricing", "What it costs, and pricing tiers."))
    made.index.follow()
    return made


def asked(world: World, question: str, *, who: str = "U1", of: str = ROLLOUT.id) -> Ask:
    """Answer a question for a deal; return the ask as it was understood, which the answer's buttons belong to."""
    one = ask(question, id=f"{who} {question} {of}", slack_id=who, email="", deal_id=of)
    world.ledger.write(Written(records=(one,)), now=NOW)
    said = answering.answer(one, world.services, now=NOW)
    assert isinstance(said, answering.Answer)
    return said.ask


def requested(world: World, words: str, *, who: str = "U1", of: str = ROLLOUT.id) -> Listed:
    one = asked(world, words, who=who, of=of)
    return request(one.id, words, slack_id=who, services=world.services, now=world.clock())


def told(world: World) -> list[tuple[object, str]]:
    """Do what is to be done; return what people were told, and who."""
    world.clock.move(hours=1)
    drain("write", {kind: KINDS["write"][kind] for kind in (TELL, ANSWERED)}, world.services, owner="test")
    return [(said, to) for said, to, _ in world.messenger.tidings]


def listing(world: World, who: str) -> RequestsPage:
    found = requests_page(ask("1", slack_id=who, email=""), world.services, now=NOW)
    assert isinstance(found, RequestsPage)
    return found


def first(world: World, one: Ask) -> Suggestion:
    return world.ledger.suggestions(one.id)[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("case study for dairies", "Case studies for dairies?", True),
        ("a case study of dairies", "dairy case study", True),
        ("case study healthcare France", "case study healthcare Spain", False),
        ("pricing", "pricing for warehouse rollouts in retail", False),
        ("ราคาสำหรับคลังสินค้า", "ราคาสำหรับคลังสินค้า", True),
        ("價格方案", "价格方案", True),
        ("ราคาสำหรับคลังสินค้า", "กรณีศึกษาสำหรับโรงพยาบาล", False),
        ("價格方案", "資安白皮書", False),
        ("가격 안내", "가격안내", True),
        ("?", "!", False),
    ],
)
def test_requests_mean_the_same_by_nearly_all_of_their_words(one: str, other: str, same: bool) -> None:
    made = content_request(one)

    assert alike(made, content_request(other)) is same
    assert alike(made, content_request(one, language="fr")) is False
    assert alike(made, content_request(one, industry="Retail")) is False


def test_alike_requests_are_one_that_counts_who_waits(world: World) -> None:
    mine = requested(world, "case study for dairies")
    again = requested(world, "case study for dairies")
    theirs = requested(world, "dairies: a case study", who="U2", of=PILOT.id)

    assert mine.request == again.request == theirs.request
    assert (mine.askers, again.askers, theirs.askers) == (1, 1, 2)
    assert [(one.industry, one.stage, one.language) for one in world.services.requests.open()] == [
        ("Manufacturing", "Negotiation", "en")
    ]


def test_nobody_requests_with_anothers_answer_or_without_words(world: World) -> None:
    mine = asked(world, "case study")

    for who, words in (("U2", "case study"), ("U1", "  ")):
        with pytest.raises(CannotRequest):
            request(mine.id, words, slack_id=who, services=world.services, now=NOW)

    assert world.services.requests.open() == []


def test_enablement_hears_of_what_came_once_and_together(world: World) -> None:
    requested(world, "case study for dairies")
    requested(world, "security questionnaire in Thai")

    [(said, to)] = told(world)

    assert isinstance(said, NewRequests)
    assert to == "ULIB"
    assert {one.request.words for one in said.listed} == {
        "case study for dairies",
        "security questionnaire in Thai",
    }
    assert ROLLOUT.name not in repr(said)
    assert len(told(world)) == 1, "what was told is not told again"


def test_deals_are_named_only_to_who_may_see_them(world: World) -> None:
    requested(world, "case study for dairies")
    assert [one.deals for one in listing(world, "ULIB").listed] == [()]

    world.mirror.store(users=[user("lib", id="005000000000003AAA", email=LIB)])
    world.crm.allow("005000000000003AAA", ROLLOUT.id)

    assert [one.deals for one in listing(world, "ULIB").listed] == [(ROLLOUT.name,)]
    world.crm.is_down = True
    world.clock.move(minutes=5)
    assert [one.deals for one in listing(world, "ULIB").listed] == [()]


def test_a_rep_sees_their_own_requests_alone(world: World) -> None:
    requested(world, "case study for dairies")

    mine, theirs = listing(world, "U1"), listing(world, "U2")

    assert [one.request.words for one in mine.listed] == ["case study for dairies"]
    assert (mine.decides, theirs.decides) == (False, False)
    assert theirs.listed == ()


def test_who_waits_for_the_same_reads_their_own_words_and_nothing_of_anothers_deal(world: World) -> None:
    world.mirror.store(deals=[replace(PILOT, competitors=("Oxley",))])
    made = requested(world, "case study for dairies")
    requested(world, "dairies: a case study", who="U2", of=PILOT.id)

    [mine], [theirs], [decides] = (listing(world, who).listed for who in ("U1", "U2", "ULIB"))
    fill(made.request.id, asset().id, email=LIB, services=world.services, now=NOW)
    heard = {to: said.request.words for said, to in told(world) if isinstance(said, Decided)}

    assert (theirs.request.words, theirs.askers, theirs.deals) == ("dairies: a case study", 2, (PILOT.name,))
    assert (theirs.request.industry, theirs.request.stage, theirs.request.competitors) == ("", "", ())
    assert (mine.request.words, decides.request.industry) == ("case study for dairies", "Manufacturing")
    assert heard == {"U1": "case study for dairies", "U2": "dairies: a case study"}


def test_what_a_lost_deal_is_like_is_not_told_to_who_presses_late(world: World) -> None:
    mine = asked(world, "case study")
    world.clock.move(minutes=5)
    world.crm.is_down = True
    with pytest.raises(CannotRequest, match="can't be reached"):
        wanted_for(mine.id, slack_id="U1", services=world.services)
    world.crm.is_down = False
    world.crm.readers.clear()

    with pytest.raises(CannotRequest, match="no longer see"):
        wanted_for(mine.id, slack_id="U1", services=world.services)
    with pytest.raises(CannotRequest, match="no longer see"):
        request(mine.id, "case study", slack_id="U1", services=world.services, now=NOW)


def test_who_waits_hears_after_a_long_outage_of_salesforce(world: World) -> None:
    made = requested(world, "case study for dairies").request
    fill(made.id, asset().id, email=LIB, services=world.services, now=NOW)
    world.crm.is_down = True

    assert [to for said, to in told(world) if isinstance(said, Decided)] == []
    [waiting] = [one for one in world.outbox.letters(states=["due"], limit=9) if one.kind == ANSWERED]
    assert waiting.error == "the CRM can't be asked who may see the deal"
    world.crm.is_down = False
    assert [to for said, to in told(world) if isinstance(said, Decided)] == ["U1"]


def test_who_waits_is_told_once_what_fills_it_with_the_deal_they_see(world: World) -> None:
    made = requested(world, "case study for dairies").request
    requested(world, "case study for dairies", who="U2", of=PILOT.id)
    told(world)
    world.messenger.tidings.clear()
    world.crm.readers.discard(("005000000000002AAA", PILOT.id))

    fill(made.id, asset().id, email=LIB, services=world.services, now=NOW)
    found = {to: said for said, to in told(world)}

    assert set(found) == {"U1", "U2"}
    assert all(isinstance(said, Decided) and said.asset == asset() for said in found.values())
    assert {to: said.deal for to, said in found.items() if isinstance(said, Decided)} == {
        "U1": ROLLOUT,
        "U2": None,
    }
    assert len(told(world)) == 2
    with pytest.raises(CannotRequest, match="decided already"):
        decline(made.id, "No.", email=LIB, services=world.services, now=NOW)
    assert [one.action for one in world.journal.audits(limit=9)] == ["request.filled"]


def test_what_is_gone_or_not_theirs_any_more_is_not_told(world: World) -> None:
    made = requested(world, "case study for dairies").request
    told(world)
    world.messenger.tidings.clear()

    fill(made.id, asset().id, email=LIB, services=world.services, now=NOW)
    world.mirror.keep_profile(profile(standing="guest"))

    assert told(world) == []


def test_what_reps_cannot_find_fills_nothing(world: World) -> None:
    made = requested(world, "case study for dairies").request
    publish(world.catalog, asset("Old", expires=NOW.date() - timedelta(days=1)))

    for asset_id in ("Old", "none"):
        with pytest.raises(CannotRequest, match="can't be found"):
            fill(made.id, asset_id, email=LIB, services=world.services, now=NOW)
    with pytest.raises(CannotRequest, match="looks after the library"):
        fill(made.id, asset().id, email=ANNA, services=world.services, now=NOW)

    assert world.services.requests.open() == [made]


def test_who_was_declined_hears_why_and_who_was_merged_hears_later(world: World) -> None:
    one = requested(world, "case study for dairies").request
    two = requested(world, "security questionnaire", who="U2", of=PILOT.id).request
    told(world)
    world.messenger.tidings.clear()

    merge(two.id, one.id, email=LIB, services=world.services, now=NOW)
    assert told(world) == []
    with pytest.raises(CannotRequest):
        merge(one.id, one.id, email=LIB, services=world.services, now=NOW)
    decline(one.id, "Comes in spring.", email=LIB, services=world.services, now=NOW)

    found = told(world)
    assert sorted(to for _, to in found) == ["U1", "U2"]
    assert {said.request.note for said, _ in found if isinstance(said, Decided)} == {"Comes in spring."}


def test_what_is_saved_can_be_opened_and_shared_from_the_list(world: World) -> None:
    mine = first(world, asked(world, "pricing"))
    for _ in range(2):
        save(mine, world.services, now=NOW)
    page_ask = ask("1", id="list", email="")

    page, again = (saved_page(page_ask, world.services, now=NOW) for _ in range(2))

    assert page == again
    assert isinstance(page, SavedPage)
    [kept] = page.kept
    assert (kept.asset, kept.deal, kept.suggestion.deal_id) == (asset(), ROLLOUT, ROLLOUT.id)
    assert kept.suggestion.ask_id == "list"
    shown = answering.redrawn("U1 pricing " + ROLLOUT.id, world.services)
    assert shown is not None
    assert [one.saved for one in shown.shown] == [True]
    unsave(asset().id, email=ANNA, services=world.services)
    assert saved_of(ANNA, world.services, limit=9) == []


def test_what_may_not_be_seen_is_not_among_what_was_saved(world: World) -> None:
    save(first(world, asked(world, "pricing")), world.services, now=NOW)
    world.crm.readers.clear()
    world.clock.move(minutes=5)

    page = saved_page(ask("1", id="a", email=""), world.services, now=NOW)
    assert isinstance(page, SavedPage)
    assert [(one.deal, one.suggestion.deal_id) for one in page.kept] == [(None, "")]
    world.catalog.keep(asset(status="archived"))
    emptied = saved_page(ask("1", id="b", email=""), world.services, now=NOW)
    assert isinstance(emptied, SavedPage)
    assert (emptied.count, emptied.kept) == (0, ())


def test_why_something_is_not_useful_is_counted_by_person(world: World) -> None:
    mine = first(world, asked(world, "pricing"))
    theirs = first(world, asked(world, "pricing", who="U2", of=PILOT.id))
    said = ((mine, "1", None, ""), (mine, "2", "outdated", "From 2019"), (theirs, "3", "outdated", ""))
    for one, event, reason, words in said:
        at = NOW + timedelta(minutes=int(event))
        give(
            one,
            "not_useful",
            event=Event("slack", event),
            services=world.services,
            now=at,
            reason=reason,  # type: ignore[arg-type]  # a literal of the table above
            words=words,
        )

    [found] = complaints(world.services, now=NOW)

    assert (found.asset, found.reason, found.people, found.words) == (asset(), "outdated", 2, ("From 2019",))
    assert listing(world, "ULIB").complaints == (found,)
    assert listing(world, "U1").complaints == ()
    assert complaints(world.services, now=NOW + timedelta(days=91)) == []


def test_somebody_who_cannot_be_reached_keeps_nobody_else_from_hearing(world: World) -> None:
    world.messenger.profiles.pop("ULIB")
    requested(world, "case study for dairies")

    assert told(world) == []
    assert [one.told_at is not None for one in world.services.requests.open()] == [True]
    assert replace(world.services.requests.open()[0], told_at=None).state == "open"
