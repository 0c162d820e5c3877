"""What was learned reaches lists of suggestions: of the run in use, by the deal's segments, and never as an error."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from enablement.adapters import lessons as module
from enablement.adapters.lessons import LearnedLessons
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.evidence.habits import fit
from enablement.learning import study_of
from enablement.model import Effect, Interval, Run, RunState, Verdict
from enablement.ports import HABITS, History, Use
from tests.builders import NOW, deal
from tests.fakes import at_once

# What decides is the same on either database; the contract of the store has both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EFFECT = Effect("deck", "winning", "", Interval(0.1, 0.0, 0.2), "no_clear_effect", 400, 0.4, 0.2)
RETAIL = deal("Retail", industry="Retail", region="Asia")


class Seconds:
    """A clock that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """Lessons over a store of the tests, and what ops heard of them."""

    def __init__(self, database: Database) -> None:
        self.evidence, self.seconds = SqlEvidence(database), Seconds()
        self.alerts: list[str] = []
        self.mended = 0
        self.lessons = self.opened()

    def opened(self) -> LearnedLessons:
        return LearnedLessons(self.evidence, alert=self._hear, mended=self._mend, seconds=self.seconds)

    def keep(self, run_id: str, *effects: Effect, habits: bytes, state: RunState = "in_use") -> None:
        run = Run(run_id, state, NOW, NOW, "", 1.0, 100, 200, "x")
        self.evidence.begin(run)
        self.evidence.save(run_id, HABITS, habits)
        self.evidence.finish(run, effects)

    def _hear(self, kind: str, subject: str, summary: str) -> None:
        assert (kind, subject) == ("evidence", "lessons")
        self.alerts.append(summary)

    def _mend(self, kind: str, subject: str) -> None:
        assert (kind, subject) == ("evidence", "lessons")
        self.mended += 1


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database)


@pytest.fixture(scope="module")
def habits() -> bytes:
    """What is learned of sixty deals: in retail the deck is used, elsewhere the sheet."""
    deals = [deal(f"Deal {n}", industry="Retail" if n % 2 else "Mining") for n in range(80)]
    uses = [Use(one.id, "deck" if one.industry == "Retail" else "sheet", NOW) for one in deals]
    return fit(study_of(History(deals, (), (), uses, ())))


def test_while_nothing_is_learned_there_is_nothing_to_say(stage: Stage) -> None:
    assert stage.lessons.model == ""
    assert stage.lessons.effects(["deck"], RETAIL) == {}
    assert stage.lessons.habits(RETAIL, ()) == {}
    assert stage.alerts == []


def test_an_effect_is_told_of_the_deals_segment_where_most_deals_tell_of_it(
    stage: Stage, habits: bytes
) -> None:
    retail = replace(EFFECT, segment="industry:Retail", verdict="helps", deals=60)
    asia = replace(EFFECT, segment="region:Asia", verdict="hurts", deals=50)
    europe = replace(EFFECT, segment="region:Europe", verdict="helps", deals=90)
    thin = replace(EFFECT, segment="size:enterprise", verdict="not_enough", deals=300)
    stage.keep("run", EFFECT, retail, asia, europe, thin, habits=habits)

    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": retail}
    assert stage.lessons.effects(["deck"], replace(RETAIL, industry=None)) == {"deck": asia}
    assert stage.lessons.effects(["deck"], replace(RETAIL, industry=None, region=None)) == {"deck": EFFECT}


def test_the_stage_that_a_deal_stands_in_is_one_of_its_segments(stage: Stage, habits: bytes) -> None:
    early = replace(EFFECT, segment="stage:Discovery", verdict="helps", deals=60)
    stage.keep("run", EFFECT, early, habits=habits)

    assert stage.lessons.effects(["deck"], replace(RETAIL, stage="Discovery")) == {"deck": early}
    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": EFFECT}


def test_effects_on_speed_say_nothing_of_winning(stage: Stage, habits: bytes) -> None:
    stage.keep("run", replace(EFFECT, on="speed"), habits=habits)

    assert stage.lessons.effects(["deck", "never"], RETAIL) == {}


def test_what_deals_like_it_use_is_told(stage: Stage, habits: bytes) -> None:
    stage.keep("run", habits=habits)

    best = next(iter(stage.lessons.habits(RETAIL, ())))

    assert best == "deck"
    assert "deck" not in stage.lessons.habits(RETAIL, ["deck"])


def test_another_run_is_followed_within_seconds_and_at_once_when_told(stage: Stage, habits: bytes) -> None:
    stage.keep("first", EFFECT, habits=habits)
    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": EFFECT}

    second = replace(EFFECT, deals=401)
    stage.keep("second", second, habits=habits)
    assert stage.lessons.model == "first"
    stage.seconds.now += module.LOOK_EVERY_S
    assert (stage.lessons.model, stage.lessons.effects(["deck"], RETAIL)) == ("second", {"deck": second})

    stage.evidence.use("first")
    stage.lessons.follow()
    assert (stage.lessons.model, stage.lessons.effects(["deck"], RETAIL)) == ("first", {"deck": EFFECT})


