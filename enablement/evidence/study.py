"""What estimates are made from: deals, their stages, and the use of content in them, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]


@dataclass(frozen=True)
class Study:
    """Deals as rows of columns; stays, uses and lots name deals and assets by their row.

    Times are days since 1970 (UTC), nan where there is none. The order of rows means nothing: ids do.
    `facts` and `segments` hold a column of n values each: words ("" is unknown) or numbers (nan is unknown). Facts are
    what was known when the deal began; segments are those facts that effects are told by.
    """

    deals: Words
    # Deals of one account are not independent of each other; "" where it is unknown.
    accounts: Words
    facts: Mapping[str, Words | Floats]
    segments: Mapping[str, Words]
    begun: Floats
    # nan: still open.
    ended: Floats
    won: Flags
    # The open stages in their order.
    stages: tuple[str, ...]
    # One row for each stay of a deal in an open stage (position in `stages`), from when it came there.
    stay_deal: Ints
    stay_stage: Ints
    stay_from: Floats
    assets: Words
    use_deal: Ints
    use_asset: Ints
    use_at: Floats
    lot_deal: Ints
    lot_asset: Ints
    lot_shown: Flags
    lot_chance: Floats
    lot_at: Floats


def in_order(study: Study) -> Study:
    """Return the study with all rows ordered by ids, so that the same data gives the same result.

    Raises ValueError where an id is there twice, or a row names a deal, stage or asset that is not there.
    """
    for name, ids in (("deal", study.deals), ("asset", study.assets)):
        known, count = np.unique(ids, return_counts=True)
        if known.size != ids.size:
            raise ValueError(f"the {name} {known[count > 1][0]} is there twice: each needs an id of its own")
    _check_places(study)
    deals, assets = np.argsort(study.deals), np.argsort(study.assets)
    deal, asset = np.argsort(deals), np.argsort(assets)
    stays = np.lexsort((study.stay_stage, study.stay_from, deal[study.stay_deal]))
    uses = np.lexsort((study.use_at, asset[study.use_asset], deal[study.use_deal]))
    lots = np.lexsort(
        (study.lot_shown, study.lot_chance, study.lot_at, asset[study.lot_asset], deal[study.lot_deal])
    )
    return replace(
        study,
        deals=study.deals[deals],
        accounts=study.accounts[deals],
        facts={name: study.facts[name][deals] for name in sorted(study.facts)},
        segments={name: study.segments[name][deals] for name in sorted(study.segments)},
        begun=study.begun[deals],
        ended=study.ended[deals],
        won=study.won[deals],
        stay_deal=deal[study.stay_deal][stays],
        stay_stage=study.stay_stage[stays],
        stay_from=study.stay_from[stays],
        assets=study.assets[assets],
        use_deal=deal[study.use_deal][uses],
        use_asset=asset[study.use_asset][uses],
        use_at=study.use_at[uses],
        lot_deal=deal[study.lot_deal][lots],
        lot_asset=asset[study.lot_asset][lots],
        lot_shown=study.lot_shown[lots],
        lot_chance=study.lot_chance[lots],
        lot_at=study.lot_at[lots],
    )


def _check_places(study: Study) -> None:
    for name, places, size in (
        ("stay_deal", study.stay_deal, study.deals.size),
        ("stay_stage", study.stay_stage, len(study.stages)),
        ("use_deal", study.use_deal, study.deals.size),
        ("use_asset", study.use_asset, study.assets.size),
        ("lot_deal", study.lot_deal, study.deals.size),
        ("lot_asset", study.lot_asset, study.assets.size),
    ):
        if places.size and not 0 <= places.min() <= places.max() < size:
            raise ValueError(f"{name} names rows up to {places.max()}, but there are {size}")
