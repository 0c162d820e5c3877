"""What was learned, as lists of suggestions need it: of the run in use, and never in the way of who asks."""

import logging
import threading
from collections.abc import Callable, Collection as Some, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from enablement.evidence.habits import Habits, read
from enablement.facets import deal_segments
from enablement.model import Deal, Effect, Habit, Run
from enablement.ports import HABITS, Evidence

T = TypeVar("T")
log = logging.getLogger(__name__)
LOOK_EVERY_S = 5.0
# The effects of so many assets are held: some 100 MB where each has ten segments.
MOST_ASSETS = 20_000
# What earlier runs are tried where the one in use cannot be read.
RUNS_TRIED = 7
TROUBLE = "evidence"


@dataclass(frozen=True)
class _Held:
    """What is in memory of one run."""

    run_id: str = ""
    habits: Habits | None = None
    # By asset and segment.
    effects: dict[str, dict[str, Effect]] = field(default_factory=dict)
    logits: dict[str, dict[str, float]] = field(default_factory=dict)


class LearnedLessons:
    """The lessons of the run in use, or of the one before where that cannot be read; ops hear of it.

    Safe to call from any thread.
    """

    def __init__(
        self,
        evidence: Evidence,
        *,
        alert: Callable[[str, str, str], None],
        mended: Callable[[str, str], None] = lambda *_: None,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._evidence = evidence
        self._alert = alert
        self._mended = mended
        self._seconds = seconds
        self._looking, self._lock = threading.Lock(), threading.Lock()
        self._look_at = 0.0
        self._held = _Held()
        # In use, but not to be read.
        self._broken = ""

    @property
    def model(self) -> str:
        return self._now().run_id

    def follow(self) -> None:
        with self._looking:
            self._look()

    def effects(self, asset_ids: Some[str], deal: Deal) -> Mapping[str, Effect]:
        held = self._now()
        if not held.run_id:
            return {}
        try:
            found = self._effects(held, set(asset_ids))
        except Exception as error:
            # Whatever it is, who asks gets a list by the stated weights; ops hear of it.
            self._trouble(held.run_id, error)
            return {}
        segments = sorted(_segments(deal))
        chosen = {asset_id: most_telling(some, segments) for asset_id, some in found.items()}
        return {asset_id: effect for asset_id, effect in chosen.items() if effect}

    def odds(self, asset_ids: Sequence[str], deal: Deal) -> Sequence[float]:
        held = self._now()
        nothing = [0.0] * len(asset_ids)
        if not held.run_id:
            return nothing
        try:
            found = self._logits(held, set(asset_ids))
        except Exception as error:
            # As in `effects`.
            self._trouble(held.run_id, error)
            return nothing
        segments = sorted(_segments(deal))
        odds = [_logit(found[one], segments) for one in asset_ids]
        # What was found in segments alone is told by the one where most deals tell of it.
        apart = [one for one, logit in zip(asset_ids, odds, strict=True) if logit is None]
        effects = self.effects(apart, deal) if apart else {}
        return [
            logit if logit is not None else effects[one].logit if one in effects else 0.0
            for one, logit in zip(asset_ids, odds, strict=True)
        ]

    def habits(self, deal: Deal, used: Some[str]) -> Mapping[str, Habit]:
        habits = self._now().habits
        return habits.of(deal_segments(deal), used) if habits else {}

    def _now(self) -> _Held:
        # Who comes while another looks goes on with what there is, unless there is nothing yet.
        if self._seconds() >= self._look_at and self._looking.acquire(blocking=not self._look_at):
            try:
                if self._seconds() >= self._look_at:
                    self._look()
            finally:
                self._looking.release()
        return self._held

    def _look(self) -> None:
        try:
            run = self._evidence.current()
            if run is None:
                self._held = _Held()
            elif run.id not in (self._held.run_id, self._broken):
                self._held = next(self._readable(run), _Held())
        except Exception as error:
            # A database that is away for a moment: what is held stays.
            log.warning("what is in use of what was learned could not be looked up: %s", type(error).__name__)
        self._look_at = self._seconds() + LOOK_EVERY_S

    def _readable(self, run: Run) -> Iterator[_Held]:
        """Yield what can be read: the run in use first, then those that were, the newest first."""
        earlier = [one for one in self._evidence.runs(limit=RUNS_TRIED) if one.state == "retired"]
        for one in (run, *earlier):
            try:
                held = _Held(one.id, read(self._evidence.saved(one.id, HABITS) or b""))
            except Exception as error:
                # What is damaged can fail in any way; the run before serves meanwhile.
                self._broken = run.id
                self._trouble(one.id, error)
                continue
            if one is run:
                self._mended(TROUBLE, "lessons")
            yield held

    def _effects(self, held: _Held, asset_ids: set[str]) -> dict[str, dict[str, Effect]]:
        def looked_up(missing: set[str]) -> dict[str, dict[str, Effect]]:
            found: dict[str, dict[str, Effect]] = {one: {} for one in missing}
            for effect in self._evidence.effects(held.run_id, assets=missing, on="winning"):
                found[effect.asset_id][effect.segment] = effect
            return found

        return self._remembered(held.effects, asset_ids, looked_up)

    def _logits(self, held: _Held, asset_ids: set[str]) -> dict[str, dict[str, float]]:
        def looked_up(missing: set[str]) -> dict[str, dict[str, float]]:
            found: dict[str, dict[str, float]] = {one: {} for one in missing}
            for asset_id, segment, logit in self._evidence.logits(held.run_id, missing):
                found[asset_id][segment] = logit
            return found

        return self._remembered(held.logits, asset_ids, looked_up)

    def _remembered(
        self, known: dict[str, T], asset_ids: set[str], look_up: Callable[[set[str]], dict[str, T]]
    ) -> dict[str, T]:
        """Return what is known of assets and look up the rest; that nothing was found is remembered too."""
        with self._lock:
            found = {one: known[one] for one in asset_ids if one in known}
        if missing := asset_ids - found.keys():
            new = look_up(missing)
            with self._lock:
                if len(known) + len(new) > MOST_ASSETS:
                    known.clear()
                known.update(new)
            found |= new
        return found

    def _trouble(self, run_id: str, error: Exception) -> None:
        log.warning("what run %s found could not be read: %s", run_id[:10], type(error).__name__)
        summary = f"What was learned from deals (run {run_id[:10]}) cannot be read: {type(error).__name__}"
        self._alert(TROUBLE, "lessons", summary)


def _segments(deal: Deal) -> set[str]:
    return {f"{name}:{value}" for name, value in deal_segments(deal).items()}


def _logit(logits: Mapping[str, float], segments: Sequence[str]) -> float | None:
    """Return an asset's log odds in a deal of these sorted segments, as `most_telling` makes them.

    0 where there are none, None where there are in segments alone.
    """
    in_all = logits.get("")
    if in_all is None:
        return None if logits else 0.0
    apart = 0.0
    for one in segments:
        if one in logits:
            apart += logits[one] - in_all
    return in_all + apart


def most_telling(effects: Mapping[str, Effect], segments: Sequence[str]) -> Effect | None:
    """Return the effect in that of these sorted segments where most deals tell of it; where none does, in all deals.

    Its log odds are what all of the deal's segments make of the asset's own together: they were fitted so.
    """
    here = [effects[one] for one in segments if one in effects]
    in_all = effects.get("")
    telling = [one for one in here if one.verdict != "not_enough"]
    chosen = max(telling, key=lambda one: (one.deals, one.segment), default=in_all)
    if chosen is None or in_all is None or not here:
        return chosen
    apart = sum(one.logit - in_all.logit for one in here)
    # As `replace` does, which asks each field what it is: half a million times in a night.
    return Effect(**{**vars(chosen), "logit": in_all.logit + apart})
