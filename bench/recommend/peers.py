"""What others would rank by: popularity, win rates, neighbours, factor models, learning to rank."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bench.recommend.data import Floats, coded
from enablement.evidence.study import Ints, Study

# From the rows of deals (in `Ground.facts` and `Ground.has`) to deals × assets: what is higher is better.
Rank = Callable[[Ints], Floats]
NEIGHBOURS = 200
FACTORS = 32
# Learning to rank sees so many deals (as in published comparisons, more bring little), and assets not used per used.
GROUPS = 4_000
TREES = {
    "num_leaves": 31,
    "learning_rate": 0.08,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "seed": 0,
}


@dataclass(frozen=True)
class Ground:
    """What all are given alike: facts of all deals as numbers and segments, who used what, who won, whom to learn from.

    `has` is deals × assets: what was used as far as it is not hidden. Nobody sees `won` where not `learns`.
    """

    facts: Floats
    segments: tuple[Ints, ...]
    has: sparse.csr_matrix
    won: np.ndarray[tuple[int], np.dtype[np.bool_]]
    learns: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def learnt(self) -> sparse.csr_matrix:
        return self.has[np.flatnonzero(self.learns)]

    @property
    def outcome(self) -> Floats:
        return self.won[self.learns].astype(float)


def ground(study: Study, has: sparse.csr_matrix, learns: np.ndarray) -> Ground:
    segments = tuple(np.unique(column, return_inverse=True)[1] for column in study.segments.values())
    return Ground(coded(dict(study.facts)), segments, has, study.won, learns)


def popularity(ground: Ground) -> Rank:
    uses = np.asarray(ground.learnt.sum(axis=0)).ravel()
    return lambda rows: np.tile(uses, (rows.size, 1))


def popularity_in_segment(ground: Ground) -> Rank:
    segment, uses = ground.segments[0], ground.learnt
    by_segment = np.stack(
        [
            np.asarray(uses[np.flatnonzero(segment[ground.learns] == one)].sum(axis=0)).ravel()
            for one in range(int(segment.max()) + 1)
        ]
    )
    return lambda rows: np.asarray(by_segment[segment[rows]], float)


def win_rate(ground: Ground) -> Rank:
    """The naive one: won deals among those that used it, with twenty deals of the mean rate added."""
    uses, mean = ground.learnt, float(ground.outcome.mean())
    rate = (uses.T @ ground.outcome + 20 * mean) / (np.asarray(uses.sum(axis=0)).ravel() + 20)
    return lambda rows: np.tile(rate, (rows.size, 1))


def fixed_weights(ground: Ground) -> Rank:
    """Half how common in the segment, half how often won there, both from 0 to 1."""
    common, segment = popularity_in_segment(ground), ground.segments[0]
    mean = float(ground.outcome.mean())
    rates = []
    for one in range(int(segment.max()) + 1):
        rows = segment[ground.learns] == one
        uses = ground.learnt[np.flatnonzero(rows)]
        used = np.asarray(uses.sum(axis=0)).ravel()
        rates.append((uses.T @ ground.outcome[rows] + 20 * mean) / (used + 20))
    rate = np.stack(rates)
    return lambda rows: 0.5 * _scaled(common(rows)) + 0.5 * _scaled(rate[segment[rows]])


def neighbours(ground: Ground, *, of_won: bool) -> Rank:
    """What the nearest deals by their facts used, of the won ones alone."""
    from sklearn.neighbors import NearestNeighbors

    facts = (ground.facts - ground.facts.mean(axis=0)) / (ground.facts.std(axis=0) + 1e-9)
    among = np.flatnonzero(ground.learns & (ground.won if of_won else True))
    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS, among.size)).fit(facts[among])

    def rank(rows: Ints) -> Floats:
        found = near.kneighbors(facts[rows], return_distance=False)
        return np.stack([np.asarray(ground.has[among[one]].sum(axis=0)).ravel() for one in found])

    return rank


def als(ground: Ground, *, of_won: bool) -> Rank:
    """Implicit-feedback factors; a deal's own come from what it used so far."""
    from implicit.als import AlternatingLeastSquares

    among = np.flatnonzero(ground.learns & (ground.won if of_won else True))
    model = AlternatingLeastSquares(
        factors=FACTORS, regularization=0.05, iterations=15, random_state=0, num_threads=1
    )
    model.fit(ground.has[among].tocsr(), show_progress=False)
    items = np.asarray(model.item_factors)
    uses = np.asarray(ground.has[among].sum(axis=0)).ravel()

    def rank(rows: Ints) -> Floats:
        own = np.asarray(model.recalculate_user(np.arange(rows.size), ground.has[rows].tocsr()))
        known = np.asarray(ground.has[rows].sum(axis=1)).ravel() > 0
        # Without any use there are no factors: what is common stands in.
        return np.where(known[:, None], own @ items.T, uses[None, :])

    return rank


