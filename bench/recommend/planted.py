"""Plant content with known effects into real opportunities: who uses what, what it does, and the truth of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse
from scipy.special import expit

from bench.recommend.data import Floats, Opportunities, Words
from enablement.evidence.study import Flags, Ints, Study

Mechanism = Literal["none", "confounded", "strong", "hidden", "common"]
# How much more the deals use that are likelier to be won: log odds of use for each standard deviation of their chance.
_PULL: dict[Mechanism, float] = {
    "none": 0.0,
    "confounded": 0.8,
    "strong": 1.4,
    "hidden": 0.8,
    "common": 0.8,
}
# Something unseen: its standard deviation in the log odds of use, and of being won.
HIDDEN = 0.5
# Content is made for deals of a size, and size bears on winning: whom an asset is for confounds by itself.
SEGMENT = "size"
_SEGMENTS = {"size": "amount_size", "product": "product", "region": "region"}
_DAY = 20_000.0


@dataclass(frozen=True)
class Planted:
    """A study and the truth of it, assets and deals by their row in the study.

    `points` is the true effect of each asset on the deals that used it: the mean change of their chance to win.
    `segment_points` (assets × bands of size, nan where never used) is that in each of `bands`; `log_odds` (likewise) is
    what was planted, `band` each deal's band, `base` the log odds of each deal to be won without content.
    """

    study: Study
    points: Floats
    segment_points: Floats
    log_odds: Floats
    base: Floats
    bands: Words
    band: Ints
    used: sparse.csr_array

    @property
    def null(self) -> Flags:
        return np.asarray(~self.log_odds.any(axis=1))

    def gain(self, deal: int) -> Floats:
        """Return what each asset would add to this deal's chance to be won, alone."""
        base, effect = self.base[deal], self.log_odds[:, self.band[deal]]
        return np.asarray(expit(base + effect) - expit(base))


def study(deals: Opportunities, *, seed: int, mechanism: Mechanism, assets: int = 300) -> Planted:
    """Plant assets, half of them without any effect, that deals use by segment, by taste and by their chance."""
    chance = np.random.default_rng([seed, 8])
    if mechanism == "common":
        assets = 12
    count = deals.chance.size
    bands, band = np.unique(np.asarray(deals.facts[_SEGMENTS[SEGMENT]], str), return_inverse=True)
    unseen = HIDDEN * chance.standard_normal(count) if mechanism == "hidden" else np.zeros(count)
    used = _who_uses(deals, band, unseen, assets, mechanism, chance)
    log_odds = _effects(assets, bands.size, chance)
    base = deals.chance + unseen
    each = log_odds[used.indices, np.repeat(band, np.diff(used.indptr))]
    deal = np.repeat(np.arange(count), np.diff(used.indptr))
    whole = base + np.bincount(deal, each, minlength=count)
    won = chance.random(count) < expit(whole)
    gained = expit(whole[deal]) - expit(whole[deal] - each)
    by_asset = np.bincount(used.indices, minlength=assets)
    cell = used.indices * bands.size + band[deal]
    by_cell = np.bincount(cell, minlength=assets * bands.size)
    with np.errstate(invalid="ignore"):
        points = np.bincount(used.indices, gained, minlength=assets) / by_asset
        segment_points = np.bincount(cell, gained, minlength=assets * bands.size) / by_cell
    made = _study(deals, won, deal, used.indices.astype(np.int64), assets, chance)
    return Planted(made, points, segment_points.reshape(assets, -1), log_odds, base, bands, band, used)


def _who_uses(
    deals: Opportunities,
    band: Ints,
    unseen: Floats,
    assets: int,
    mechanism: Mechanism,
    chance: np.random.Generator,
) -> sparse.csr_array:
    """Return deals × assets. Popularity is skewed, from about a hundred deals to thousands; taste has three factors."""
    count = deals.chance.size
    share = np.clip(np.exp(chance.normal(np.log(0.0026), 1.1, assets)), 0.0013, 0.1)
    if mechanism == "common":
        share = chance.uniform(0.2, 0.5, assets)
    standard = (deals.chance - deals.chance.mean()) / deals.chance.std()
    fits = chance.normal(0, 0.8, (assets, int(band.max()) + 1))
    loads = chance.normal(0, 0.4, (assets, 3))
    taste = chance.standard_normal((count, 3))
    rows, columns = [], []
    for asset in range(assets):
        score = fits[asset, band] + taste @ loads[asset] + _PULL[mechanism] * standard + unseen
        used = np.flatnonzero(chance.random(count) < expit(score + _level(score, float(share[asset]))))
        rows.append(used)
        columns.append(np.full(used.size, asset))
    at = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.ones(at[0].size), at), shape=(count, assets))


def _level(score: Floats, share: float) -> float:
    """Return the intercept at which this share of deals uses the asset on average."""
    low, high = -30.0, 30.0
    some = score[:: max(score.size // 5_000, 1)]
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(some + middle).mean() < share else (low, middle)
    return low


def _effects(assets: int, bands: int, chance: np.random.Generator) -> Floats:
    """Return assets × bands: log odds, the first half of a random order without effect anywhere."""
    own = chance.normal(0.25, 0.35, assets)
    effects = own[:, None] + chance.normal(0, 0.2, (assets, bands))
    effects[chance.permutation(assets)[: assets // 2]] = 0
    return np.asarray(effects)


def _study(
    deals: Opportunities, won: np.ndarray, deal: Ints, asset: Ints, assets: int, chance: np.random.Generator
) -> Study:
    count = won.size
    begun = _DAY - chance.uniform(200, 1200, count)
    ended = begun + np.exp(chance.normal(np.log(60), 0.6, count)).clip(2, 190)
    none, numbers = np.zeros(0, np.int64), np.zeros(0)
    return Study(
        deals=np.array([f"deal{at:06d}" for at in range(count)]),
        accounts=np.full(count, ""),
        facts=deals.facts,
        segments={name: np.asarray(deals.facts[column], str) for name, column in _SEGMENTS.items()},
        begun=begun,
        ended=ended,
        won=won,
        stages=("Open",),
        stay_deal=np.arange(count),
        stay_stage=np.zeros(count, np.int64),
        stay_from=begun,
        assets=np.array([f"asset{at:04d}" for at in range(assets)]),
        use_deal=deal,
        use_asset=asset,
        use_at=begun[deal] + chance.random(deal.size) * (ended - begun)[deal],
        lot_deal=none,
        lot_asset=none,
        lot_shown=none.astype(bool),
        lot_chance=numbers,
        lot_at=numbers,
    )
