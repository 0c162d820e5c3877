"""Does the list lead to what helps, and does it know what deals use? Ours and what others would rank by, in one run."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from scipy import sparse

from bench.figures import Figure, Options, Promise
from bench.recommend import peers
from bench.recommend.data import Floats, opportunities
from bench.recommend.peers import Ground, Rank
from bench.recommend.planted import Mechanism, Planted, study
from enablement.adapters.lessons import most_telling
from enablement.evidence import habits
from enablement.evidence.study import Flags, Ints, Study
from enablement.evidence.winning import winning
from enablement.model import Asset, Deal, Effect, Facets, Habit
from enablement.weighing import Past, by_fit, known

MECHANISM: Mechanism = "confounded"
TOP = 10
SEEDS, QUICK_SEEDS = (41, 42, 43), (41,)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEALS, QUICK_DEALS = None, 15_000
TESTED, QUICK_TESTED = 1_500, 300
# One in so many assets is cold: of its uses only these few are left to learn from.
COLD, COLD_USES = 12, 10
# A peer's best is beaten by so much; of habits we are at most so far from the best.
AHEAD, NEAR = 0.1, 0.02

_HELP: Mapping[str, Callable[[Ground], Rank]] = {
    "popularity": peers.popularity,
    "naive win rate": peers.win_rate,
    "neighbours' use in won deals": lambda ground: peers.neighbours(ground, of_won=True),
    "implicit ALS": lambda ground: peers.als(ground, of_won=True),
    "LightFM": lambda ground: peers.lightfm(ground, of_won=True),
    "lambdarank": lambda ground: peers.lambdarank(ground, of_won=True),
    "LightGBM P(win | deal, asset)": peers.chance_to_win,
    "fixed weights": peers.fixed_weights,
}
_HABIT: Mapping[str, Callable[[Ground], Rank]] = {
    "popularity": peers.popularity,
    "popularity in segment": peers.popularity_in_segment,
    "neighbours' use": lambda ground: peers.neighbours(ground, of_won=False),
    "implicit ALS": lambda ground: peers.als(ground, of_won=False),
    "LightFM": lambda ground: peers.lightfm(ground, of_won=False),
    "lambdarank": lambda ground: peers.lambdarank(ground, of_won=False),
}


_BLIND = ("popularity", "naive win rate")
HELP, HIDDEN_USE = "nDCG@10 of true effects", "nDCG@10 of hidden use"
GAIN = "true gain of the first five"


@dataclass(frozen=True)
class _Measured:
    """One figure of ours and of each peer."""

    ours: float
    theirs: dict[str, float]


@dataclass(frozen=True)
class Split:
    """Deals to learn from and deals to try: of these the last use is hidden, and how they ended."""

    planted: Planted
    learns: Flags
    has: sparse.csr_matrix
    # The asset whose use is hidden, -1 where there was none; and whether others are known.
    hidden: Ints
    cold_assets: Ints


def run(options: Options) -> Iterator[Figure]:
    """Yield what ours and the peers' lists are worth, as the mean of seeds."""
    assert options.data is not None
    deals = opportunities(options.data, most=QUICK_DEALS if options.quick else DEALS)
    measured: list[dict[str, _Measured]] = []
    for seed in QUICK_SEEDS if options.quick else SEEDS:
        options.say(f"ranking: learning effects and habits, seed {seed}")
        split = _split(study(deals, seed=seed, mechanism=MECHANISM), seed)
        ground = peers.ground(split.planted.study, split.has, split.learns)
        lessons = _learn(split, seed)
        tried = np.flatnonzero(~split.learns)
        most = QUICK_TESTED if options.quick else TESTED
        helped = _help(split, ground, lessons, tried[:most], options)
        measured.append({**helped, **_habits(split, ground, lessons, tried, 4 * most, options)})
    for part in measured[0]:
        yield from _figures(part, [one[part] for one in measured])


def _figures(part: str, seeds: Sequence[_Measured]) -> Iterator[Figure]:
    unit = "points" if part == GAIN else ""
    ours = float(np.mean([one.ours for one in seeds]))
    theirs = {name: float(np.mean([one.theirs[name] for one in seeds])) for name in seeds[0].theirs}
    for name, value in theirs.items():
        yield Figure(f"{part}: {name}", unit, ours, value)
    if part == HELP:
        ahead = ours - max(theirs.values())
        yield Figure(f"{part}, ahead of the best peer", "", ahead, promise=Promise(AHEAD, at="least"))
    if part == HIDDEN_USE:
        behind = max(theirs.values()) - ours
        yield Figure(f"{part}, behind the best peer", "", behind, promise=Promise(NEAR, at="most"))


