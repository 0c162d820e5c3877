"""The made-up past of a world has the effects planted in it, and Touchline learns from the uses in it."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from demo import record
from enablement.adapters.sql.database import Database
from enablement.learning import study_of
from enablement.model import Deal, Stage, StageHop
from sandbox.world import OPEN_STAGES, Opportunity, World, generate
from sandbox.world.past import HELPS, HURTS, PLANTED, POPULAR
from sandbox.world.stages import NEEDS, NEGOTIATION, PROPOSAL
from tests.builders import asset, deal, publish
from tests.fakes import World as Product

TODAY = date(2026, 11, 20)
LIBRARY = Path(__file__).parents[3] / "samples" / "library"
BEFORE = 600
ENDS = (
    Stage("Closed Won", 6, is_closed=True, is_won=True),
    Stage("Closed Lost", 7, is_closed=True, is_won=False),
)
PROCESS = (*(Stage(name, at, is_closed=False, is_won=False) for at, name in enumerate(OPEN_STAGES, 1)), *ENDS)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(today=TODAY, past=2_000)


def _won(one: Opportunity) -> bool:
    return one.stage == "Closed Won"


def _entered(one: Opportunity, stage: str) -> datetime | None:
    return next((hop.at for hop in one.history if hop.stage == stage), None)


def _log_odds_ratio(world: World, file: str, stage: str) -> float:
    """Return how the odds of winning differ between deals that saw a file in a stage and others that came to it."""
    uses = {use.deal: use.at for use in world.uses if use.file == file}
    came = Counter[tuple[bool, bool]]()
    for one in world.opportunities[BEFORE:]:
        entered, used = _entered(one, stage), uses.get(one.key)
        if entered and (used is None or used > entered):
            later = next(hop.at for hop in one.history if hop.at > entered)
            came[used is not None and used < later, _won(one)] += 1
    return math.log(came[True, True] * came[False, False] / came[True, False] / came[False, True])


def test_the_past_leaves_the_rest_of_the_world_as_it_is(world: World) -> None:
    plain = generate(today=TODAY)

    assert world.opportunities[:BEFORE] == plain.opportunities
    assert plain.uses == ()


def test_the_past_is_closed_and_its_names_and_keys_are_its_own(world: World) -> None:
    assert all(one.is_closed for one in world.opportunities[BEFORE:])
    assert len({one.name for one in world.opportunities}) == len(world.opportunities) == BEFORE + 2_000
    assert len({one.key for one in world.opportunities}) == len(world.opportunities)


def test_a_file_is_used_once_in_a_deal_by_its_owner_in_a_stage_it_is_for(world: World) -> None:
    deals = {one.key: one for one in world.opportunities[BEFORE:]}

    assert len({(use.deal, use.file) for use in world.uses}) == len(world.uses)
    for use in world.uses:
        one = deals[use.deal]
        stage = [hop.stage for hop in one.history if hop.at < use.at][-1]
        assert stage in PLANTED[use.file].chances
        assert use.at < one.history[-1].at
        assert use.email == one.owner


def test_what_was_planted_lies_in_the_sample_library() -> None:
    assert {file for file in PLANTED if (LIBRARY / file).exists()} == set(PLANTED)


def test_deals_that_saw_what_helps_or_hurts_end_so(world: World) -> None:
    assert _log_odds_ratio(world, HELPS, PROPOSAL) > 0.5
    assert _log_odds_ratio(world, HURTS, NEEDS) < -0.3


def test_what_is_popular_shines_though_it_does_nothing(world: World) -> None:
    saw = {use.deal for use in world.uses if use.file == POPULAR}
    past = world.opportunities[BEFORE:]

    rate, other = (np.mean([_won(one) for one in past if (one.key in saw) is seen]) for seen in (True, False))

    assert rate > other + 0.3
    assert abs(_log_odds_ratio(world, POPULAR, NEGOTIATION)) < 0.25


def test_little_is_known_of_the_long_tail() -> None:
    uses = Counter(use.file for use in generate(today=TODAY, past=1_000).uses)

    assert sum(uses[file] < 30 for file in PLANTED) >= 8
    assert min(uses[file] for file in (HELPS, POPULAR, HURTS)) > 150


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_uses_become_touches_that_go_to_the_crm_and_can_be_learned_from(
    database: Database, tmp_path: Path
) -> None:
    product = Product(database, tmp_path / "index")
    world = generate(today=TODAY, past=60)
    for file in PLANTED:
        publish(product.catalog, asset(file, source=f"/samples/library/{file}"))
    hops = [hop for one in world.opportunities[BEFORE:] for hop in _hops(one)]
    product.mirror.store(stages=PROCESS, deals=map(_deal, world.opportunities[BEFORE:]), hops=hops)

    record(world.uses, product.services)
    record(world.uses, product.services)

    study = study_of(product.evidence.history())
    assert (np.isfinite(study.ended).sum(), len(study.use_deal)) == (60, len(world.uses))
    found = {(use.deal_id, use.asset_id, use.at) for use in product.evidence.history().uses}
    assert found == {(use.deal, use.file, use.at) for use in world.uses}
    rows = product.outbox.claim("write", ["crm.touch"], owner="crm", limit=1_000, now=product.clock())
    assert {row.partition for row in rows} == {use.deal for use in world.uses}
    assert len(rows) == len(world.uses)


def _deal(one: Opportunity) -> Deal:
    return deal(
        one.name,
        id=one.key,
        stage=one.stage,
        is_closed=True,
        is_won=_won(one),
        created_at=one.history[0].at,
        close_date=one.history[-1].close_date,
    )


def _hops(one: Opportunity) -> Iterator[StageHop]:
    for hop in one.history:
        yield StageHop(f"{one.key} {hop.stage}", one.key, hop.stage, None, None, "", hop.at)
