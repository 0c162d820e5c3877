"""Suggestions shown by lot: does the experimental estimate cover the truth as often as it says?"""

from dataclasses import replace

import numpy as np

from bench.figures import Figure, Options, Promise
from bench.recommend.artefact import artefact
from enablement.evidence.offpolicy import value
from enablement.evidence.study import Floats, Study
from enablement.evidence.trials import trials, trials_of_use
from enablement.model import Interval

ASSETS, QUICK_ASSETS = 2_000, 400
SIZES, QUICK_SIZES = (40, 50, 200, 1_000), (50, 400)
# What use adds to the chance to win, and showing to the chance of use.
BY_USE, UPTAKE, USED_ANYWAY = 0.2, 0.5, 0.1
WORLDS, QUICK_WORLDS = 400, 100
LOTS = 600
NOMINAL, ALLOWED = 0.9, 0.02


def drawn(seed: int, *, assets: int, deals: int) -> Study:
    """Draw for each asset lots for as many deals, each a deal of its own; better deals are shown more often."""
    chance = np.random.default_rng([seed, deals])
    count = assets * deals
    quality = chance.standard_normal(count)
    shown_with = np.clip(0.5 + 0.15 * quality, 0.15, 0.85)
    shown = chance.random(count) < shown_with
    used = chance.random(count) < USED_ANYWAY + UPTAKE * shown
    won = chance.random(count) < np.clip(0.3 + 0.08 * quality, 0, 0.75) + BY_USE * used
    empty = artefact(deals=1, stages=1, share=0.0, seed=0)
    row = np.arange(count)
    return replace(
        empty,
        deals=np.array([f"deal{one:08}" for one in row]),
        accounts=np.full(count, ""),
        begun=np.zeros(count),
        ended=np.full(count, 100.0),
        won=won,
        stay_deal=row,
        stay_stage=np.zeros(count, np.int64),
        stay_from=np.zeros(count),
        assets=np.array([f"asset{one:06}" for one in range(assets)]),
        use_deal=row[used],
        use_asset=row[used] // deals,
        use_at=np.full(int(used.sum()), 20.0),
        lot_deal=row,
        lot_asset=row // deals,
        lot_shown=shown,
        lot_chance=shown_with,
        lot_at=np.full(count, 10.0),
    )


def covers(found: dict[str, tuple[Interval, int]], truth: float) -> float:
    """Return how large a part of the intervals holds the truth."""
    return float(np.mean([one.low <= truth <= one.high for one, _ in found.values()]))


def other_rankings(worlds: int, *, seed: int) -> Floats:
    """Return how large a part of the intervals holds the true value of always showing, by each estimator."""
    hits = []
    for world in range(worlds):
        study = drawn(seed + world, assets=1, deals=LOTS)
        worth = value(study, np.ones(LOTS), reward="used", seed=world)
        assert worth is not None
        truth = USED_ANYWAY + UPTAKE
        told = (worth.ips, worth.normalised, worth.doubly_robust)
        hits.append([one.low <= truth <= one.high for one in told])
    parts: Floats = np.array(hits, float).mean(axis=0)
    return parts


def run(options: Options) -> list[Figure]:
    """Measure coverage at several numbers of deals for each asset, and that of other rankings' values."""
    figures = []
    for deals in QUICK_SIZES if options.quick else SIZES:
        options.say(f"Suggestions by lot, {deals} deals for each asset…")
        # As many deals in all, whatever their number for each asset.
        assets = (QUICK_ASSETS if options.quick else ASSETS) // (1 if deals < 400 else 2)
        study = drawn(1, assets=assets, deals=deals)
        as_drawn = covers(trials(study), BY_USE * UPTAKE)
        by_use = covers(trials_of_use(study), BY_USE)
        figures += _nominal(f"90 % intervals that hold what showing does, {deals} deals", as_drawn)
        figures.append(Figure(f"90 % intervals that hold what use does, {deals} deals", "", by_use))
    options.say("The value of another ranking from the lots of this one…")
    worlds = QUICK_WORLDS if options.quick else WORLDS
    names = ("inverse propensity", "self-normalised", "doubly robust")
    for name, part in zip(names, other_rankings(worlds, seed=5), strict=True):
        figures.append(Figure(f"90 % intervals that hold another ranking's value, {name}", "", float(part)))
    return figures


def _nominal(name: str, part: float) -> list[Figure]:
    return [
        Figure(name, "", part, promise=Promise(NOMINAL - ALLOWED, "least")),
        Figure(f"{name} (from above)", "", part, promise=Promise(NOMINAL + ALLOWED)),
    ]
