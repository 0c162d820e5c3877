"""The artefact of “used in won deals”: an asset that does nothing, shared in every stage a deal reaches."""

from dataclasses import dataclass

import numpy as np

from bench.figures import Figure, Options, Promise
from enablement.evidence.study import Study
from enablement.evidence.winning import winning

DEALS, QUICK_DEALS = 200_000, 20_000
WON = 0.25
# Stages, and the chance to share in each: first that which is usually told.
CASES, QUICK_CASES = ((5, 0.3), (3, 0.3), (8, 0.3), (5, 0.1), (5, 0.6)), ((5, 0.3), (3, 0.1))
_DAY = 10.0


@dataclass(frozen=True)
class Shown:
    """The win rate of deals that used the asset against that of those that did not: naive, and with our effect."""

    naive: float
    ours: float
    verdict: str


def artefact(*, deals: int, stages: int, share: float, seed: int) -> Study:
    """Let deals go through stages, a quarter to a win; in each some share an asset that does nothing."""
    chance = np.random.default_rng([seed, stages, int(100 * share)])
    on = chance.random((deals, stages)) < WON ** (1 / stages)
    reached = np.minimum(1 + np.cumprod(on, axis=1).sum(axis=1), stages)
    won = on.all(axis=1)
    stay_deal, stay_stage = np.nonzero(np.arange(stages) < reached[:, None])
    shared = chance.random(stay_deal.size) < share
    use_deal = stay_deal[shared]
    none = np.empty(0, np.int64)
    return Study(
        deals=np.array([f"deal{row:07}" for row in range(deals)]),
        accounts=np.full(deals, ""),
        facts={},
        segments={},
        begun=np.zeros(deals),
        ended=_DAY * reached.astype(np.float64),
        won=won,
        stages=tuple(f"Stage {stage + 1}" for stage in range(stages)),
        stay_deal=stay_deal,
        stay_stage=stay_stage,
        stay_from=_DAY * stay_stage.astype(np.float64),
        assets=np.array(["shared"]),
        use_deal=use_deal,
        use_asset=np.zeros(use_deal.size, np.int64),
        use_at=(stay_stage[shared] + chance.random(use_deal.size)) * _DAY,
        lot_deal=none,
        lot_asset=none,
        lot_shown=none.astype(bool),
        lot_chance=np.empty(0),
        lot_at=np.empty(0),
    )


def told(study: Study, *, seed: int) -> Shown:
    """Return how many times likelier a win looks with the asset: 1 is the truth."""
    used = np.zeros(study.deals.size, bool)
    used[study.use_deal] = True
    with_it = float(study.won[used].mean())
    [effect] = [one for one in winning(study, seed=seed) if not one.segment]
    return Shown(
        with_it / float(study.won[~used].mean()),
        with_it / (with_it - effect.interval.estimate),
        effect.verdict,
    )


def run(options: Options) -> list[Figure]:
    """Measure for several numbers of stages and shares."""
    figures = []
    for stages, share in QUICK_CASES if options.quick else CASES:
        options.say(f"An asset without effect, shared with chance {share} in each of {stages} stages…")
        found = told(
            artefact(deals=QUICK_DEALS if options.quick else DEALS, stages=stages, share=share, seed=1),
            seed=1,
        )
        name = f"win rate with a useless asset to that without: {stages} stages, shared {share:.0%} in each"
        figures += [
            Figure(name, "×", found.ours, found.naive, promise=Promise(0.95, "least")),
            Figure(f"{name} (from above)", "×", found.ours, found.naive, promise=Promise(1.05)),
        ]
    return figures
