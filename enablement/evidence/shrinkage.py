"""Draw estimates to what is likely of all: adaptive shrinkage of Stephens (2017), doi:10.1093/biostatistics/kxw041."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from enablement.evidence.study import Floats, Ints

_STEPS = 300
_HALVINGS = 45
# Effects are log odds or log rates: none is beyond this.
_FARTHEST = 8.0
# How far segments of an asset may lie apart (standard deviations): not at all, or so far.
_APART = np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.8])
# Shapes of the prior that are less likely than this for all of the effects are left out.
_UNLIKELY = 1e-4


@dataclass(frozen=True)
class Shrunk:
    """Posterior means, standard deviations, and the ends of 90 % intervals."""

    mean: Floats
    error: Floats
    low: Floats
    high: Floats


def data_alone(effects: Floats, errors: Floats, variance: float) -> tuple[Floats, Floats]:
    """Return what the data alone say of effects of a normal prior (mean 0, `variance`), and with which variance."""
    precision = np.maximum(1 / errors**2 - 1 / variance, 1e-6)
    return effects / errors**2 / precision, 1 / precision


def shrunk(effects: Floats, errors: Floats, variance: float, *, doubt: Floats | float = 0.0) -> Shrunk:
    """Judge effects of a normal prior (mean 0, `variance`) anew by a prior of any shape with its mode at none.

    The prior is a mixture of normals around 0, one of them without any width: if most effects are none, those are
    told apart from few large ones, which one normal for all can't do. Its weights are found from all effects.
    `doubt` is a standard deviation beside what the data say.
    """
    found, noise = data_alone(effects, errors, variance)
    noise = noise + doubt**2
    widths = _widths(variance)
    whole = noise[:, None] + widths
    share = _shares(-0.5 * (found[:, None] ** 2 / whole + np.log(whole)))
    kept = widths / whole
    return _mixed(share, kept * found[:, None], np.sqrt(kept * noise[:, None]))


def shrunk_apart(
    own: Floats, noise: Floats, variance: float, *, asset: Ints, apart: Floats, information: Floats
) -> Shrunk:
    """Judge the effect in each part of the deals that used an asset: its own, and how far the part is from that.

    `own` and `noise` are what the data alone say of each asset, and the variance of that. Each part is of one `asset`,
    those of an asset are all of its deals; `apart` is how far it seems to lie from the others, with the `information`
    on that. The prior is a mixture over how far assets are from none and, for each such width, how far their parts are
    from them: what does nothing does nothing anywhere, and what does something may do it differently.
    """
    seen = np.bincount(asset, information, own.size)
    apart = apart - (np.bincount(asset, information * apart, own.size) / np.maximum(seen, 1e-9))[asset]
    at = own[asset] + apart
    # The noise that all parts of an asset have in common: of what else its deals used, and of their accounts.
    common = np.maximum(noise - 1 / np.maximum(seen, 1e-9), 0.0)
    shapes = [(width, far**2) for far in _APART for width in _widths(variance)]
    models = [_Apart(asset, at, information, common, width, far) for width, far in shapes]
    shares = _shares(np.column_stack([one.likely() for one in models]))
    kept = np.flatnonzero(shares.max(axis=0) > _UNLIKELY)
    means, spreads = zip(*(models[one].judged() for one in kept), strict=True)
    share = shares[np.ix_(asset, kept)]
    return _mixed(share / share.sum(axis=1, keepdims=True), np.column_stack(means), np.column_stack(spreads))


@dataclass(frozen=True)
class _Apart:
    """Parts seen `at` some effect, if assets are from none by a variance of `width`, and parts from assets by `far`."""

    asset: Ints
    at: Floats
    information: Floats
    common: Floats
    width: float
    far: float

    def _sums(self) -> tuple[Floats, Floats, Floats]:
        """Return the precision of each part about what is common, the variance of that, and how much is seen of it."""
        precision = 1 / (1 / self.information + self.far)
        whole = self.common + self.width
        return precision, whole, 1 + whole * np.bincount(self.asset, precision, whole.size)

    def likely(self) -> Floats:
        """Return the log likelihood of what is seen of each asset, but for a constant."""
        precision, whole, sureness = self._sums()
        first = np.bincount(self.asset, precision * self.at, whole.size)
        rest = np.bincount(self.asset, np.log(precision) - precision * self.at**2, whole.size)
        likely: Floats = 0.5 * (rest - np.log(sureness) + whole * first**2 / sureness)
        return likely

    def judged(self) -> tuple[Floats, Floats]:
        """Return the posterior mean and standard deviation of the effect in each part."""
        precision, whole, sureness = self._sums()
        middle = whole * np.bincount(self.asset, precision * self.at, whole.size) / sureness
        # Of what is common to the parts, so much is the asset's effect; of what is not, so much the part's.
        own = (self.width / np.maximum(whole, 1e-12))[self.asset]
        its = self.far * precision
        mean = its * self.at + (own - its) * middle[self.asset]
        variance = (own - its) ** 2 * (whole / sureness)[self.asset] + own * self.common[self.asset]
        return mean, np.sqrt(variance + its / self.information)


def _widths(variance: float) -> Floats:
    widths: Floats = variance * np.concatenate([[0.0], 2.0 ** np.arange(-8, 4)])
    return widths


def _shares(odds: Floats) -> Floats:
    """Return how likely each shape of the prior is for each effect, from log likelihoods (effects × shapes)."""
    # Of the logs, so that an effect far out is not unlikely beyond what a float can say.
    likely = np.exp(odds - odds.max(axis=1, keepdims=True))
    effects, shapes = odds.shape
    weights = np.full(shapes, 1 / shapes)
    for _ in range(_STEPS):
        share = likely * weights
        share /= share.sum(axis=1, keepdims=True)
        # One effect's worth of doubt, so that few effects do not make the prior sure of itself.
        weights = (share.sum(axis=0) + 1 / shapes) / (effects + 1)
    share = likely * weights
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _mixed(share: Floats, means: Floats, spreads: Floats) -> Shrunk:
    mean = (share * means).sum(axis=1)
    error = np.sqrt(np.maximum((share * (spreads**2 + means**2)).sum(axis=1) - mean**2, 0.0))
    ends = (_below(chance, share, means, spreads) for chance in (0.05, 0.95))
    return Shrunk(mean, error, *ends)


def _below(chance: float, share: Floats, means: Floats, spreads: Floats) -> Floats:
    """Return the value that each mixture is below with this chance; 0 where the part without width decides."""
    low, high = np.full(len(share), -_FARTHEST), np.full(len(share), _FARTHEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        under = ndtr((middle[:, None] - means) / np.maximum(spreads, 1e-12))
        less = (share * under).sum(axis=1) < chance
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    found = (low + high) / 2
    return np.where(np.abs(found) < 1e-9, 0.0, found)
