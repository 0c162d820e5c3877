"""People are told of what changed for them: seldom, in one message, and only while it is true."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from math import prod
from typing import Any

import pytest

from enablement.following import suggest
from enablement.model import Asset, Deal, Facets, Opening, Written
from enablement.nudging import (
    BATCH,
    MOST_NEWS,
    TELL,
    NudgeMessage,
    compose,
    follow,
    is_unwelcome,
    less,
    measures,
    message_of,
    note_deals,
    opened,
    snooze,
    told,
)
from enablement.preferences import choose, mute, preferences_of
from enablement.sharing import shareable, shared_touch, take_back
from enablement.why import explained, factors, told as told_by
from tests.builders import ANNA, NOW, asset, deal, profile, publish, share, suggestion, touch, user
from tests.fakes import World

MINE = deal(stage="Discovery")
DISCOVERY = asset("Discovery guide", facets=Facets(stages=("Discovery",)))
CLOSING = asset("Closing guide", facets=Facets(stages=("Negotiation",)))
CARD = asset(
    "Korvane battlecard", kind="battlecard", audience="internal", facets=Facets(competitors=("Korvane",))
)
PRICES = asset("Pricing guide")


@pytest.fixture
def rep(world: World) -> World:
    """A rep with a deal whose list is made, in a library that was looked at."""
    world.messenger.profiles["U1"] = profile()
    world.mirror.keep_profile(profile())
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    for one in (DISCOVERY, CLOSING, CARD, PRICES):
        publish(world.catalog, one)
    world.index.follow()
    suggest([MINE.id], world.services, now=world.clock())
    follow(world.services, now=world.clock())
    return world


def look(world: World, *ids: str) -> None:
    """Do what follows a change of deals."""
    suggest(ids, world.services, now=world.clock())
    note_deals(ids, world.services, now=world.clock())


def change(world: World, one: Deal = MINE, **changes: Any) -> Deal:
    made = replace(one, modified_at=world.clock(), **changes)
    world.mirror.store(deals=[made])
    look(world, one.id)
    return made


def hear(world: World, *, after: timedelta = BATCH) -> NudgeMessage | None:
    """Let time pass, and return what the rep is told then."""
    world.clock.now += after
    follow(world.services, now=world.clock())
    message = compose("U1", world.services, now=world.clock())
    if message:
        told(message, world.services, now=world.clock())
    return message


def kinds(message: NudgeMessage | None) -> list[str]:
    return [one.nudge.kind for one in message.news] if message else []


def dropped(world: World) -> list[str]:
    return [one.why for one in world.services.nudges.of("U1", ["dropped"])]


def open_link(world: World, share_id: str = "share") -> None:
    name = f"{share_id} {world.clock().isoformat()}"
    made = touch(id=name, kind="opened_by_buyer", share_id=share_id, occurred_at=world.clock())
    read = Opening(name, share_id, "", world.clock())
    world.ledger.write(Written(records=(read, made)), now=world.clock())
    follow(world.services, now=world.clock())


def share_prices(world: World, **changes: Any) -> None:
    made = share(deal_id=MINE.id, expires_at=NOW + timedelta(days=60), **changes)
    shared = touch(id=shared_touch(made.id), share_id=made.id, deal_id=MINE.id)
    world.ledger.write(Written(records=(suggestion(deal_id=MINE.id), made, shared)), now=NOW)


def updated(one: Asset) -> Asset:
    return replace(one, version=one.version + 1, version_id=f"{one.title} v{one.version + 1}")


def test_the_first_change_of_a_deal_that_was_there_before_is_news(world: World) -> None:
    world.messenger.profiles["U1"] = profile()
    world.mirror.keep_profile(profile())
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    publish(world.catalog, CLOSING)
    world.index.follow()
    follow(world.services, now=world.clock())

    change(world, stage="Negotiation")

    assert kinds(hear(world)) == ["deal_changed"]


def test_the_owner_of_a_deal_that_moved_is_told_what_fits_it_now(rep: World) -> None:
    change(rep, stage="Negotiation")

    message = hear(rep)

    assert message is not None
    (one,) = message.news
    assert (one.deal.id, one.stage, one.asset.id) == (MINE.id, "Negotiation", CLOSING.id)
    assert one.suggestion is not None
    assert rep.ledger.suggestion(one.suggestion.id) == one.suggestion
    may = shareable(one.suggestion.id, user=user(), services=rep.services, now=rep.clock())
    assert (may.deal.id, may.asset.id) == (MINE.id, CLOSING.id)
    ask = rep.ledger.ask(one.suggestion.ask_id)
    assert ask is not None
    assert (ask.surface, ask.slack_id, ask.email) == ("nudge", "U1", ANNA)


def colleagues(world: World) -> None:
    """Let Bo and Cy be colleagues, of whom Bo may see the deal."""
    for slack_id, name in (("U2", "Bo"), ("U3", "Cy")):
        world.mirror.keep_profile(profile(slack_id, name))
        world.mirror.store(users=[user(name.lower(), id=f"005{name.upper()}")])
    world.crm.allow("005BO", MINE.id)


def test_each_who_works_on_a_deal_is_told_once_and_only_who_may_see_it_now(rep: World) -> None:
    colleagues(rep)
    change(rep, stage="Negotiation", team=("005BO", "005CY", user().id, "005BO", "005GONE"))
    look(rep, MINE.id)
    rep.clock.now += BATCH

    heard = {one: compose(one, rep.services, now=rep.clock()) for one in ("U1", "U2", "U3")}

    assert {one: kinds(said) for one, said in heard.items()} == {
        "U1": ["deal_changed"],
        "U2": ["deal_changed"],
        "U3": [],
    }
    assert [one.why for one in rep.services.nudges.of("U3", ["dropped"])] == ["not theirs to see"]
    theirs = heard["U2"]
    assert theirs is not None
    assert theirs.news[0].suggestion is not None
    assert theirs.news[0].suggestion.email == "bo@stowmark.example"


def test_who_left_the_team_before_it_was_told_is_told_nothing(rep: World) -> None:
    colleagues(rep)
    moved = change(rep, stage="Negotiation", team=("005BO",))
    rep.mirror.store(deals=[replace(moved, team=(), modified_at=rep.clock() + timedelta(seconds=1))])
    rep.clock.now += BATCH

    assert compose("U2", rep.services, now=rep.clock()) is None
    assert [one.why for one in rep.services.nudges.of("U2", ["dropped"])] == ["given away"]


def test_a_changed_battlecard_is_told_to_the_whole_team(rep: World) -> None:
    colleagues(rep)
    change(rep, competitors=("Korvane", "Korvane Systems"), team=("005BO", "005CY"))
    hear(rep)
    publish(rep.catalog, updated(CARD), "Other words.")
    follow(rep.services, now=rep.clock())
    rep.clock.now += BATCH

    heard = {one: kinds(compose(one, rep.services, now=rep.clock())) for one in ("U1", "U2", "U3")}

    assert heard == {"U1": ["battlecard"], "U2": ["deal_changed", "battlecard"], "U3": []}


def test_what_is_offered_is_weighed_and_explained_as_in_answers(rep: World) -> None:
    share_prices(rep)
    change(rep, stage="Negotiation")
    rep.clock.move(minutes=1)
    publish(rep.catalog, updated(PRICES), "Other words.")
    follow(rep.services, now=rep.clock())
    message = hear(rep)
    assert message is not None
    offered = {one.nudge.kind: one.suggestion for one in message.news}
    listed = {one.asset_id: one for one in rep.services.shortlists.of(MINE.id)}
    first, new = offered["deal_changed"], offered["replaced"]
    assert first is not None
    assert new is not None

    found = [explained(one.id, user=user(), services=rep.services).suggestion for one in (first, new)]

    assert PRICES.id not in listed
    assert (first.score, first.model) == (listed[CLOSING.id].score, listed[CLOSING.id].model)
    assert first.reasons[:-1] == listed[CLOSING.id].reasons
    assert new.model == first.model
    assert [one.propensity for one in found] == [1.0, 1.0]
    assert sorted(one.rank for one in found) == [1, 2]
    assert [prod(factors(one).values()) for one in found] == [
        pytest.approx(one.score, abs=0.01) for one in found
    ]
    assert [told_by(one) for one in found] == ["first", "replaced"]


def test_a_change_is_told_once_however_often_it_is_looked_at(rep: World) -> None:
    change(rep, stage="Negotiation")
    look(rep, MINE.id)
    assert kinds(hear(rep)) == ["deal_changed"]

    look(rep, MINE.id)

    assert hear(rep) is None
    assert len(rep.services.nudges.of("U1", ["sent"])) == 1


def test_without_anything_new_to_say_a_move_is_no_news(rep: World) -> None:
    for one in (CLOSING, DISCOVERY, CARD):
        rep.catalog.keep(replace(one, status="archived"))
    rep.index.follow()
    look(rep, MINE.id)
    change(rep, stage="Negotiation")

    assert hear(rep) is None
    assert dropped(rep) == ["nothing new"]


def test_a_move_that_is_taken_back_in_time_is_no_news(rep: World) -> None:
    moved = change(rep, stage="Negotiation")
    rep.clock.move(minutes=5)
    change(rep, moved, stage="Discovery")

    assert hear(rep) is None
    assert dropped(rep) == ["undone"]


def test_of_several_moves_the_last_one_is_told_against_what_was_told_before(rep: World) -> None:
    moved = change(rep, stage="Proposal")
    rep.clock.move(minutes=5)
    change(rep, moved, stage="Negotiation")

    message = hear(rep)

    assert message is not None
    assert [one.stage for one in message.news] == ["Negotiation"]


def test_against_a_new_competitor_the_battlecard_comes_first(rep: World) -> None:
    made_for = Facets(("Yard",), ("Manufacturing",), ("Europe",), ("enterprise",), ("Negotiation",))
    rep.catalog.keep(replace(CLOSING, facets=made_for))
    rep.index.follow()
    change(rep, stage="Negotiation", competitors=("Korvane",), products=("Yard",))
    assert rep.services.shortlists.of(MINE.id)[0].asset_id == CLOSING.id

    message = hear(rep)

    assert message is not None
    (one,) = message.news
    assert (one.asset.id, one.joined) == (CARD.id, ("Korvane",))


def test_a_new_deal_and_one_that_was_only_edited_are_no_news(rep: World) -> None:
    new = deal("Globex – Pilot", stage="Discovery")
    rep.mirror.store(deals=[new])
    rep.crm.allow(user().id, new.id)
    look(rep, new.id)
    change(rep, amount=1.0)

    assert hear(rep) is None


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"is_closed": True}, "closed"),
        ({"owner_id": "005000000000009AAA"}, "given away"),
    ],
)
def test_what_became_moot_is_not_told(rep: World, what: dict[str, Any], why: str) -> None:
    moved = change(rep, stage="Negotiation")
    rep.mirror.store(deals=[replace(moved, modified_at=rep.clock() + timedelta(seconds=1), **what)])

    assert hear(rep) is None
    assert dropped(rep) == [why]


def test_a_deal_that_one_may_not_see_any_more_is_not_told_of(rep: World) -> None:
    change(rep, stage="Negotiation")
    rep.crm.readers.clear()

    assert hear(rep) is None
    assert dropped(rep) == ["not theirs to see"]


def test_a_buyers_first_reading_is_told_and_none_after_it(rep: World) -> None:
    share_prices(rep)
    rep.clock.move(minutes=1)
    open_link(rep)
    message = hear(rep)
    assert kinds(message) == ["buyer_opened"]
    assert message is not None
    assert message.news[0].who == "Mia Lund"

    rep.clock.move(hours=2)
    open_link(rep)

    assert hear(rep) is None


def test_the_opening_of_a_link_that_was_taken_back_is_not_told(rep: World) -> None:
    share_prices(rep)
    open_link(rep)
    take_back(shared_touch("share"), email=ANNA, services=rep.services, now=rep.clock())

    assert hear(rep) is None
    assert dropped(rep) == ["undone"]


def test_a_new_version_of_what_was_shared_is_offered_for_its_deal(rep: World) -> None:
    share_prices(rep)
    rep.clock.move(minutes=1)
    publish(rep.catalog, updated(PRICES), "Other words.")
    follow(rep.services, now=rep.clock())

    message = hear(rep)

    assert message is not None
    (one,) = message.news
    assert (one.nudge.kind, one.deal.id) == ("replaced", MINE.id)
    assert one.suggestion is not None
    assert one.suggestion.version_id == updated(PRICES).version_id


def test_what_replaced_a_shared_asset_is_offered_unless_it_was_shared_already(rep: World) -> None:
    share_prices(rep)
    new = asset("Pricing 2027")
    publish(rep.catalog, new)
    rep.catalog.keep(replace(PRICES, status="archived", replaced_by=new.id))
    follow(rep.services, now=rep.clock())
    message = hear(rep)
    assert message is not None
    assert [(one.asset.id, one.replaced and one.replaced.id) for one in message.news] == [(new.id, PRICES.id)]

    newest = asset("Pricing 2028")
    publish(rep.catalog, newest)
    rep.catalog.keep(replace(PRICES, status="archived", replaced_by=newest.id))
    follow(rep.services, now=rep.clock())
    share_prices(rep, id="again", asset_id=newest.id, version_id=newest.version_id)

    assert hear(rep) is None
    assert dropped(rep) == ["shared already"]


def test_what_is_internal_is_never_offered_in_place_of_what_was_shared(rep: World) -> None:
    share_prices(rep)
    new = asset("Price floors", audience="internal")
    publish(rep.catalog, new)
    rep.catalog.keep(replace(PRICES, status="archived", replaced_by=new.id))
    follow(rep.services, now=rep.clock())

    assert hear(rep) is None
    assert dropped(rep) == ["not for customers"]


def test_a_changed_battlecard_is_told_to_who_sells_against_it(rep: World) -> None:
    change(rep, competitors=("Korvane",))
    hear(rep)
    publish(rep.catalog, updated(CARD), "Other words.")
    follow(rep.services, now=rep.clock())

    message = hear(rep)

    assert kinds(message) == ["battlecard"]
    assert message is not None
    assert [one.id for one in message.news[0].deals] == [MINE.id]
    rep.catalog.keep(replace(updated(CARD), title="Korvane"))
    follow(rep.services, now=rep.clock())
    assert hear(rep) is None


def test_causes_within_the_time_of_a_batch_make_one_message(rep: World) -> None:
    share_prices(rep)
    change(rep, stage="Negotiation")
    rep.clock.move(minutes=6)
    open_link(rep)

    assert hear(rep, after=timedelta(minutes=4)) is None
    assert sorted(kinds(hear(rep, after=timedelta(minutes=6)))) == ["buyer_opened", "deal_changed"]


def test_what_goes_on_and_on_is_told_in_the_end(rep: World) -> None:
    heard = []
    for number in range(12):
        share_prices(rep, id=f"s{number}", recipient=f"{number}@buyer.example")
        open_link(rep, f"s{number}")
        heard.append(len(kinds(hear(rep, after=timedelta(minutes=4)))))

    assert any(heard)


def test_nobody_is_told_in_quiet_hours(rep: World) -> None:
    quiet = time(9), time(14)
    choose("U1", rep.services, language="", quiet_hours=quiet, muted=(), digest=True, now=NOW)
    change(rep, stage="Negotiation")

    assert hear(rep) is None
    (waits,) = rep.services.nudges.of("U1", ["waiting"])
    assert waits.due_at == datetime(2026, 11, 20, 13, tzinfo=UTC)
    assert kinds(hear(rep, after=waits.due_at - rep.clock())) == ["deal_changed"]


def test_nobody_is_told_on_a_weekend(rep: World) -> None:
    rep.clock.move(days=1)
    change(rep, stage="Negotiation")

    assert hear(rep) is None
    (waits,) = rep.services.nudges.of("U1", ["waiting"])
    assert waits.due_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_more_than_so_many_messages_a_day_wait_for_the_next_working_day(rep: World) -> None:
    heard = 0
    for number in range(5):
        share_prices(rep, id=f"s{number}", recipient=f"{number}@buyer.example")
        open_link(rep, f"s{number}")
        heard += bool(hear(rep))

    waiting = rep.services.nudges.of("U1", ["waiting"])
    assert heard == rep.services.nudges_per_day == 3
    assert {one.due_at for one in waiting} == {datetime(2026, 11, 23, 8, tzinfo=UTC)}


def test_a_message_holds_a_few_and_the_rest_waits(rep: World) -> None:
    for number in range(MOST_NEWS + 2):
        share_prices(rep, id=f"s{number}", recipient=f"{number}@buyer.example")
        open_link(rep, f"s{number}")
    follow(rep.services, now=rep.clock())

    assert len(kinds(hear(rep))) == MOST_NEWS
    assert hear(rep) is None
    assert len(rep.services.nudges.of("U1", ["waiting"])) == 2


def test_less_of_a_kind_is_one_press_and_can_be_undone(rep: World) -> None:
    change(rep, stage="Negotiation")
    message = hear(rep)
    assert message is not None

    less(message.id, "U1", "deal_changed", rep.services, now=rep.clock(), less=True)

    shown = message_of(message.id, "U1", rep.services, now=rep.clock())
    assert shown is not None
    assert shown.muted == {"deal_changed"}
    change(rep, stage="Proposal", competitors=("Korvane",))
    assert hear(rep) is None
    assert dropped(rep) == ["not wanted"]
    less(message.id, "U1", "deal_changed", rep.services, now=rep.clock(), less=False)
    assert preferences_of("U1", rep.services).muted == frozenset()


def test_a_message_is_nobody_elses_to_answer(rep: World) -> None:
    rep.mirror.store(users=[user("bo", id="005BO")])
    rep.mirror.keep_profile(profile("U2", "Bo"))
    rep.crm.allow("005BO", MINE.id)
    change(rep, stage="Negotiation")
    message = hear(rep)
    assert message is not None

    less(message.id, "U2", "deal_changed", rep.services, now=rep.clock(), less=True)

    assert preferences_of("U2", rep.services).muted == frozenset()
    assert snooze(message.id, "U2", "deal_changed", rep.services, now=rep.clock()) is None
    assert message_of(message.id, "U2", rep.services, now=rep.clock()) is None
    assert opened(message.news[0].nudge.id, "U2", rep.services, now=rep.clock()) is None


def test_what_is_put_off_comes_again_on_the_next_working_morning_if_it_still_holds(rep: World) -> None:
    change(rep, stage="Negotiation")
    message = hear(rep)
    assert message is not None

    until = snooze(message.id, "U1", "deal_changed", rep.services, now=rep.clock())

    assert until == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert hear(rep, after=timedelta(hours=1)) is None
    again = hear(rep, after=until - rep.clock())
    assert kinds(again) == ["deal_changed"]
    assert again is not None
    assert again.id != message.id
    snooze(again.id, "U1", "deal_changed", rep.services, now=rep.clock())
    rep.mirror.store(deals=[replace(MINE, is_closed=True, modified_at=rep.clock())])
    assert hear(rep, after=timedelta(days=1)) is None
    assert dropped(rep) == ["closed"]


def test_a_message_that_was_broken_off_is_the_same_message_again(rep: World) -> None:
    change(rep, stage="Negotiation")
    rep.clock.now += BATCH
    first = compose("U1", rep.services, now=rep.clock())
    share_prices(rep)
    open_link(rep)
    rep.clock.now += BATCH
    rep.clock.move(seconds=30)

    again = compose("U1", rep.services, now=rep.clock())

    assert first is not None
    assert again is not None
    assert again == first
    told(again, rep.services, now=rep.clock())
    assert kinds(compose("U1", rep.services, now=rep.clock())) == ["buyer_opened"]


def test_who_is_due_gets_one_task_for_as_long_as_it_is_under_way(rep: World) -> None:
    change(rep, stage="Negotiation")
    for _time in range(3):
        rep.clock.now += BATCH
        follow(rep.services, now=rep.clock())

    assert rep.outbox.unsettled(TELL) == {"U1": "due"}
    letters = rep.outbox.letters(states=["due"], limit=100)
    assert [one.subject for one in letters if one.kind == TELL] == ["U1"]


def test_nudges_do_not_tell_what_one_may_not_see(world: World, rep: World) -> None:
    def said() -> object:
        message = hear(rep)
        assert message is not None
        return [(one.deal, one.asset, one.stage, one.deals) for one in message.news]

    hidden = deal("Hidden – Deal", competitors=("Korvane",), owner_id=user().id)
    rep.mirror.store(deals=[hidden])
    change(rep, stage="Negotiation", competitors=("Korvane",))
    publish(
        rep.catalog,
        asset("Not yet", facets=Facets(stages=("Negotiation",)), released=NOW.date() + BATCH * 900),
    )
    rep.index.follow()
    publish(rep.catalog, updated(CARD), "Other words.")
    follow(rep.services, now=rep.clock())

    told_of = said()

    assert "Hidden" not in repr(told_of)
    assert "Not yet" not in repr(told_of)


def test_how_welcome_nudges_are_is_counted(rep: World) -> None:
    change(rep, stage="Negotiation")
    message = hear(rep)
    assert message is not None
    made = message.news[0].suggestion
    assert made is not None
    reads = touch(id="o", kind="opened", asset_id=made.asset_id, deal_id=MINE.id, occurred_at=rep.clock())
    sent = share(id="s", suggestion_id=made.id, deal_id=MINE.id, made_at=rep.clock() + timedelta(days=6))
    rep.ledger.write(Written(records=(reads, sent)), now=rep.clock())
    less(message.id, "U1", "deal_changed", rep.services, now=rep.clock(), less=True)

    (one,) = measures(rep.services, now=rep.clock())

    assert (one.kind, one.sent, one.opened, one.shared, one.muted, one.unwanted) == (
        "deal_changed",
        *(1, 1, 1, 1, 1),
    )
    assert not is_unwelcome(one)
    assert is_unwelcome(replace(one, sent=20, unwanted=7))
    assert not is_unwelcome(replace(one, sent=21, unwanted=7))


def test_a_person_who_left_is_told_nothing(rep: World) -> None:
    change(rep, stage="Negotiation")
    rep.mirror.keep_profile(profile(standing="deactivated"))

    assert hear(rep) is None
    assert dropped(rep) == ["not served"]


def test_who_wants_none_of_a_kind_hears_none(rep: World) -> None:
    mute("U1", "buyer_opened", rep.services, now=NOW)
    share_prices(rep)
    rep.clock.move(minutes=1)
    open_link(rep)
    change(rep, stage="Negotiation")

    assert kinds(hear(rep)) == ["deal_changed"]
