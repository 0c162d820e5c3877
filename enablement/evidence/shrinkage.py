"""Draw estimates to what is likely of all: adaptive shrinkage of Stephens (2017), doi:10.1093/biostatistics/kxw041."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from enablement.evidence.study import Floats

_STEPS = 300
_HALVINGS = 45
# Effects are log odds or log rates: none is beyond this.
_FARTHEST = 8.0


@dataclass(frozen=True)
class Shrunk:
    """Posterior means, standard deviations, and the ends of 90 % intervals."""

    mean: Floats
    error: Floats
    low: Floats
    high: Floats


def shrunk(effects: Floats, errors: Floats, variance: float, *, doubt: Floats | float = 0.0) -> Shrunk:
    """Judge effects of a normal prior (mean 0, `variance`) anew by a prior of any shape with its mode at none.

    The prior is a mixture of normals around 0, one of them without any width: if most effects are none, those are
    told apart from few large ones, which one normal for all can't do. Its weights are found from all effects.
    `doubt` is a standard deviation beside what the data say.
    """
    # What the data alone say of each effect: the normal prior is taken out again.
    precision = np.maximum(1 / errors**2 - 1 / variance, 1e-6)
    plain, noise = effects / errors**2 / precision, 1 / precision + doubt**2
    widths = variance * np.concatenate([[0.0], 2.0 ** np.arange(-8, 4)])
    whole = noise[:, None] + widths
    # Of the logs, so that an effect far out is not unlikely beyond what a float can say.
    odds = -0.5 * (plain[:, None] ** 2 / whole + np.log(whole))
    likely = np.exp(odds - odds.max(axis=1, keepdims=True))
    weights = np.full(widths.size, 1 / widths.size)
    for _ in range(_STEPS):
        share = likely * weights
        share /= share.sum(axis=1, keepdims=True)
        # One effect's worth of doubt, so that few effects do not make the prior sure of itself.
        weights = (share.sum(axis=0) + 1 / widths.size) / (effects.size + 1)
    share = likely * weights
    share /= share.sum(axis=1, keepdims=True)
    kept = widths / whole
    means, spreads = kept * plain[:, None], np.sqrt(kept * noise[:, None])
    mean = (share * means).sum(axis=1)
    error = np.sqrt((share * (spreads**2 + means**2)).sum(axis=1) - mean**2)
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