def lightfm(ground: Ground, *, of_won: bool) -> Rank:
    """WARP on features of the deal: its segments and what it used so far are not ids, so new deals can be ranked."""
    from lightfm import LightFM

    columns = [sparse.csr_matrix((np.ones(one.size), (np.arange(one.size), one))) for one in ground.segments]
    features = sparse.hstack(columns).tocsr()
    among = np.flatnonzero(ground.learns & (ground.won if of_won else True))
    model = LightFM(no_components=FACTORS, loss="warp", random_state=0)
    model.fit(ground.has[among].tocoo(), user_features=features[among], epochs=20, num_threads=1)
    biases, factors = model.get_user_representations(features)
    item_biases, items = model.get_item_representations()
    return lambda rows: biases[rows, None] + factors[rows] @ items.T + item_biases[None, :]


def lambdarank(ground: Ground, *, of_won: bool) -> Rank:
    """LightGBM's learning to rank: what was used before others that were not, deal by deal."""
    import lightgbm

    chance = np.random.default_rng(0)
    able = np.flatnonzero(ground.learns & (ground.won if of_won else True))
    able = able[np.diff(ground.has[able].indptr) > 0]
    deals = np.sort(chance.permutation(able)[:GROUPS])
    common, segment = popularity(ground), popularity_in_segment(ground)
    assets = ground.has.shape[1]

    def features(rows: Ints, columns: Ints) -> Floats:
        many = np.repeat(rows, columns.shape[1])
        flat = columns.ravel()
        shares = segment(rows)[np.arange(rows.size)[:, None], columns].ravel()
        return np.column_stack([ground.facts[many], flat, common(rows[:1])[0][flat], shares])

    sampled = chance.integers(0, assets, (deals.size, 60))
    one_used = np.array([chance.choice(ground.has[deal].indices) for deal in deals])
    columns = np.concatenate((one_used[:, None], sampled), axis=1)
    label = np.asarray(ground.has[np.repeat(deals, columns.shape[1]), columns.ravel()]).ravel().astype(int)
    data = lightgbm.Dataset(
        features(deals, columns),
        label,
        group=[columns.shape[1]] * deals.size,
        categorical_feature=[ground.facts.shape[1]],
    )
    model = lightgbm.train({"objective": "lambdarank", **TREES}, data, 120)
    everything = np.arange(assets)

    def rank(rows: Ints) -> Floats:
        return np.concatenate(
            [
                np.asarray(model.predict(features(some, np.tile(everything, (some.size, 1))))).reshape(
                    some.size, -1
                )
                for some in np.array_split(rows, max(1, rows.size // 200))
            ]
        )

    return rank


def chance_to_win(ground: Ground) -> Rank:
    """LightGBM's chance to win of a deal with an asset, learned on the pairs that there were."""
    import lightgbm

    pairs = ground.learnt.tocoo()
    deals = np.flatnonzero(ground.learns)[pairs.row]
    features = np.column_stack([ground.facts[deals], pairs.col])
    place = ground.facts.shape[1]
    data = lightgbm.Dataset(features, ground.won[deals].astype(float), categorical_feature=[place])
    model = lightgbm.train({"objective": "binary", **TREES}, data, 200)
    assets = np.arange(ground.has.shape[1])

    def rank(rows: Ints) -> Floats:
        return np.stack(
            [
                np.asarray(
                    model.predict(np.column_stack([np.tile(ground.facts[row], (assets.size, 1)), assets])),
                    float,
                )
                for row in rows
            ]
        )

    return rank


def _scaled(values: Floats) -> Floats:
    top = values.max(axis=1, keepdims=True)
    return np.asarray(values / np.where(top > 0, top, 1.0))
