"""Many effects at once on one outcome: a generalised linear mixed model over a sparse matrix of uses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse, special

from enablement.evidence.study import Floats

Family = Literal["logit", "poisson"]

# Up to here the curvature is inverted whole; above, its diagonal is found by solving for random draws.
_DENSE = 600
_DRAWS = 24
_AT_ONCE = 4
_EM_STEPS = 25
_NEWTON_STEPS = 30
# A weak word on how large effects are, worth two of them: without it, few effects would be given a spread of zero.
_BELIEVED, _BELIEVED_VARIANCE = 2.0, 0.04
# From so many effects on, their mean is found too; fewer are drawn to no effect.
_ENOUGH_FOR_MEAN = 20
# Intercept (no opinion) and slope of the offset (about one): mean and precision.
_LINE_MEAN = np.array([0.0, 1.0])
_LINE_PRECISION = np.array([0.01, 1.0])


@dataclass(frozen=True)
class Prior:
    """How the effects of one block are spread, as found from all of them."""

    mean: float
    variance: float


@dataclass(frozen=True)
class Fitted:
    """Effects (log odds, or log rates) with their posterior standard deviations, one for each column of uses.

    `priors` are those of the blocks and, last, of the clusters.
    `linear` is the fitted linear predictor of each row: intercept + slope × offset + uses × effects, with what its
    cluster adds. `information` is what the rows alone say on each effect, the others held as they are.
    """

    effects: Floats
    errors: Floats
    intercept: float
    slope: float
    priors: tuple[Prior, ...]
    linear: Floats
    information: Floats


def fit(
    use: sparse.csr_array,
    offset: Floats,
    outcome: Floats,
    *,
    family: Family,
    blocks: Sequence[slice],
    weights: Floats | None = None,
    clusters: NDArray[np.generic] | None = None,
    free_means: bool = True,
    free_slope: bool = True,
    held: Sequence[Prior] | None = None,
) -> Fitted:
    """Fit `link(mean) = intercept + slope × offset + use × effects`, all effects together.

    The effects of a block share one normal prior, found from the data (empirical Bayes: MacKay 1992, with Laplace's
    approximation), so that an effect of which little is known is drawn to the others. `use` is rows × effects,
    `blocks` part its columns; `outcome` is 0 or 1 (logit) or a count (poisson). Rows of one cluster share a random
    intercept, so that many rows of one do not count as so many witnesses. The slope is one where it is not free.
    Priors that are `held` are not looked for: they are those of another fit, on a part of many rows.
    The same rows in the same order give the same result. Raises ValueError where sizes differ or numbers are not
    finite.
    """
    rows, effects = use.shape
    _check(rows, offset, outcome, blocks, effects)
    middle = float(offset.mean()) if rows and free_slope else 0.0
    line = np.column_stack([np.ones(rows), offset - middle if free_slope else np.zeros(rows)])
    groups = _groups(clusters, rows)
    design = sparse.hstack([use, groups, sparse.csr_array(line)], format="csr", dtype=np.float64)
    all_blocks = [*blocks, slice(effects, effects + groups.shape[1])]
    model = _Model(
        design,
        design.T.tocsr(),
        np.zeros(rows) if free_slope else offset,
        outcome,
        np.ones(rows) if weights is None else weights,
        family,
        np.zeros(rows),
    )
    believed = Prior(0.0, _BELIEVED_VARIANCE)
    priors = list(held or [believed for _ in all_blocks])
    found = np.concatenate([np.zeros(design.shape[1] - 2), _LINE_MEAN])
    if rows:
        found[-2] = _start(outcome, model.weights, family)
    for step in range(0 if held else _EM_STEPS):
        mean, precision = _spread(priors, all_blocks, design.shape[1])
        found = model.climb(found, mean, precision, most=1 if step else 3, tolerance=1e-3)
        variances = model.variances(found, precision, draws=_AT_ONCE, tolerance=1e-2)
        model = replace(model, unsure=model.design.power(2) @ variances)
        better = [
            _prior(found[block], variances[block], prior, free_means and at < len(blocks))
            for at, (block, prior) in enumerate(zip(all_blocks, priors, strict=True))
        ]
        settled = all(
            abs(new.variance - old.variance) < 0.02 * old.variance and abs(new.mean - old.mean) < 0.001
            for new, old in zip(better, priors, strict=True)
        )
        priors = better
        if settled:
            break
    mean, precision = _spread(priors, all_blocks, design.shape[1])
    found = model.climb(found, mean, precision, most=_NEWTON_STEPS, tolerance=1e-6)
    variances = model.variances(found, precision, draws=_DRAWS, tolerance=1e-3)
    slope = float(found[-1]) if free_slope else 1.0
    return Fitted(
        found[:effects],
        np.sqrt(variances[:effects]),
        float(found[-2]) - slope * middle,
        slope,
        tuple(priors),
        model.linear(found),
        model.diagonal(found)[:effects],
    )


@dataclass(frozen=True)
class _Model:
    """The rows, and how well coefficients (effects, clusters, intercept, slope) explain them."""

    design: sparse.csr_array
    turned: sparse.csr_array
    fixed: Floats
    outcome: Floats
    weights: Floats
    family: Family
    # The posterior variance of each row's linear predictor.
    unsure: Floats

    def linear(self, found: Floats) -> Floats:
        linear: Floats = self.fixed + self.design @ found
        return linear

    def expected(self, linear: Floats) -> Floats:
        """Return the mean of each row's outcome, over what is not known of its linear predictor.

        For log odds after MacKay 1992 ("The evidence framework applied to classification networks").
        """
        mean: Floats
        if self.family == "poisson":
            mean = np.exp(np.minimum(linear + self.unsure / 2, 50))
        else:
            mean = special.expit(self._eased() * linear)
        return mean

    def curvature(self, linear: Floats) -> Floats:
        """Return how much each row says: minus the second derivative of its expected log likelihood."""
        mean = self.expected(linear)
        return self.weights * (mean if self.family == "poisson" else self._eased() * mean * (1 - mean))

    def _eased(self) -> Floats:
        eased: Floats = 1 / np.sqrt(1 + np.pi / 8 * self.unsure)
        return eased

    def diagonal(self, found: Floats) -> Floats:
        diagonal: Floats = self.turned.power(2) @ self.curvature(self.linear(found))
        return diagonal

    def loss(self, found: Floats, mean: Floats, precision: Floats) -> float:
        """Return minus the log posterior, but for a constant."""
        linear = self.linear(found)
        if self.family == "poisson":
            likely = self.outcome * linear - self.expected(linear)
        else:
            likely = self.outcome * linear - np.logaddexp(0, self._eased() * linear) / self._eased()
        return float(0.5 * precision @ (found - mean) ** 2 - self.weights @ likely)

    def climb(self, found: Floats, mean: Floats, precision: Floats, *, most: int, tolerance: float) -> Floats:
        """Go to the most likely coefficients by Newton's steps, at most so many, each halved until it helps."""
        loss = self.loss(found, mean, precision)
        for _ in range(most):
            linear = self.linear(found)
            gradient = self.turned @ (self.weights * (self.outcome - self.expected(linear)))
            gradient -= precision * (found - mean)
            step = self._solve(self.curvature(linear), precision, gradient[:, None], tolerance=tolerance)[
                :, 0
            ]
            for _ in range(20):
                after = self.loss(found + step, mean, precision)
                if after <= loss:
                    break
                step = step / 2
            else:
                break
            found, gained, loss = found + step, loss - after, after
            if gained < 1e-9 * (abs(loss) + 1):
                break
        return found

    def variances(self, found: Floats, precision: Floats, *, draws: int, tolerance: float) -> Floats:
        """Return the posterior variance of each coefficient.

        For many coefficients by Rao-Blackwellised draws (Sidén et al. 2018, doi:10.1080/10618600.2018.1473782): the
        variance given all others is known, only that of the conditional mean is drawn. The draws are always the same.
        """
        curvature = self.curvature(self.linear(found))
        if found.size <= _DENSE:
            whole = linalg.inv(self._whole(curvature, precision), overwrite_a=True, check_finite=False)
            inverse: Floats = np.diag(whole).copy()
            return inverse
        chance = np.random.default_rng(0)
        diagonal = self.turned.power(2) @ curvature + precision
        moved = np.zeros(found.size)
        for _ in range(0, draws, _AT_ONCE):
            drawn = self.turned @ (
                np.sqrt(curvature)[:, None] * chance.standard_normal((curvature.size, _AT_ONCE))
            )
            drawn += np.sqrt(precision)[:, None] * chance.standard_normal((found.size, _AT_ONCE))
            solved = self._solve(curvature, precision, drawn, tolerance=tolerance)
            moved += ((solved - drawn / diagonal[:, None]) ** 2).sum(axis=1)
        return 1 / diagonal + moved / draws

    def _whole(self, curvature: Floats, precision: Floats) -> Floats:
        weighted = self.turned @ sparse.diags_array(curvature) @ self.design
        whole: Floats = weighted.toarray()
        whole[np.diag_indices_from(whole)] += precision
        return whole

    def _solve(self, curvature: Floats, precision: Floats, right: Floats, *, tolerance: float) -> Floats:
        """Solve for each column of `right` with the curvature of the log posterior."""
        if precision.size <= _DENSE:
            solved: Floats = linalg.solve(self._whole(curvature, precision), right, assume_a="pos")
            return solved
        diagonal = (self.turned.power(2) @ curvature + precision)[:, None]
        found = np.zeros_like(right)
        rest = right.copy()
        eased = rest / diagonal
        way = eased.copy()
        size = (rest * eased).sum(axis=0)
        enough = tolerance**2 * size
        # Conjugate gradients, one for each column; a column that is done goes nowhere.
        for _ in range(500):
            if np.all(size <= enough):
                break
            across = self.turned @ (curvature[:, None] * (self.design @ way)) + precision[:, None] * way
            along = (way * across).sum(axis=0)
            far = np.where(size > enough, size / np.where(along > 0, along, 1), 0)
            found += far * way
            rest -= far * across
            eased = rest / diagonal
            before, size = size, (rest * eased).sum(axis=0)
            way = eased + size / np.where(before > 0, before, 1) * way
        return found


