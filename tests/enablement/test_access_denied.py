"""Whatever breaks the check of who may read a deal, nobody is shown, sent or given anything of it."""

from collections.abc import Callable
from typing import Any

import pytest

from enablement.answering import Refusal, answer, link_channel, pick, redrawn
from enablement.briefing import brief
from enablement.model import Place, Profile, Written
from enablement.ports import TryLater
from enablement.sharing import CannotShare, shareable
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.fakes import World

MINE = deal()
BREAKS: dict[str, Callable[..., Any]] = {
    "exception": lambda *_: 1 / 0,
    "timeout": lambda *_: _raise(TimeoutError("timed out")),
    "salesforce away": lambda *_: _raise(TryLater("Salesforce is away")),
    "garbage": lambda *_: "yes",
    "yes to all": lambda *_: True,
    "as one text": lambda _, ids: " ".join(ids),
    "more than asked": lambda _, ids: frozenset({*ids, "006000000000009AAA"}),
    "others than asked": lambda *_: frozenset({"006000000000009AAA"}),
}


def _raise(error: Exception) -> None:
    raise error


@pytest.fixture
def office(world: World) -> World:
    """Anna, who was answered about her deal some time ago."""
    world.mirror.store(users=[user()], deals=[MINE])
    world.crm.allow(user().id, MINE.id)
    world.messenger.profiles["U1"] = Profile("U1", user().email, "Anna", "", "", "member", NOW)
    publish(world.catalog, asset("Pricing guide"), "Pricing and discounts.")
    world.index.follow()
    asked = ask("pricing norfield", id="before", slack_id="U1", email="")
    world.ledger.write(Written(records=(asked,)), now=NOW)
    answer(asked, world.services, now=NOW)
    world.clock.move(61)
    return world


@pytest.fixture(params=BREAKS)
def broken(office: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(office.services.access, "_ask", BREAKS[request.param])
    return office


def test_the_world_is_such_that_without_a_break_all_is_given(office: World) -> None:
    assert redrawn("before", office.services) is not None
    assert brief("request", f"{user().id} {MINE.id}", office.services, now=office.clock()) is not None


@pytest.mark.parametrize("question", ["pricing norfield", "norfield", ""])
@pytest.mark.parametrize("deal_id", [None, MINE.id])
def test_nothing_is_answered(question: str, deal_id: str | None, broken: World) -> None:
    asked = ask(question, slack_id="U1", email="", deal_id=deal_id, place=Place("C1", "1.1"))

    said = answer(asked, broken.services, now=broken.clock())

    assert isinstance(said, Refusal)
    assert MINE.name not in said.text
    assert broken.ledger.answered(asked.id) is None


@pytest.mark.parametrize("respond", [link_channel, pick])
def test_no_deal_is_linked_or_listed(respond: Callable[..., Any], broken: World) -> None:
    said = respond(ask("norfield", slack_id="U1", email=""), broken.services, now=broken.clock())

    assert isinstance(said, Refusal)
    assert MINE.name not in said.text


def test_what_was_answered_before_is_not_drawn_again(broken: World) -> None:
    asked = ask("pricing norfield", id="before", slack_id="U1", email="")

    assert redrawn("before", broken.services) is None
    assert isinstance(answer(asked, broken.services, now=broken.clock()), Refusal)


def test_nothing_can_be_shared(broken: World) -> None:
    (suggestion,) = broken.ledger.suggestions("before")

    with pytest.raises(CannotShare):
        shareable(suggestion.id, user=user(), services=broken.services, now=broken.clock())


def test_nothing_is_sent(broken: World) -> None:
    try:
        sent = brief("request", f"{user().id} {MINE.id}", broken.services, now=broken.clock())
    except TryLater:
        sent = None

    assert sent is None