def test_where_the_run_in_use_cannot_be_read_the_one_before_serves_and_ops_hear_once(
    stage: Stage, habits: bytes
) -> None:
    stage.keep("first", EFFECT, habits=habits)
    stage.keep("second", EFFECT, habits=habits[: len(habits) // 2])

    models = []
    for _ in range(3):
        models.append(stage.lessons.model)
        stage.seconds.now += module.LOOK_EVERY_S

    assert models == ["first"] * 3
    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": EFFECT}
    [said] = stage.alerts
    assert "run second" in said

    stage.keep("third", EFFECT, habits=habits)
    stage.seconds.now += module.LOOK_EVERY_S
    assert stage.lessons.model == "third"
    assert stage.mended > 0


@pytest.mark.parametrize("data", [b"", b"not a model", np.arange(3).tobytes()])
def test_where_nothing_can_be_read_it_counts_as_not_learned(stage: Stage, data: bytes) -> None:
    stage.keep("only", EFFECT, habits=data)

    assert stage.lessons.model == ""
    assert stage.lessons.effects(["deck"], RETAIL) == {}
    assert stage.lessons.habits(RETAIL, ()) == {}
    assert len(stage.alerts) == 1


def test_effects_that_cannot_be_read_are_no_error_for_who_asks(
    stage: Stage, habits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.keep("run", EFFECT, habits=habits)
    assert stage.lessons.model == "run"

    def broken(*_: object, **__: object) -> list[Effect]:
        raise ValueError("no JSON")

    monkeypatch.setattr(stage.evidence, "effects", broken)

    assert stage.lessons.effects(["deck"], RETAIL) == {}
    assert "ValueError" in stage.alerts[0]


def test_while_the_database_is_away_what_is_held_serves(
    stage: Stage, habits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.keep("run", EFFECT, habits=habits)
    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": EFFECT}

    def away() -> Run:
        raise ConnectionError

    monkeypatch.setattr(stage.evidence, "current", away)
    stage.seconds.now += module.LOOK_EVERY_S

    assert stage.lessons.model == "run"
    assert stage.lessons.effects(["deck"], RETAIL) == {"deck": EFFECT}
    assert stage.alerts == []


def test_few_assets_are_held_and_yet_all_are_answered(
    stage: Stage, habits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ASSETS", 10)
    names = [f"asset {n}" for n in range(30)]
    stage.keep("run", *(replace(EFFECT, asset_id=name) for name in names), habits=habits)

    for start in (0, 5, 12, 0):
        asked = names[start : start + 8]
        assert set(stage.lessons.effects(asked, RETAIL)) == set(asked)


def test_many_threads_see_the_same(stage: Stage, habits: bytes) -> None:
    names = [f"asset {n}" for n in range(50)]
    stage.keep("run", *(replace(EFFECT, asset_id=name) for name in names), habits=habits)
    fresh = stage.opened()

    def ask(n: int) -> tuple[str, int, str]:
        stage.seconds.now += 1
        return fresh.model, len(fresh.effects(names, RETAIL)), next(iter(fresh.habits(RETAIL, ())))

    assert set(at_once(8, ask)) == {("run", 50, "deck")}


@pytest.mark.parametrize("seed", range(3))
def test_odds_are_the_logits_of_the_effects_that_are_told(stage: Stage, habits: bytes, seed: int) -> None:
    chance = Random(seed)
    ids = [f"deck {n}" for n in range(40)]
    segments = ["", "industry:Retail", "industry:Mining", "region:Asia", "stage:Proposal", "language:en"]
    verdicts: tuple[Verdict, ...] = ("helps", "hurts", "no_clear_effect", "not_enough")
    stage.keep(
        "run",
        *(
            replace(
                EFFECT,
                asset_id=one,
                segment=segment,
                logit=chance.gauss(0, 0.5),
                deals=chance.randrange(500),
                verdict=chance.choice(verdicts),
            )
            for one in ids
            for segment in segments
            if chance.random() < 0.7
        ),
        habits=habits,
    )
    asked = [*ids, "never"]

    effects = stage.lessons.effects(asked, RETAIL)

    assert stage.lessons.odds(asked, RETAIL) == [
        effects[one].logit if one in effects else 0.0 for one in asked
    ]
    assert len({*stage.opened().odds(asked, RETAIL)}) > 20


def test_odds_that_cannot_be_read_are_none_and_ops_hear_of_it(
    stage: Stage, habits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.keep("run", EFFECT, habits=habits)
    assert stage.lessons.model == "run"
    monkeypatch.setattr(stage.evidence, "logits", _fails)

    assert stage.lessons.odds(["deck"], RETAIL) == [0.0]
    assert len(stage.alerts) == 1


def _fails(*_: object) -> None:
    raise OSError("gone")
