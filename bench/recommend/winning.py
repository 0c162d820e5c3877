"""Effects on winning against planted truth: coverage, false alarms, error beside others'; and where nothing is."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench.figures import BenchFailed, Figure, Options, Promise
from bench.recommend import data, planted
from bench.recommend.data import Floats
from bench.recommend.planted import Mechanism, Planted
from enablement.evidence.expected import expect
from enablement.evidence.study import Study, in_order
from enablement.evidence.winning import winning

_CONFOUNDED: tuple[Mechanism, ...] = ("confounded", "strong")
_MECHANISMS: tuple[Mechanism, ...] = ("none", *_CONFOUNDED, "hidden", "common")
# The planted unseen thing as an odds ratio: of its upper to its lower half, one standard deviation to each side.
_STRENGTH = float(np.exp(2 * planted.HIDDEN))


@dataclass(frozen=True)
class Task:
    folder: Path
    seed: int
    mechanism: Mechanism
    deals: int | None
    assets: int


@dataclass(frozen=True)
class Measured:
    """One planted study: root mean square errors in points of chance, and shares 0..1 of assets."""

    mechanism: Mechanism
    error: float
    naive: float
    aipw: float
    covered: float
    covered_in_segments: float
    covered_in_real_segments: float
    null_helps: float
    null_decided: int
    explained: int


def run(options: Options) -> list[Figure]:
    """Measure ten seeds of each mechanism, or two on a fifth of the deals."""
    if options.data is None:
        raise BenchFailed("This part needs the folder of deals.")
    seeds = range(2) if options.quick else range(10)
    size, assets = (15_000, 80) if options.quick else (None, 300)
    tasks = [
        Task(options.data, seed, mechanism, size, assets)
        for mechanism in (("none", *_CONFOUNDED) if options.quick else _MECHANISMS)
        for seed in seeds
    ]
    measured: list[Measured] = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for one in pool.map(measure, tasks):
            measured.append(one)
            options.say(
                f"{one.mechanism}: error {one.error:.4f}, naive {one.naive:.3f}, covered {one.covered:.2f}"
            )
    figures = [
        figure
        for mechanism in dict.fromkeys(task.mechanism for task in tasks)
        for figure in _figures(
            mechanism, [one for one in measured if one.mechanism == mechanism], options.quick
        )
    ]
    return [*figures, *_control(options.data, len(seeds))]


def measure(task: Task) -> Measured:
    """Plant, estimate and compare; safe in a process of its own."""
    made = planted.study(
        _opportunities(task.folder, task.deals), seed=task.seed, mechanism=task.mechanism, assets=task.assets
    )
    effects = winning(made.study, seed=0)
    own = [one for one in effects if not one.segment]
    asset = np.array([int(one.asset_id[5:]) for one in own])
    truth, null = made.points[asset], made.null[asset]
    found = np.array([one.interval.estimate for one in own])
    low, high = (np.array([getattr(one.interval, end) for one in own]) for end in ("low", "high"))
    head = f"{planted.SEGMENT}:"
    bands = {str(name): at for at, name in enumerate(made.bands)}
    segments = [one for one in effects if one.segment.startswith(head)]
    cells = [(int(one.asset_id[5:]), bands[one.segment.removeprefix(head)]) for one in segments]
    inside, real = (
        np.array(some, bool)
        for some in (
            [
                one.interval.low <= made.segment_points[cell] <= one.interval.high
                for one, cell in zip(segments, cells, strict=True)
            ],
            [made.log_odds[cell] != 0 for cell in cells],
        )
    )
    false = [one for one, none in zip(own, null, strict=True) if none and one.verdict in ("helps", "hurts")]
    return Measured(
        task.mechanism,
        _error(found, truth),
        _error(naive(made)[asset], truth),
        _error(aipw(made)[asset], truth) if task.mechanism in _CONFOUNDED else float("nan"),
        float(np.mean((low <= truth) & (truth <= high))),
        float(np.mean(inside)) if inside.size else float("nan"),
        float(np.mean(inside[real])) if real.any() else float("nan"),
        float(np.mean([one.verdict == "helps" for one, none in zip(own, null, strict=True) if none])),
        len(false),
        sum(one.hidden is not None and one.hidden <= _STRENGTH for one in false),
    )


def naive(made: Planted) -> Floats:
    """Return the share won of deals with use less that of deals without, as everybody shows it."""
    won = made.study.won.astype(float)
    with_use = np.asarray(made.used.sum(axis=0), float).ravel()
    won_with = np.asarray(made.used.T @ won)
    return np.asarray(won_with / with_use - (won.sum() - won_with) / (won.size - with_use))


def aipw(made: Planted) -> Floats:
    """Return doubly robust effects on the used (AIPW), cross-fitted by LightGBM, shrunk by empirical Bayes.

    The chance of use is that of any content for such a deal, by size in the asset's own measure.
    """
    matrix = data.coded(dict(made.study.facts))
    won = made.study.won.astype(float)
    rest = won - data.crossed(matrix, won, "binary")
    uses = np.asarray(made.used.sum(axis=1), float).ravel()
    any_use = np.maximum(data.crossed(matrix, uses, "poisson"), 1e-3)
    estimate, variance = np.zeros(made.null.size), np.zeros(made.null.size)
    for asset in range(made.null.size):
        with_use = np.asarray(made.used[:, [asset]].todense()).ravel() > 0
        share = np.bincount(made.band, with_use) / np.bincount(made.band, any_use)
        chance = np.clip(any_use * share[made.band], 0, 0.9)
        weighed = np.where(with_use, 1.0, -chance / (1 - chance)) * rest
        count = with_use.sum()
        estimate[asset] = weighed.sum() / count
        variance[asset] = ((weighed - with_use * estimate[asset]) ** 2).sum() / count**2
    middle = float(np.average(estimate, weights=1 / variance))
    spread = max(float(np.mean((estimate - middle) ** 2 - variance)), 1e-8)
    return np.asarray(middle + (estimate - middle) * spread / (spread + variance))


def control(folder: Path, seed: int) -> tuple[float, float, float]:
    """Return the share of assets decided upon, the log loss of the expected win, and the constant's, on noise.

    Outcomes of these deals are random, and touches are planted at random over the time that a deal is open.
    """
    study = in_order(_noise(folder, seed))
    expected = expect(study, seed=seed)
    own = [one for one in winning(study, seed=seed, expected=expected) if not one.segment]
    decided = float(np.mean([one.verdict in ("helps", "hurts") for one in own]))
    return decided, expected.loss, expected.constant_loss


@cache
def _opportunities(folder: Path, most: int | None) -> data.Opportunities:
    return data.opportunities(folder, most=most)


def _error(found: Floats, truth: Floats) -> float:
    return float(np.sqrt(np.mean((found - truth) ** 2)))


def _figures(mechanism: Mechanism, seeds: Sequence[Measured], quick: bool) -> list[Figure]:
    def mean(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in seeds]))

    def promised(bound: float, *, at: str = "most", of: str = "ours") -> Promise | None:
        # What is promised is the mean of ten seeds on all deals.
        if quick or mechanism in ("hidden", "common"):
            return None
        return Promise(bound, "most" if at == "most" else "least", "ours" if of == "ours" else "ratio")

    head = f"{mechanism}: "
    covered = mean("covered") * 100
    figures = [
        Figure(head + "true effects in the 90 % intervals", "%", covered, promise=promised(87, at="least")),
        Figure(head + "the same, no more than", "%", covered, promise=promised(93)),
        Figure(head + "true effects by size of deal in theirs", "%", mean("covered_in_segments") * 100),
        Figure(head + "of these, where there is one", "%", mean("covered_in_real_segments") * 100),
        Figure(
            head + "assets without effect said to help", "%", mean("null_helps") * 100, promise=promised(5)
        ),
    ]
    error = mean("error") * 100
    bound = promised(1 / 8, of="ratio") if mechanism in _CONFOUNDED else None
    figures.append(
        Figure(
            head + "error, beside naive lift",
            "points",
            error,
            mean("naive") * 100,
            mean("error") / mean("naive"),
            bound,
        )
    )
    if mechanism in _CONFOUNDED:
        ratio = mean("error") / mean("aipw")
        figures.append(
            Figure(
                head + "error, beside AIPW with shrinkage",
                "points",
                error,
                mean("aipw") * 100,
                ratio,
                promised(0.9, of="ratio"),
            )
        )
    if mechanism == "hidden":
        false = sum(one.null_decided for one in seeds)
        share = 100 * sum(one.explained for one in seeds) / false if false else None
        figures.append(
            Figure(
                f"hidden: false verdicts that something of odds ratio {_STRENGTH:.2f} may explain, as they say",
                "%",
                share,
            )
        )
    return figures


def _control(folder: Path, seeds: int) -> list[Figure]:
    found = np.array([control(folder, seed) for seed in range(seeds)])
    decided, loss, constant = found.mean(axis=0).tolist()
    return [
        Figure("noise: assets said to help or hurt", "%", decided * 100, promise=Promise(10)),
        Figure(
            "noise: log loss of the expected win, beside the constant's",
            "",
            loss,
            constant,
            loss / constant,
            Promise(1.0, "least", "ratio"),
        ),
    ]


def _plain(column: np.ndarray) -> list[str | None]:
    """Return words, None where there is none."""
    kept: list[str | None] = np.ma.filled(np.ma.asarray(column, dtype=object), None).tolist()
    return kept


def _noise(folder: Path, seed: int, assets: int = 60) -> Study:
    import duckdb

    read = duckdb.read_csv(str(folder / "negative_control_pipeline.csv"), all_varchar=True)
    rows = read.filter("deal_stage in ('Won', 'Lost')").order("opportunity_id").fetchnumpy()
    accounts = duckdb.read_csv(str(folder / "negative_control_accounts.csv"), all_varchar=True).fetchnumpy()
    sectors = dict(zip(accounts["account"], accounts["sector"], strict=True))
    words = {
        name: np.array([one or "" for one in _plain(rows[name])])
        for name in ("sales_agent", "product", "account")
    }
    words["sector"] = np.array([sectors.get(name, "") for name in words["account"].tolist()])
    begun, ended = (
        np.array(
            [
                datetime.strptime(day, "%m/%d/%Y").replace(tzinfo=UTC).timestamp() / 86_400
                for day in rows[name]
            ]
        )
        for name in ("engage_date", "close_date")
    )
    chance = np.random.default_rng([seed, 9])
    count = begun.size
    # So many a day, as long as a deal is open: deals that were won were open longer.
    uses = chance.poisson(np.maximum(ended - begun, 1)[:, None] * chance.uniform(0.0005, 0.01, assets))
    deal, asset = np.nonzero(uses)
    none, numbers = np.zeros(0, np.int64), np.zeros(0)
    return Study(
        deals=np.asarray(rows["opportunity_id"], str),
        accounts=words["account"],
        facts={name: words[name] for name in ("sales_agent", "product", "sector")},
        segments={name: words[name] for name in ("product", "sector")},
        begun=begun,
        ended=ended,
        won=np.asarray(rows["deal_stage"], str) == "Won",
        stages=("Engaging",),
        stay_deal=np.arange(count),
        stay_stage=np.zeros(count, np.int64),
        stay_from=begun,
        assets=np.array([f"asset{at:04d}" for at in range(assets)]),
        use_deal=deal,
        use_asset=asset,
        use_at=begun[deal] + chance.random(deal.size) ** uses[deal, asset] * (ended - begun)[deal],
        lot_deal=none,
        lot_asset=none,
        lot_shown=none.astype(bool),
        lot_chance=numbers,
        lot_at=numbers,
    )
