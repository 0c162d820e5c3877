"""What is kept of what was learned from deals."""

from collections.abc import Collection as Some, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from enablement.model import Deal, Effect, EffectOn, Lot, Run, Stage, StageHop, Touch


@dataclass(frozen=True)
class History:
    """All that is learned from, streamed: each row once, in any order; what was taken back is left out."""

    deals: Iterable[Deal]
    hops: Iterable[StageHop]
    stages: Sequence[Stage]
    # Kinds shared, presented and opened_by_buyer; an asset id of a copy is that of its original.
    uses: Iterable[Touch]
    lots: Iterable[Lot]


class Evidence(Protocol):
    """Runs of learning, the effects they found, and the lots that were drawn."""

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
        """Keep what a run found. If it is in use, the one that was in use retires, in the same transaction."""

    def use(self, run_id: str) -> None:
        """Put an earlier run to use again; the one in use retires."""

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

    def draw(self, lots: Sequence[Lot], *, now: datetime) -> None:
        """Keep lots; a known id is left as it is."""

    def forget_old(self, *, keep: int) -> int:
        """Drop effects and saved parts of all but the newest `keep` runs and the one in use; return how many runs."""


class Lessons(Protocol):
    """What was learned, as a list of suggestions needs it: in memory, of the run in use, followed by its id."""

    @property
    def model(self) -> str:
        """Return which run this is; empty while nothing was learned."""

    def effects(self, asset_ids: Some[str], deal: Deal) -> Mapping[str, Effect]:
        """Return for each asset its effect on winning: in this deal's segment that knows most, else in all deals."""

    def habits(self, deal: Deal, used: Some[str]) -> Mapping[str, float]:
        """Return how likely (0..1) deals like this one use each asset, given what it has used; at most 200 assets."""
