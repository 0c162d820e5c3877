"""`touchline bench announce`, over few people."""

import pytest

from bench import announce
from bench.figures import Options


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setattr(announce, "QUICK_PEOPLE", 100)
    monkeypatch.setattr(announce, "TROUBLED", 40)
    # As few as these are told within two minutes, so that a pace can be seen.
    monkeypatch.setattr(announce, "A_MINUTE", 60)
    monkeypatch.setattr(announce, "MOST_MINUTES", 17.5 * 300 / 60)
    monkeypatch.setattr(announce, "OUTAGE_S", 10)
    monkeypatch.setattr(announce, "FAULTS", {"429": 2, "lost_reply": 3, "500": 1, "drop": 1})
    return Options(quick=True, data=None, say=lambda _: None)


@pytest.mark.timeout(60)
def test_all_that_is_promised_is_measured_and_kept(few: Options) -> None:
    figures = {one.name: one for one in announce.run(few)}

    assert {name: one.kept for name, one in figures.items() if one.promise} == {
        "100 people: told after, virtual": True,
        "missed, doubled or wrongly noted": True,
        "most of its messages in any minute": True,
        "refused by Slack's rate limits": True,
        "with failures: missed, doubled or wrongly noted": True,
    }


def test_a_pace_that_is_broken_is_seen(few: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "MOST_MINUTES", 10.0)
    monkeypatch.setattr(announce, "TROUBLED", 1)
    monkeypatch.setattr(announce, "FAULTS", {})
    monkeypatch.setattr(announce, "OUTAGE_S", 1)

    figures = {one.name: one for one in announce.run(few)}

    assert figures["100 people: told after, virtual"].kept is False
