"""Draw how a deal went through the stages: when, with what amount, and how it ended."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.world.company import DOCKWRIGHT, KORVANE, PALLETARY
from sandbox.world.model import Account, StageChange
from sandbox.world.stages import LOST, OPEN_STAGES, WON

HISTORY_DAYS = 546  # eighteen months
# More than a week, so that two changes never fall into one calendar week (weekends move to their Friday).
_SHORTEST_STAGE_DAYS = 9
_LONGEST_STAGE_DAYS = 75
_OPEN_STAGE_WEIGHTS = (12, 22, 28, 22, 16)
LOST_FROM_WEIGHTS = (10, 22, 26, 24, 18)
_COMPETITOR_EFFECT = {PALLETARY: -0.55, KORVANE: -0.25, DOCKWRIGHT: 0.1}


@dataclass(frozen=True)
class Circumstances:
    """What decides how a deal goes."""

    account: Account
    is_renewal: bool
    competitors: tuple[str, ...]
    amount: int
    today: date


def draw_closed(rng: Random, deal: Circumstances) -> tuple[StageChange, ...]:
    """Draw the history of a deal that was won or lost within the last eighteen months."""
    won = rng.random() < chance_to_win(deal)
    last = len(OPEN_STAGES) if won else rng.choices(range(1, 6), weights=LOST_FROM_WEIGHTS)[0]
    return closed_after(rng, deal, [*drop_skipped(rng, list(OPEN_STAGES[:last])), WON if won else LOST])


def closed_after(rng: Random, deal: Circumstances, stages: list[str]) -> tuple[StageChange, ...]:
    """Draw when a deal went through these stages, the last of them within the last eighteen months."""
    lengths = [_stage_days(rng, deal) for _ in stages[1:]]
    closed = deal.today - timedelta(days=rng.randint(1, HISTORY_DAYS - sum(lengths) - 3))
    return _changes(rng, deal, stages, _dates_back(closed, lengths))


def draw_open(rng: Random, deal: Circumstances) -> tuple[StageChange, ...]:
    """Draw the history of a deal that is still open today."""
    reached = rng.choices(range(1, 6), weights=_OPEN_STAGE_WEIGHTS)[0]
    stages = drop_skipped(rng, list(OPEN_STAGES[:reached]))
    lengths = [_stage_days(rng, deal) for _ in stages[1:]]
    entered = deal.today - timedelta(days=rng.randint(1, 45))
    return _changes(rng, deal, stages, _dates_back(entered, lengths))


def chance_to_win(deal: Circumstances) -> float:
    """Return how likely a deal is won that gets no help from content, 0 to 1."""
    score = -0.6 + (2.4 if deal.is_renewal else 0.0)
    score += sum(_COMPETITOR_EFFECT[competitor] for competitor in deal.competitors)
    score += 0.3 if deal.account.industry in ("Manufacturing", "Food & Beverage") else -0.1
    score -= 0.35 if deal.account.employees >= 1_000 else 0.0
    return 1 / (1 + math.exp(-score))


def drop_skipped(rng: Random, stages: list[str]) -> list[str]:
    """Leave out a stage now and then, as reps do; never the last one reached."""
    return [stage for stage in stages[:-1] if rng.random() > 0.15] + stages[-1:]


def _stage_days(rng: Random, deal: Circumstances) -> int:
    pace = 1.3 if deal.account.employees >= 1_000 else 1.0
    pace *= 0.6 if deal.is_renewal else 1.0
    drawn = _SHORTEST_STAGE_DAYS + rng.gammavariate(2.0, 8.0) * pace
    return min(int(drawn), _LONGEST_STAGE_DAYS)


def _dates_back(last: date, lengths: list[int]) -> list[date]:
    dates = [last]
    for days in reversed(lengths):
        dates.insert(0, dates[0] - timedelta(days=days))
    return dates


def _changes(
    rng: Random, deal: Circumstances, stages: list[str], dates: list[date]
) -> tuple[StageChange, ...]:
    amount = deal.amount
    expected = dates[0] + timedelta(days=rng.randint(60, 170))
    changes = []
    for stage, day in zip(stages, dates, strict=True):
        if stage == OPEN_STAGES[3]:
            amount = max(2_000, int(amount * rng.uniform(0.8, 1.25) / 500) * 500)
        if expected <= day:
            expected = day + timedelta(days=rng.randint(14, 70))
        at = _working_moment(rng, day)
        changes.append(StageChange(at, stage, amount, at.date() if stage in (WON, LOST) else expected))
    return tuple(changes)


def _working_moment(rng: Random, day: date) -> datetime:
    weekday = day - timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(weekday, time(rng.randint(7, 16), rng.randint(0, 59)), tzinfo=UTC)
