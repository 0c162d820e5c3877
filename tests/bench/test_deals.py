"""`touchline bench deals`, over an org of a few hundred deals."""

import pytest

from bench import deals
from bench.figures import BenchFailed, Options

FEW = 300


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setattr(deals, "QUICK_DEALS", FEW)
    monkeypatch.setattr(deals, "QUICK_ROUNDS", 1)
    monkeypatch.setattr(deals, "ACCOUNTS", 20)
    monkeypatch.setattr(deals, "CONTACTS_IN_ALL", 20)
    return Options(quick=True, data=None, say=lambda _: None)


def test_all_that_is_promised_is_measured(few: Options) -> None:
    figures = {one.name: one for one in deals.run(few)}

    assert [one.promise is not None for one in figures.values()] == [True, True, False, True]
    first = figures[f"first reading of {FEW} deals"]
    assert first.ours
    assert first.peer
    assert first.ours > 0 < first.peer
    assert all(one.kept is not False for one in figures.values())


def test_a_reading_that_misses_deals_is_no_measurement(few: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deals, "_apart", lambda *_: deals.Done(1.0, 1.0, FEW - 1))

    with pytest.raises(BenchFailed, match="299 deals were read of 300"):
        deals.run(few)