def ndcg(scores: Floats, gains: Floats, *, top: int = TOP) -> float:
    """Return the mean over rows of the gain of the top scores, discounted by rank, to that of the best order."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    discount = 1 / np.log2(2 + np.arange(order.shape[1]))
    useful = np.maximum(gains, 0)
    got = (np.take_along_axis(useful, order, axis=1) * discount).sum(axis=1)
    best = (-np.sort(-useful, axis=1)[:, :top] * discount).sum(axis=1)
    return float(np.mean(got[best > 0] / best[best > 0]))


class Learned:
    """Effects and habits as lists of suggestions get them."""

    model = "bench"

    def __init__(self, effects: Sequence[Effect], data: bytes) -> None:
        self._effects: dict[str, dict[str, Effect]] = {}
        for one in effects:
            self._effects.setdefault(one.asset_id, {})[one.segment] = one
        self._habits = habits.read(data)

    def follow(self) -> None:
        """Nothing else is learned meanwhile."""

    def effects(self, asset_ids: Collection[str], deal: Deal) -> Mapping[str, Effect]:
        segments = sorted(f"{name}:{value}" for name, value in _segments(deal).items())
        found = {one: most_telling(self._effects[one], segments) for one in asset_ids if one in self._effects}
        return {one: effect for one, effect in found.items() if effect}

    def habits(self, deal: Deal, used: Collection[str]) -> Mapping[str, Habit]:
        return self._habits.of(_segments(deal), used)


def _help(
    split: Split, ground: Ground, lessons: Learned, rows: Ints, options: Options
) -> dict[str, _Measured]:
    planted, cold = split.planted, split.cold_assets
    gains = np.stack([planted.gain(int(row)) for row in rows])
    ranks = {name: make(ground)(rows) for name, make in _said(_HELP, options)}
    ours, blank = _ours(split, lessons, rows), _ours(split, lessons, rows, facts=False)

    def first_five(scores: Floats) -> float:
        top = np.argsort(-scores, axis=1, kind="stable")[:, :5]
        return 100 * float(np.take_along_axis(gains, top, axis=1).mean())

    return {
        HELP: _Measured(ndcg(ours, gains), {name: ndcg(rank, gains) for name, rank in ranks.items()}),
        f"{HELP}, cold assets alone": _Measured(
            ndcg(ours[:, cold], gains[:, cold]),
            {name: ndcg(rank[:, cold], gains[:, cold]) for name, rank in ranks.items()},
        ),
        # Of others only those that look at no fact of a deal.
        f"{HELP}, deals without facts": _Measured(
            ndcg(blank, gains), {name: ndcg(ranks[name], gains) for name in _BLIND}
        ),
        GAIN: _Measured(first_five(ours), {name: first_five(rank) for name, rank in ranks.items()}),
    }


def _habits(
    split: Split, ground: Ground, lessons: Learned, tried: Ints, most: int, options: Options
) -> dict[str, _Measured]:
    rows = tried[split.hidden[tried] >= 0][:most]
    wanted = np.zeros((rows.size, split.has.shape[1]))
    wanted[np.arange(rows.size), split.hidden[rows]] = 1.0
    known_uses = np.asarray(split.has[rows].todense()) > 0
    ranks = {name: np.where(known_uses, -np.inf, make(ground)(rows)) for name, make in _said(_HABIT, options)}
    ours = _ours_habits(split, lessons, rows)
    warm = known_uses.any(axis=1)
    parts = {"": np.ones(rows.size, bool), ", deals with uses": warm, ", cold deals": ~warm}
    return {
        HIDDEN_USE + said: _Measured(
            ndcg(ours[part], wanted[part]),
            {name: ndcg(rank[part], wanted[part]) for name, rank in ranks.items()},
        )
        for said, part in parts.items()
    }


def _split(planted: Planted, seed: int) -> Split:
    made = planted.study
    chance = np.random.default_rng(seed)
    count, assets = made.deals.size, made.assets.size
    learns = chance.random(count) < 0.75
    cold = np.sort(chance.permutation(assets)[: assets // COLD])
    keep = np.ones(made.use_deal.size, bool)
    for one in cold:
        uses = np.flatnonzero((made.use_asset == one) & learns[made.use_deal])
        keep[chance.permutation(uses)[COLD_USES:]] = False
    hidden = np.full(count, -1)
    for use in np.lexsort((made.use_asset, made.use_at)).tolist():
        deal = made.use_deal[use]
        if not learns[deal] and made.use_asset[use] not in cold:
            hidden[deal] = made.use_asset[use]
    keep &= made.use_asset != hidden[made.use_deal]
    at = (made.use_deal[keep], made.use_asset[keep])
    has = sparse.csr_matrix((np.ones(at[0].size), at), shape=(count, assets))
    has.data[:] = 1.0
    has.sort_indices()
    return Split(planted, learns, has, hidden, cold)


def _learn(split: Split, seed: int) -> Learned:
    made, learns = split.planted.study, split.learns
    place = np.cumsum(learns) - 1
    pairs = split.has.tocoo()
    use = np.flatnonzero(learns[pairs.row])
    stays = learns[made.stay_deal]
    at = dict(
        zip(
            zip(made.use_deal.tolist(), made.use_asset.tolist(), strict=True),
            made.use_at.tolist(),
            strict=True,
        )
    )
    seen = replace(
        made,
        deals=made.deals[learns],
        accounts=made.accounts[learns],
        facts={name: column[learns] for name, column in made.facts.items()},
        segments={name: column[learns] for name, column in made.segments.items()},
        begun=made.begun[learns],
        ended=made.ended[learns],
        won=made.won[learns],
        stay_deal=place[made.stay_deal[stays]],
        stay_stage=made.stay_stage[stays],
        stay_from=made.stay_from[stays],
        use_deal=place[pairs.row[use]],
        use_asset=pairs.col[use].astype(np.int64),
        use_at=np.array(
            [at[pair] for pair in zip(pairs.row[use].tolist(), pairs.col[use].tolist(), strict=True)]
        ),
    )
    return Learned(winning(seen, seed=seed), habits.fit(seen))


def _ours(split: Split, lessons: Learned, rows: Ints, *, facts: bool = True) -> Floats:
    """Return the score of every asset for each deal as a list of suggestions has it; 0 where it would not be on it."""
    made = split.planted.study
    assets = [_asset(str(one)) for one in made.assets]
    scores = np.zeros((rows.size, len(assets)))
    for at, row in enumerate(rows.tolist()):
        used = tuple(made.assets[split.has[row].indices].tolist())
        deal = _deal(made, row) if facts else _deal(made, row, known=False)
        about = known(deal, Past(used), [one.id for one in assets], lessons, NOW)
        for place, asset in enumerate(assets):
            ranked = by_fit(asset, about)
            scores[at, place] = ranked.score if ranked else 0.0
    return scores


def _ours_habits(split: Split, lessons: Learned, rows: Ints) -> Floats:
    made = split.planted.study
    place = {str(name): at for at, name in enumerate(made.assets)}
    scores = np.full((rows.size, len(place)), -1.0)
    for at, row in enumerate(rows.tolist()):
        used = made.assets[split.has[row].indices].tolist()
        for name, habit in lessons.habits(_deal(made, row), used).items():
            scores[at, place[name]] = habit.likely
    return scores


def _said(
    some: Mapping[str, Callable[[Ground], Rank]], options: Options
) -> Iterator[tuple[str, Callable[[Ground], Rank]]]:
    for name, make in some.items():
        options.say(f"ranking by {name}")
        yield name, make


def _segments(deal: Deal) -> dict[str, str]:
    found = {"region": deal.region, "size": deal.size, "product": next(iter(deal.products), "")}
    return {name: value for name, value in found.items() if value}


def _deal(made: Study, row: int, *, known: bool = True) -> Deal:
    said = {name: str(column[row]) if known else "" for name, column in made.segments.items()}
    return Deal(
        id=str(made.deals[row]),
        name="",
        account="",
        stage="",
        amount=None,
        currency="",
        close_date=None,
        is_closed=False,
        is_won=False,
        owner_id="",
        team=(),
        industry=None,
        region=said.get("region") or None,
        size=said.get("size") or None,
        language=None,
        competitors=(),
        products=(said["product"],) if said.get("product") else (),
        modified_at=NOW,
    )


def _asset(name: str) -> Asset:
    return Asset(
        id=name,
        source=name,
        title=name,
        kind="",
        language="en",
        audience="customer",
        collection="",
        owner="",
        facets=Facets(),
        translation_of=None,
        released=None,
        expires=None,
        version=1,
        version_id=name,
        updated_at=NOW,
    )
