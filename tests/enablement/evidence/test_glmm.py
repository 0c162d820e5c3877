"""Effects that were planted are found again, with errors as large as they are said to be."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit

from enablement.evidence import glmm
from enablement.evidence.study import Floats

Z90 = 1.645


def _uses(rows: int, effects: int, each: int, chance: np.random.Generator) -> sparse.csr_array:
    at = (np.repeat(np.arange(rows), each), chance.integers(0, effects, rows * each))
    found = sparse.csr_array((np.ones(rows * each), at), shape=(rows, effects))
    # Not the same number in each row: else the intercept could not be told from the mean effect.
    found.data = np.minimum(found.data, 1.0) * (chance.random(found.data.size) < 0.6)
    return found


def _planted(rows: int, effects: int, *, each: int = 2) -> tuple[sparse.csr_array, Floats, Floats, Floats]:
    chance = np.random.default_rng(5)
    use = _uses(rows, effects, each, chance)
    planted, offset = chance.normal(0.1, 0.4, effects), chance.normal(-1, 1, rows)
    outcome = (chance.random(rows) < expit(offset + use @ planted)).astype(float)
    return use, offset, outcome, planted


# Above 600 coefficients another way of solving takes over.
@pytest.mark.parametrize("effects", [150, 700])
def test_intervals_hold_what_was_planted(effects: int) -> None:
    use, offset, outcome, planted = _planted(60 * effects, effects, each=2)

    found = glmm.fit(use, offset, outcome, family="logit", blocks=[slice(0, effects)])

    held = np.abs(found.effects - planted) < Z90 * found.errors
    assert 0.84 < held.mean() < 0.96
    assert found.slope == pytest.approx(1, abs=0.1)
    assert found.priors[0].variance == pytest.approx(0.16, rel=0.25)
    assert found.priors[0].mean == pytest.approx(0.1, abs=0.07)


def test_many_effects_are_found_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    use, offset, outcome, _ = _planted(6_000, 100)
    blocks = [slice(0, 100)]
    whole = glmm.fit(use, offset, outcome, family="logit", blocks=blocks)

    monkeypatch.setattr(glmm, "_DENSE", 1)
    drawn = glmm.fit(use, offset, outcome, family="logit", blocks=blocks)

    np.testing.assert_allclose(drawn.effects, whole.effects, atol=0.01)
    np.testing.assert_allclose(drawn.errors, whole.errors, rtol=0.05)


def test_effects_used_together_are_told_apart() -> None:
    chance = np.random.default_rng(3)
    first = chance.random(8_000) < 0.3
    second = np.where(chance.random(8_000) < 0.8, first, chance.random(8_000) < 0.3)
    use = sparse.csr_array(np.column_stack([first, second]).astype(float))
    outcome = (chance.random(8_000) < expit(-1 + 0.8 * first)).astype(float)

    found = glmm.fit(use, np.zeros(8_000), outcome, family="logit", blocks=[slice(0, 2)])

    assert found.effects[0] == pytest.approx(0.8, abs=0.2)
    assert found.effects[1] == pytest.approx(0, abs=0.2)


def test_counts_over_time_are_rates() -> None:
    chance = np.random.default_rng(4)
    use = sparse.csr_array((chance.random((5_000, 1)) < 0.5).astype(float))
    weeks = chance.uniform(1, 20, 5_000)
    count = chance.poisson(weeks * 0.1 * np.exp(0.5 * use.toarray()[:, 0])).astype(float)

    found = glmm.fit(use, np.log(weeks), count, family="poisson", blocks=[slice(0, 1)], free_slope=False)

    assert found.effects[0] == pytest.approx(0.5, abs=0.08)
    assert found.intercept == pytest.approx(np.log(0.1), abs=0.08)
    assert found.slope == 1


def test_rows_of_one_account_are_not_so_many_witnesses() -> None:
    chance = np.random.default_rng(6)
    account = np.repeat(np.arange(60), 50)
    # Some accounts use it in all their deals, and some win nearly all theirs, by chance.
    use = sparse.csr_array((account % 2 == 0).astype(float)[:, None])
    luck = chance.normal(0, 1.5, 60)[account]
    outcome = (chance.random(3_000) < expit(luck)).astype(float)
    alone = glmm.fit(use, np.zeros(3_000), outcome, family="logit", blocks=[slice(0, 1)])

    together = glmm.fit(use, np.zeros(3_000), outcome, family="logit", blocks=[slice(0, 1)], clusters=account)

    assert together.errors[0] > 2 * alone.errors[0]
    assert abs(together.effects[0]) < Z90 * together.errors[0]


@pytest.mark.parametrize("outcome", [np.zeros(40), np.ones(40)])
def test_all_lost_or_all_won_gives_finite_effects(outcome: Floats) -> None:
    use = sparse.csr_array(np.eye(40)[:, :3])

    found = glmm.fit(use, np.zeros(40), outcome, family="logit", blocks=[slice(0, 3)])

    assert np.isfinite(found.effects).all()
    assert (found.errors > 0.05).all()


def test_no_rows_leave_what_is_believed() -> None:
    found = glmm.fit(sparse.csr_array((0, 2)), np.zeros(0), np.zeros(0), family="logit", blocks=[slice(0, 2)])

    assert found.effects.tolist() == [0, 0]


def test_what_does_not_fit_together_is_refused() -> None:
    use = sparse.csr_array(np.eye(3))

    with pytest.raises(ValueError, match="as many offsets"):
        glmm.fit(use, np.zeros(2), np.zeros(3), family="logit", blocks=[slice(0, 3)])
    with pytest.raises(ValueError, match="finite"):
        glmm.fit(use, np.full(3, np.nan), np.zeros(3), family="logit", blocks=[slice(0, 3)])
    with pytest.raises(ValueError, match="part the 3 effects"):
        glmm.fit(use, np.zeros(3), np.zeros(3), family="logit", blocks=[slice(0, 2)])
