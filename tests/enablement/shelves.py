"""A small library with deals beside it: what tests of coverage begin with."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from enablement.model import (
    Answered,
    Asset,
    Deal,
    Effect,
    Facets,
    Interval,
    Run,
    Stage,
    Verdict,
    Written,
)
from tests.builders import ANNA, NOW, ask, asset, publish, user
from tests.fakes import World

DAY = timedelta(days=1)
LIBRARIAN = "lib@stowmark.example"
RUN = Run("run", "in_use", NOW, NOW, "", 1.0, 100, 50, "made")


def fill(world: World, deals: Iterable[Deal] = (), assets: Iterable[Asset] = ()) -> None:
    names = ("Proposal", "Negotiation", "Closed Won")
    stages = [Stage(name, at, name == "Closed Won", name == "Closed Won") for at, name in enumerate(names)]
    world.mirror.store(stages=stages, deals=deals, users=[user()])
    for one in assets:
        publish(world.catalog, one)


def book(title: str, *, stages: tuple[str, ...] = (), industries: tuple[str, ...] = (), **more: Any) -> Asset:
    return asset(title, facets=Facets(stages=stages, industries=industries), **more)


def effect(asset_id: str, verdict: Verdict = "helps", segment: str = "", **more: Any) -> Effect:
    made = Effect(asset_id, "winning", segment, Interval(0.1, 0.05, 0.15), verdict, 40, 0.5, 0.1)
    return replace(made, **more)


def learn(world: World, *effects: Effect) -> None:
    world.evidence.finish(RUN, effects)


def failed(world: World, question: str, of: Deal, name: str = "") -> None:
    asked = ask(question, id=name or question)
    answered = Answered(asked.id, of.id, "only", "nothing", False, ANNA, "C", "", NOW)
    world.ledger.write(Written(records=(asked, answered)), now=NOW)
