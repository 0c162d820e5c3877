"""Drawing estimates to what is likely of all."""

import numpy as np

from enablement.evidence.shrinkage import shrunk


def test_what_is_far_out_and_sure_stays_where_it_is() -> None:
    # Far beyond any prior: as a float its likelihood is none.
    found = shrunk(np.array([0.0, 0.02, -0.03, 4.0]), np.array([0.02, 0.02, 0.02, 0.002]), 0.001)

    assert np.isfinite([found.mean, found.error, found.low, found.high]).all()
    assert abs(found.mean[3] - 4.0) < 0.2
    assert found.low[3] < found.mean[3] < found.high[3]
    assert (np.abs(found.mean[:3]) < 0.1).all()
