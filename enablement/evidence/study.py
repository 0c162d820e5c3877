"""What estimates are made from: deals, their stages, and the use of content in them, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

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
