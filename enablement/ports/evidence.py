"""What is kept of what was learned from deals."""

from collections.abc import Collection as Some, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from enablement.model import Deal, Effect, EffectOn, Habit, Lot, Run, Stage, StageHop

# The part of a run that stays when it ends: what deals like one use.
HABITS = "habits"


class Use(NamedTuple):
    """That an asset was used in a deal, from this moment on: shared, presented, or opened by the buyer."""

    deal_id: str
    asset_id: str
    at: datetime


@dataclass(frozen=True)
class History:
    """All that is learned from, streamed: each row once, in any order; what was taken back is left out.

    Can be walked through once. A million uses are rows of plain values, not touches.
    """

    deals: Iterable[Deal]
    hops: Iterable[StageHop]
    stages: Sequence[Stage]
    # The first of each asset in each deal; an asset id of a copy is that of its original.
    uses: Iterable[Use]
    lots: Iterable[Lot]


class NoSuchRun(Exception):
    """There is no such run of learning, or it never was fit for use."""


class Evidence(Protocol):
    """Runs of learning and the effects they found."""

    def history(self) -> History:
        """Return what there is to learn from, read in pages."""

    def begin(self, run: Run) -> None:
        """Keep a new run."""

    def note(self, run: Run) -> None:
        """Keep how a run stands now."""

    def save(self, run_id: str, part: str, data: bytes) -> None:
        """Keep a part of a run's work, so that a killed run goes on from there; and the model that it ends with."""

    def saved(self, run_id: str, part: str) -> bytes | None: ...

    def finish(self, run: Run, effects: Iterable[Effect]) -> None:
        """Keep what a run found, and of its parts HABITS alone.

        If it is in use, the one that was in use retires, in the same transaction.
        """

    def use(self, run_id: str) -> None:
        """Put an earlier run that was in use to use again; the one in use retires. Raises NoSuchRun."""

    def current(self) -> Run | None:
        """Return the run in use."""

    def runs(self, *, limit: int) -> list[Run]:
        """Return the newest runs first."""

    def effects(
        self,
        run_id: str,
        *,
        assets: Some[str] | None = None,
        segments: Some[str] | None = None,
        on: EffectOn | None = None,
    ) -> list[Effect]:
        """Return what a run found, of some assets and segments alone where named, ordered by asset, on, segment."""

    def logits(self, run_id: str, assets: Some[str]) -> Sequence[tuple[str, str, float]]:
        """Return (asset id, segment, logit) of the effects on winning that a run found of these assets."""

    def forget_old(self, *, keep: int) -> int:
        """Drop effects and saved parts of all but the newest `keep` runs and the one in use; return how many runs."""


# How learning goes: on; to its end; to its end without success; elsewhere; or its process was killed.
LearnerSays = Literal["runs", "ended", "failed", "busy", "died"]


class Learner(Protocol):
    """Learns in a process of its own."""

    def go_on(self, *, seconds: float, orders: Some[str] = ()) -> LearnerSays:
        """Begin to learn unless that is so already, wait for so long at most for the end, and say how it stands.

        `orders` are the ids of what is to be answered: what began without one of them is followed by another round.
        """

    def stop(self) -> None:
        """End the process, if one runs: what it saved stays, and the next one goes on from there."""


class Lessons(Protocol):
    """What was learned, as a list of suggestions needs it: in memory, of the run in use, followed by its id.

    What cannot be read counts as not learned: nobody who asks sees an error for it.
    """

    @property
    def model(self) -> str:
        """Return which run this is; empty while nothing was learned."""

    def follow(self) -> None:
        """Look now which run is in use; by itself that is looked at every few seconds."""

    def effects(self, asset_ids: Some[str], deal: Deal) -> Mapping[str, Effect]:
        """Return for each asset its effect on winning: in this deal's segment that knows most, else in all deals.

        Its `logit` is for this deal: what all of its segments make of the asset's own together.
        """

    def odds(self, asset_ids: Sequence[str], deal: Deal) -> Sequence[float]:
        """Return the `logit` of each of these assets' effects for a deal, 0 where there is none: quick for hundreds."""

    def habits(self, deal: Deal, used: Some[str]) -> Mapping[str, Habit]:
        """Return what deals like this one use, given what it has used: the likeliest assets, at most 200."""
