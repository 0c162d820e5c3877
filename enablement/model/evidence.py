"""What content does to deals: effects with their intervals, how they were learned, and lots that were drawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["helps", "no_clear_effect", "hurts", "not_enough"]
# What an effect is on: winning, or how fast deals move on.
EffectOn = Literal["winning", "speed"]
RunState = Literal["learning", "in_use", "refused", "retired", "failed"]


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its 90 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Plain:
    """Plain counts of closed deals that reached `stage`: of the won and the lost, how many used the asset by then."""

    stage: str
    used_won: int
    won: int
    used_lost: int
    lost: int


@dataclass(frozen=True)
class Effect:
    """What one asset (copies count for their original) does to the deals that use it, in all or in a segment.

    On winning: the change of the chance to win, -1..1, 0 is none. On speed: the ratio of the weekly rate at which
    deals move on, above 0, 1 is none. `segment` is empty for all deals, else dimension and value: "industry:Retail".
    `deals` is how many deals with use it comes from. `logit` is the effect as the model holds it, with its standard
    error: log odds for winning, log rate for speed. `hidden` is how strong something unseen would have to be to
    overturn the verdict: the odds ratio (for speed: rate ratio) that it must have both with use and with the outcome,
    at least 1; None where there is no verdict to overturn. `trial` is the estimate from suggestions that were shown
    or not by lot.
    """

    asset_id: str
    on: EffectOn
    segment: str
    interval: Interval
    verdict: Verdict
    deals: int
    logit: float
    logit_error: float
    plain: Plain | None = None
    hidden: float | None = None
    trial: Interval | None = None
    trial_deals: int = 0


@dataclass(frozen=True)
class Habit:
    """How likely (0..1) a deal like this one uses an asset, and that `used` of the `deals` of one segment did.

    `segment` as in `Effect`: the one of the deal's that speaks most for the asset; empty for all deals.
    """

    likely: float
    used: int
    deals: int
    segment: str


@dataclass(frozen=True)
class RunCheck:
    """Something that a run must keep before what it learned is used: what was measured, and its bound."""

    name: str
    measured: float
    bound: float
    passed: bool


@dataclass(frozen=True)
class Run:
    """One round of learning from deals and the use of content in them. Progress is 0..1, `step` says what is done now.

    `made_from` is one for the same deals, uses and program: a run over the same learns the same.
    """

    id: str
    state: RunState
    begun_at: datetime
    ended_at: datetime | None
    step: str
    progress: float
    deals: int
    uses: int
    made_from: str
    checks: tuple[RunCheck, ...] = ()
    # Why it is not in use, for ops.
    trouble: str = ""


@dataclass(frozen=True)
class Lot:
    """That by lot an asset was shown for a deal, or was not though it might have been: the base of a fair comparison.

    `chance` (0..1) is how likely it was to be shown, before the lot was drawn. One lot for one deal, list and asset.
    """

    id: str
    deal_id: str
    asset_id: str
    shown: bool
    chance: float
    model: str
    drawn_at: datetime
