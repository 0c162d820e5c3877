"""A made-up history of deals as large as asked: who learns from it must bear its size, not find anything in it."""

import numpy as np

from bench.library import INDUSTRIES, REGIONS
from enablement.evidence.study import Study

STAGES = ("Discovery", "Scoping", "Proposal", "Negotiation")
SIZES = ("small", "mid", "enterprise")
# How many weeks a deal stays in a stage on average, and how likely it is lost there.
WEEKS, LOST = 3.0, 0.25
_FROM = 19_000.0


def history(uses: int, *, deals: int, assets: int, seed: int) -> Study:
    """Return so many uses: an open deal uses something at the same rate every day, however long it will last."""
    chance = np.random.default_rng([seed, 31])
    stays = chance.exponential(7 * WEEKS, (deals, len(STAGES)))
    # In which stage it is lost; past the last one it is won.
    last = np.minimum(chance.geometric(LOST, deals) - 1, len(STAGES))
    there = np.arange(len(STAGES)) <= last[:, None]
    begun = _FROM + chance.uniform(0, 1000, deals)
    arrived = begun[:, None] + np.cumsum(stays, axis=1) - stays
    ended = begun + (stays * there).sum(axis=1)
    deal = np.sort(chance.choice(deals, uses, p=(ended - begun) / (ended - begun).sum()))
    popular = chance.pareto(1.5, assets) + 0.1
    stay_deal, stay_stage = np.nonzero(there)
    nothing = np.zeros(0, np.int64)
    segments = {
        "industry": chance.choice(np.array(INDUSTRIES), deals),
        "region": chance.choice(np.array(REGIONS), deals),
        "size": chance.choice(np.array(SIZES), deals),
    }
    return Study(
        deals=np.array([f"d{number:07d}" for number in range(deals)]),
        accounts=np.full(deals, ""),
        facts={**segments, "amount": chance.random(deals)},
        segments=segments,
        begun=begun,
        ended=ended,
        won=last == len(STAGES),
        stages=STAGES,
        stay_deal=stay_deal,
        stay_stage=stay_stage,
        stay_from=arrived[there],
        assets=np.array([f"a{number:06d}" for number in range(assets)]),
        use_deal=deal,
        use_asset=chance.choice(assets, uses, p=popular / popular.sum()),
        use_at=begun[deal] + chance.random(uses) * (ended - begun)[deal],
        lot_deal=nothing,
        lot_asset=nothing,
        lot_shown=nothing.astype(bool),
        lot_chance=np.zeros(0),
        lot_at=np.zeros(0),
    )
