"""Studies written by hand: a test spells out only what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import SupportsFloat

import numpy as np

from enablement.evidence.study import Study

STAGES = ("Discovery", "Proposal")


def study(
    ended: Sequence[float],
    *,
    won: Sequence[bool],
    assets: int = 1,
    stays: Sequence[tuple[SupportsFloat, SupportsFloat, SupportsFloat]] = (),
    uses: Sequence[tuple[SupportsFloat, SupportsFloat, SupportsFloat]] = (),
    lots: Sequence[tuple[int, int, bool, float, float]] = (),
) -> Study:
    """Return deals that begin on day 0 and end as said; stays are (deal, stage, day), uses (deal, asset, day), lots
    (deal, asset, shown, chance, day)."""
    count = len(ended)
    stay = np.array(stays or [(deal, 0, 0.0) for deal in range(count)], float).reshape(-1, 3).T
    use = np.array(uses, float).reshape(-1, 3).T
    lot = np.array(lots, float).reshape(-1, 5).T
    return Study(
        deals=np.array([f"deal{row:06}" for row in range(count)], str),
        accounts=np.full(count, "", "<U1"),
        facts={},
        segments={},
        begun=np.zeros(count),
        ended=np.array(ended, float),
        won=np.array(won, bool),
        stages=STAGES,
        stay_deal=stay[0].astype(np.int64),
        stay_stage=stay[1].astype(np.int64),
        stay_from=stay[2],
        assets=np.array([f"asset{row:04}" for row in range(assets)], str),
        use_deal=use[0].astype(np.int64),
        use_asset=use[1].astype(np.int64),
        use_at=use[2],
        lot_deal=lot[0].astype(np.int64),
        lot_asset=lot[1].astype(np.int64),
        lot_shown=lot[2].astype(bool),
        lot_chance=lot[3],
        lot_at=lot[4],
    )


def shuffled(of: Study, *, seed: int) -> Study:
    """Return the same study with all its rows in another order."""
    chance = np.random.default_rng(seed)
    deals, assets = chance.permutation(of.deals.size), chance.permutation(of.assets.size)
    deal, asset = np.argsort(deals), np.argsort(assets)
    stays, uses, lots = (chance.permutation(one.size) for one in (of.stay_deal, of.use_deal, of.lot_deal))
    return replace(
        of,
        deals=of.deals[deals],
        accounts=of.accounts[deals],
        facts={name: column[deals] for name, column in of.facts.items()},
        segments={name: column[deals] for name, column in of.segments.items()},
        begun=of.begun[deals],
        ended=of.ended[deals],
        won=of.won[deals],
        stay_deal=deal[of.stay_deal][stays],
        stay_stage=of.stay_stage[stays],
        stay_from=of.stay_from[stays],
        assets=of.assets[assets],
        use_deal=deal[of.use_deal][uses],
        use_asset=asset[of.use_asset][uses],
        use_at=of.use_at[uses],
        lot_deal=deal[of.lot_deal][lots],
        lot_asset=asset[of.lot_asset][lots],
        lot_shown=of.lot_shown[lots],
        lot_chance=of.lot_chance[lots],
        lot_at=of.lot_at[lots],
    )
