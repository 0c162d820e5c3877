"""A round of learning: begun anew or gone on with, checked, and put to use or refused."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np

from enablement.evidence.study import Study
from enablement.learning.history import study_of
from enablement.learning.packed import digest, packed, unpacked
from enablement.model import Effect, Run, RunCheck, key
from enablement.ports import HABITS, Clock, Evidence, History

# The lease of who learns: one at a time.
LEARNING = "learning"
# With fewer closed deals there is nothing to say of any asset.
LEAST_DEALS = 30
# What was begun longer ago would learn from what is old by now.
GOES_ON_WITHIN = timedelta(days=1)
# Of so many runs effects are kept, to go back to.
KEPT = 7
SEED = 0
_STUDY = "study"
_LONGEST_TROUBLE = 500


class Learned(Protocol):
    """What is learned from a study; `habits` is what deals like one use, as bytes."""

    @property
    def effects(self) -> Sequence[Effect]: ...
    @property
    def checks(self) -> tuple[RunCheck, ...]: ...
    @property
    def habits(self) -> bytes: ...


class Learn(Protocol):
    """Learns from a study; says each step and how far all is (0..1), keeps and takes up again what steps found."""

    def __call__(
        self,
        study: Study,
        *,
        seed: int,
        on_step: Callable[[str, float], None],
        saved: Callable[[str], bytes | None],
        save: Callable[[str, bytes], None],
    ) -> Learned: ...


def learn_round(evidence: Evidence, *, clock: Clock, learn: Learn | None = None) -> Run | None:
    """Learn from what there is now, or go on with what was begun; return the run, None with too little to learn from.

    What was learned before from just the same is returned as it is. What fails its checks is refused, and what is in
    use stays in use. Raises what learning raises; the run is then failed.
    """
    study, run = _taken_up(evidence, now=clock()) or _begun(evidence, now=clock())
    if run is None or run.state != "learning":
        return run

    def on_step(step: str, progress: float) -> None:
        evidence.note(replace(run, step=step, progress=progress))

    def saved(part: str) -> bytes | None:
        return evidence.saved(run.id, part)

    def save(part: str, data: bytes) -> None:
        evidence.save(run.id, part, data)

    try:
        found = (learn or _learn())(study, seed=SEED, on_step=on_step, saved=saved, save=save)
        save(HABITS, found.habits)
        ended = _judged(run, found.checks, now=clock())
        evidence.finish(ended, found.effects)
    except Exception as error:
        # Whatever it was, the run must not seem to be still learning.
        failure = replace(run, state="failed", ended_at=clock(), trouble=_said(error))
        evidence.finish(failure, ())
        raise
    evidence.forget_old(keep=KEPT)
    return ended


def estimates(
    history: History, *, on_step: Callable[[str, float], None], learn: Learn | None = None
) -> Learned | None:
    """Return what is learned from a history, without keeping anything; None with too little to learn from."""
    study = study_of(history)
    if not _is_enough(study):
        return None
    return (learn or _learn())(study, seed=SEED, on_step=on_step, saved=lambda _: None, save=lambda *_: None)


def _is_enough(study: Study) -> bool:
    return _closed(study) >= LEAST_DEALS and len(study.use_deal) > 0


def _closed(study: Study) -> int:
    return int(np.count_nonzero(~np.isnan(study.ended)))


def _learn() -> Learn:
    # It brings scipy and scikit-learn along: half a second and 100 MB for those alone who learn.
    from enablement.evidence.learn import learn

    return learn


def _taken_up(evidence: Evidence, *, now: datetime) -> tuple[Study, Run] | None:
    """Return the run that was broken off, with what it learns from; what cannot be gone on with is failed."""
    for run in evidence.runs(limit=KEPT):
        if run.state != "learning":
            continue
        data = evidence.saved(run.id, _STUDY)
        if data and now - run.begun_at < GOES_ON_WITHIN and run.made_from.endswith(_program()):
            return unpacked(data), run
        trouble = "it was broken off, and too long ago to go on with"
        evidence.finish(replace(run, state="failed", ended_at=now, trouble=trouble), ())
    return None


def _begun(evidence: Evidence, *, now: datetime) -> tuple[Study, Run | None]:
    study = study_of(evidence.history())
    if not _is_enough(study):
        return study, None
    made_from = f"{digest(study)} {_program()}"
    same = (run for run in evidence.runs(limit=KEPT) if run.made_from == made_from and run.state != "failed")
    if run := next(same, None):
        return study, run
    run = Run(
        id=key("run", made_from, now.isoformat()),
        state="learning",
        begun_at=now,
        ended_at=None,
        step="reading",
        progress=0.0,
        deals=_closed(study),
        uses=len(study.use_deal),
        made_from=made_from,
    )
    evidence.save(run.id, _STUDY, packed(study))
    evidence.begin(run)
    return study, run


def _judged(run: Run, checks: tuple[RunCheck, ...], *, now: datetime) -> Run:
    failed = [check for check in checks if not check.passed]
    said = "; ".join(f"{one.name}: {one.measured:.4g} instead of {one.bound:.4g}" for one in failed)
    return replace(
        run,
        state="refused" if failed else "in_use",
        ended_at=now,
        step="",
        progress=1.0,
        checks=checks,
        trouble=said[:_LONGEST_TROUBLE],
    )


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there was not enough memory"
    return f"{type(error).__name__}: {error}"[:_LONGEST_TROUBLE]


@cache
def _program() -> str:
    """Return what is one for the same program: what learns, and the libraries that it learns with."""
    told = hashlib.sha256()
    for path in sorted((Path(__file__).parents[1] / "evidence").glob("*.py")):
        told.update(path.read_bytes())
    for name in ("numpy", "scipy", "scikit-learn"):
        told.update(version(name).encode())
    return told.hexdigest()[:20]
