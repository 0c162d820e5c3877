"""Drawing estimates to what is likely of all."""

import numpy as np
import pytest

from enablement.evidence.shrinkage import shrunk, shrunk_apart
from enablement.evidence.study import Floats, Ints

PARTS = 5
WIDTH, FAR, NOISE = 0.4, 0.25, 0.15


def test_what_is_far_out_and_sure_stays_where_it_is() -> None:
    # Far beyond any prior: as a float its likelihood is none.
    found = shrunk(np.array([0.0, 0.02, -0.03, 4.0]), np.array([0.02, 0.02, 0.02, 0.002]), 0.001)

    assert np.isfinite([found.mean, found.error, found.low, found.high]).all()
    assert abs(found.mean[3] - 4.0) < 0.2
    assert found.low[3] < found.mean[3] < found.high[3]
    assert (np.abs(found.mean[:3]) < 0.1).all()


def _parts(assets: int, *, real: float) -> tuple[Ints, Floats, Floats, Floats]:
    """Return for each part its asset, true effect and what is seen of it, and each asset's own as seen."""
    chance = np.random.default_rng(3)
    own = chance.normal(0, WIDTH, assets) * (chance.random(assets) < real)
    asset = np.repeat(np.arange(assets), PARTS)
    truth = own[asset] + chance.normal(0, FAR, asset.size) * (own[asset] != 0)
    # What all parts share is off, too: what else their deals used is not known for sure.
    seen = truth + chance.normal(0, NOISE, asset.size) + chance.normal(0, NOISE, assets)[asset]
    return asset, truth, seen, seen.reshape(assets, PARTS).mean(axis=1)


@pytest.mark.parametrize("real", [0.5, 1.0])
def test_intervals_of_segments_hold_as_often_as_they_say(real: float) -> None:
    asset, truth, seen, own = _parts(300, real=real)
    noise = np.full(own.size, NOISE**2 * (1 + 1 / PARTS))

    found = shrunk_apart(
        own,
        noise,
        WIDTH**2,
        asset=asset,
        # Only differences between an asset's parts are taken from here.
        apart=seen - 7.0,
        information=np.full(asset.size, NOISE**-2),
    )

    holds = (found.low <= truth + 1e-9) & (truth - 1e-9 <= found.high)
    assert 0.87 < holds.mean() < 0.93
    assert holds[truth != 0].mean() > 0.82
    off = np.sqrt(np.mean((found.mean - truth) ** 2))
    # Nearer than what the part alone shows, and than what the whole asset does.
    assert off < 0.95 * np.sqrt(np.mean((seen - truth) ** 2))
    assert off < 0.95 * np.sqrt(np.mean((own[asset] - truth) ** 2))
    # Errors are those that are made.
    assert 0.9 < np.sqrt(np.mean(found.error**2)) / off < 1.1


def test_what_does_nothing_does_nothing_in_any_segment() -> None:
    asset, truth, seen, own = _parts(200, real=0.5)
    information = np.full(asset.size, NOISE**-2)

    found = shrunk_apart(
        own, np.full(own.size, NOISE**2 * 1.2), WIDTH**2, asset=asset, apart=seen, information=information
    )

    none = truth == 0
    assert np.abs(found.mean[none]).mean() < 0.5 * np.abs(seen[none]).mean()
    assert ((found.low > 0) | (found.high < 0))[none].mean() < 0.03