def _prior(effects: Floats, variances: Floats, prior: Prior, free_mean: bool) -> Prior:
    if not effects.size:
        return prior
    mean = float(effects.mean()) if free_mean and effects.size >= _ENOUGH_FOR_MEAN else 0.0
    # How many effects the data, and not the prior, have decided.
    decided = float(np.clip(1 - variances / prior.variance, 0, 1).sum())
    spread = float(((effects - mean) ** 2).sum())
    return Prior(mean, (spread + _BELIEVED * _BELIEVED_VARIANCE) / (decided + _BELIEVED))


def _spread(priors: Sequence[Prior], blocks: Sequence[slice], size: int) -> tuple[Floats, Floats]:
    """Return each coefficient's prior mean and precision."""
    mean, precision = np.zeros(size), np.zeros(size)
    for prior, block in zip(priors, blocks, strict=True):
        mean[block], precision[block] = prior.mean, 1 / prior.variance
    mean[-2:], precision[-2:] = _LINE_MEAN, _LINE_PRECISION
    return mean, precision


def _groups(clusters: NDArray[np.generic] | None, rows: int) -> sparse.csr_array:
    """Return rows × clusters of more than one row."""
    if clusters is None:
        return sparse.csr_array((rows, 0))
    _, which, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    place = np.cumsum(sizes > 1) - 1
    many = np.flatnonzero(sizes[which] > 1)
    return sparse.csr_array(
        (np.ones(many.size), (many, place[which[many]])), shape=(rows, int((sizes > 1).sum()))
    )


def _start(outcome: Floats, weights: Floats, family: Family) -> float:
    mean = (float(weights @ outcome) + 0.5) / (float(weights.sum()) + 1)
    return float(np.log(mean / (1 - mean))) if family == "logit" else float(np.log(mean))


def _check(rows: int, offset: Floats, outcome: Floats, blocks: Sequence[slice], effects: int) -> None:
    if offset.shape != (rows,) or outcome.shape != (rows,):
        raise ValueError(
            f"{rows} rows of uses need as many offsets and outcomes, not {offset.shape} and {outcome.shape}"
        )
    if not (np.isfinite(offset).all() and np.isfinite(outcome).all()):
        raise ValueError("offsets and outcomes must be finite numbers")
    parts = np.concatenate([np.arange(effects)[block] for block in blocks]) if blocks else np.array([])
    if not np.array_equal(parts, np.arange(effects)):
        raise ValueError(f"blocks must part the {effects} effects, in order and without gaps")
