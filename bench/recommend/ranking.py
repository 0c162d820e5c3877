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

# How deals come by content: each asset is for deals in trouble or for those nearly won, or all are drawn alike.
# Drawn alike, the naive order is nearly right by accident, whatever its sizes: that is shown, and nothing promised.
MECHANISMS: tuple[Mechanism, ...] = ("uneven", "confounded")
TOP = 10
SEED = 41
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
    """Yield what ours and the peers' lists are worth where content is drawn to some deals more than to others."""
    assert options.data is not None
    deals = opportunities(options.data, most=QUICK_DEALS if options.quick else DEALS)
    for mechanism in MECHANISMS:
        options.say(f"learning effects and habits: {mechanism}")
        split = _split(study(deals, seed=SEED, mechanism=mechanism))
        ground = peers.ground(split.planted.study, split.has, split.learns)
        lessons = _learn(split)
        tried = np.flatnonzero(~split.learns)
        chosen = tried[: QUICK_TESTED if options.quick else TESTED]
        yield from _help(split, ground, lessons, chosen, options, mechanism)
        if mechanism == MECHANISMS[0]:
            yield from _habits(split, ground, lessons, tried, options)


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
        self._effects: dict[str, list[Effect]] = {}
        for one in effects:
            self._effects.setdefault(one.asset_id, []).append(one)
        self._habits = habits.read(data)

    def follow(self) -> None:
        """Nothing else is learned meanwhile."""

    def effects(self, asset_ids: Collection[str], deal: Deal) -> Mapping[str, Effect]:
        segments = {f"{name}:{value}" for name, value in _segments(deal).items()}
        found = {one: most_telling(self._effects[one], segments) for one in asset_ids if one in self._effects}
        return {one: effect for one, effect in found.items() if effect}

    def habits(self, deal: Deal, used: Collection[str]) -> Mapping[str, Habit]:
        return self._habits.of(_segments(deal), used)


def _help(
    split: Split, ground: Ground, lessons: Learned, rows: Ints, options: Options, mechanism: Mechanism
) -> Iterator[Figure]:
    planted = split.planted
    gains = np.stack([planted.gain(int(row)) for row in rows])
    ranks = {name: make(ground)(rows) for name, make in _said(_HELP, options)}
    ours = _ours(split, lessons, rows)
    cold = split.cold_assets
    parts: list[tuple[str, Floats, Ints]] = [
        (f" ({mechanism})", gains, np.arange(gains.shape[1])),
        (f" ({mechanism}), cold assets alone", gains, cold),
    ]
    for said, truth, assets in parts:
        ours_at = ndcg(ours[:, assets], truth[:, assets])
        others = {name: ndcg(rank[:, assets], truth[:, assets]) for name, rank in ranks.items()}
        for name, value in others.items():
            yield Figure(f"nDCG@10 of true effects{said}: {name}", "", ours_at, value)
        if assets.size == gains.shape[1]:
            ahead = Promise(AHEAD, at="least") if mechanism == MECHANISMS[0] else None
            yield Figure(
                f"nDCG@10 of true effects{said}, ahead of the best peer",
                "",
                ours_at - max(others.values()),
                promise=ahead,
            )
    blank = _ours(split, lessons, rows, facts=False)
    yield Figure(
        f"nDCG@10 of true effects ({mechanism}), deals without facts",
        "",
        ndcg(blank, gains),
        ndcg(ranks["naive win rate"], gains),
    )
    first = np.take_along_axis(gains, np.argsort(-ours, axis=1, kind="stable")[:, :5], axis=1).mean()
    best = max(ranks, key=lambda name: ndcg(ranks[name], gains))
    theirs = np.take_along_axis(gains, np.argsort(-ranks[best], axis=1, kind="stable")[:, :5], axis=1).mean()
    yield Figure(
        f"true gain of the first five ({mechanism}): {best}",
        "points",
        100 * float(first),
        100 * float(theirs),
    )


def _habits(
    split: Split, ground: Ground, lessons: Learned, tried: Ints, options: Options
) -> Iterator[Figure]:
    rows = tried[split.hidden[tried] >= 0]
    rows = rows[: QUICK_TESTED * 4 if options.quick else TESTED * 4]
    wanted = np.zeros((rows.size, split.has.shape[1]))
    wanted[np.arange(rows.size), split.hidden[rows]] = 1.0
    known_uses = np.asarray(split.has[rows].todense()) > 0
    ranks = {name: np.where(known_uses, -np.inf, make(ground)(rows)) for name, make in _said(_HABIT, options)}
    ours = _ours_habits(split, lessons, rows)
    warm = known_uses.any(axis=1)
    for said, part in (("", np.ones(rows.size, bool)), (", deals with uses", warm), (", cold deals", ~warm)):
        ours_at = ndcg(ours[part], wanted[part])
        others = {name: ndcg(rank[part], wanted[part]) for name, rank in ranks.items()}
        for name, value in others.items():
            yield Figure(f"nDCG@10 of hidden use{said}: {name}", "", ours_at, value)
        behind = Promise(NEAR, at="most") if not said else None
        yield Figure(
            f"nDCG@10 of hidden use{said}, behind the best peer",
            "",
            max(others.values()) - ours_at,
            promise=behind,
        )


def _split(planted: Planted) -> Split:
    made = planted.study
    chance = np.random.default_rng(SEED)
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


def _learn(split: Split) -> Learned:
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
    return Learned(winning(seen, seed=SEED), habits.fit(seen))


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
