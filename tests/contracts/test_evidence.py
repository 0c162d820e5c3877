"""What there is to learn from and what was learned, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.model import (
    Effect,
    Interval,
    Lot,
    Plain,
    Run,
    RunCheck,
    Stage,
    StageHop,
    TouchKind,
    Withdrawal,
    Written,
)
from enablement.ports import HABITS, NoSuchRun, Use
from tests.builders import NOW, deal, touch
from tests.fakes import at_once

RUN = Run("run", "learning", NOW, None, "reading", 0.0, 120, 340, "from this")
EFFECT = Effect(
    "deck",
    "winning",
    "",
    Interval(0.1 + 0.2, -0.05, 0.6),
    "helps",
    31,
    0.7,
    0.1,
    plain=Plain("Proposal", 9, 31, 4, 52),
    hidden=1.4,
    trial=Interval(0.1, 0.0, 0.2),
    trial_deals=12,
)


@pytest.fixture
def evidence(database: Database) -> SqlEvidence:
    return SqlEvidence(database)


def effect(asset_id: str = "deck", **changes: object) -> Effect:
    return replace(EFFECT, asset_id=asset_id, **changes)  # type: ignore[arg-type] # a test's own changes


def finished(evidence: SqlEvidence, run_id: str, *effects: Effect, state: str = "in_use") -> Run:
    """Keep a run with what it found and all its parts, and return it."""
    run = replace(RUN, id=run_id, state=state, ended_at=NOW)  # type: ignore[arg-type] # a test's own state
    evidence.begin(run)
    for part in ("study", HABITS):
        evidence.save(run_id, part, f"{part} of {run_id}".encode())
    evidence.finish(run, effects)
    return run


def test_history_has_all_deals_with_their_hops_and_stages(evidence: SqlEvidence, mirror: SqlMirror) -> None:
    deals = [deal("Open"), deal("Won", is_closed=True, is_won=True, competitors=("Korvane",))]
    hops = [StageHop(f"008{n}", one.id, "Proposal", None, None, "005", NOW) for n, one in enumerate(deals)]
    stages = [Stage("Won", 2, is_closed=True, is_won=True), Stage("Open", 1, is_closed=False, is_won=False)]
    mirror.store(deals=deals, hops=hops, stages=stages)

    found = evidence.history()

    assert sorted(found.deals, key=lambda one: one.name) == deals
    assert sorted(found.hops, key=lambda one: one.id) == hops
    assert list(found.stages) == stages[::-1]


def test_use_is_what_reached_the_buyer_first_and_was_not_taken_back(
    evidence: SqlEvidence, ledger: SqlLedger
) -> None:
    kinds: list[TouchKind] = ["shared", "presented", "opened_by_buyer", "opened"]
    touches = [
        touch(id=f"{kind} {days}", kind=kind, asset_id=kind, occurred_at=NOW + timedelta(days))
        for kind in kinds
        for days in (1, 0, 2)
    ]
    elsewhere = touch(id="no deal", asset_id="no deal", deal_id="")
    again = touch(id="again", asset_id="shared", version_id="another", occurred_at=NOW + timedelta(3))
    ledger.write(Written(records=(*touches, elsewhere, again)), now=NOW)
    ledger.write(Written(records=(Withdrawal("w", "presented 0", "a@b.example", NOW),)), now=NOW)

    uses = sorted(evidence.history().uses)

    assert uses == [
        Use(deal().id, "opened_by_buyer", NOW),
        Use(deal().id, "presented", NOW + timedelta(1)),
        Use(deal().id, "shared", NOW),
    ]


def test_lots_are_kept_once_and_come_back_with_history(evidence: SqlEvidence, ledger: SqlLedger) -> None:
    lot = Lot("lot", deal().id, "deck", True, 0.25, "model", NOW)
    other = replace(lot, id="other", shown=False)

    ledger.write(Written(records=(lot, other)), now=NOW)
    ledger.write(Written(records=(replace(lot, shown=False),)), now=NOW)

    assert sorted(evidence.history().lots, key=lambda one: one.id) == [lot, other]


def test_log_odds_are_those_of_effects_on_winning_in_a_run(evidence: SqlEvidence) -> None:
    found = [
        effect("a", logit=0.1),
        effect("a", segment="industry:Retail", logit=-0.2),
        effect("b", logit=0.3),
    ]
    evidence.begin(RUN)
    evidence.finish(RUN, [*found, effect("a", on="speed", logit=9.0), effect("c", logit=9.0)])

    assert sorted(evidence.logits(RUN.id, ["a", "b", "never"])) == [
        *(("a", "", 0.1), ("a", "industry:Retail", -0.2)),
        ("b", "", 0.3),
    ]
    assert list(evidence.logits("another", ["a"])) == []


def test_a_run_says_how_it_stands(evidence: SqlEvidence) -> None:
    checked = (RunCheck("calibration", 0.01, 0.05, True),)
    later = replace(RUN, step="speed", progress=0.4, checks=checked)

    evidence.begin(RUN)
    evidence.note(later)

    assert evidence.runs(limit=9) == [later]
    assert evidence.current() is None


def test_what_a_run_found_comes_back_in_order_and_by_asset_segment_and_kind(evidence: SqlEvidence) -> None:
    bare = effect("a", on="speed", plain=None, hidden=None, trial=None, trial_deals=0)
    retail, all_deals = effect("b", segment="industry:Retail"), effect("b")
    finished(evidence, "run", retail, all_deals, bare)
    finished(evidence, "other", effect("a"))

    assert evidence.effects("run") == [bare, all_deals, retail]
    assert evidence.effects("run", assets=["b", "c"]) == [all_deals, retail]
    assert evidence.effects("run", segments=["industry:Retail"]) == [retail]
    assert evidence.effects("run", on="speed") == [bare]
    assert evidence.effects("run", assets=[]) == []


def test_effects_of_very_many_assets_are_found(evidence: SqlEvidence) -> None:
    names = [f"asset {n}" for n in range(1200)]
    finished(evidence, "run", *(effect(name) for name in names))

    assert {one.asset_id for one in evidence.effects("run", assets=names)} == set(names)


def test_a_finished_run_keeps_of_its_parts_the_habits_alone(evidence: SqlEvidence) -> None:
    finished(evidence, "run", effect())

    assert evidence.saved("run", HABITS) == b"habits of run"
    assert evidence.saved("run", "study") is None
    assert evidence.saved("another", HABITS) is None


def test_a_saved_part_takes_the_place_of_the_one_before(evidence: SqlEvidence) -> None:
    evidence.save("run", "expected", b"first")
    evidence.save("run", "expected", b"then")

    assert evidence.saved("run", "expected") == b"then"


def test_one_run_is_in_use_and_the_one_before_retires(evidence: SqlEvidence) -> None:
    first = finished(evidence, "first", effect())
    second = finished(evidence, "second", effect())

    assert evidence.current() == second
    assert {run.id: run.state for run in evidence.runs(limit=9)} == {
        first.id: "retired",
        second.id: "in_use",
    }


def test_a_refused_run_leaves_the_one_in_use(evidence: SqlEvidence) -> None:
    first = finished(evidence, "first", effect())

    finished(evidence, "second", effect(), state="refused")

    assert evidence.current() == first


def test_an_earlier_run_is_put_to_use_again(evidence: SqlEvidence) -> None:
    first = finished(evidence, "first", effect())
    finished(evidence, "second", effect())

    evidence.use("first")

    assert evidence.current() == first
    assert {run.id: run.state for run in evidence.runs(limit=9)} == {"first": "in_use", "second": "retired"}


def test_what_was_refused_is_unknown_or_was_dropped_is_not_put_to_use(evidence: SqlEvidence) -> None:
    finished(evidence, "dropped", effect())
    finished(evidence, "refused", effect(), state="refused")
    last = finished(evidence, "last", effect())
    evidence.forget_old(keep=0)

    for run_id in ("refused", "never", "dropped"):
        with pytest.raises(NoSuchRun, match="touchline evidence runs"):
            evidence.use(run_id)
    assert evidence.current() == last


def test_of_runs_that_end_at_once_one_is_in_use(evidence: SqlEvidence) -> None:
    at_once(4, lambda n: finished(evidence, f"run {n}", effect()))

    states = [run.state for run in evidence.runs(limit=9)]
    assert sorted(states) == ["in_use", "retired", "retired", "retired"]


def test_old_runs_are_forgotten_but_not_the_one_in_use(evidence: SqlEvidence) -> None:
    for n in range(4):
        run = replace(RUN, id=f"run {n}", begun_at=NOW + timedelta(n), state="retired")
        evidence.begin(run)
        evidence.save(run.id, HABITS, b"habits")
        evidence.finish(run, [effect()])
    evidence.use("run 0")

    assert evidence.forget_old(keep=2) == 1
    assert evidence.forget_old(keep=2) == 0

    held = {
        run.id
        for run in evidence.runs(limit=9)
        if evidence.effects(run.id) and evidence.saved(run.id, HABITS)
    }
    assert held == {"run 0", "run 2", "run 3"}
    # That it was stays known.
    assert len(evidence.runs(limit=9)) == 4
