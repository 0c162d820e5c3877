"""`touchline bench loop`, with all its processes, over a small library and few people."""

import pytest

from bench import loop, running
from bench.figures import Figure, Options


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setattr(loop, "QUICK_LASTS_S", 2)
    monkeypatch.setattr(loop, "ASSETS", 40)
    monkeypatch.setattr(loop, "REPS", 1)
    monkeypatch.setattr(loop, "BURST", 6)
    monkeypatch.setattr(running, "CRM_TAKES_S", 0.05)
    # What suits a deal is chosen by fit, and a model takes seconds to begin.
    monkeypatch.setenv("TOUCHLINE_EMBEDDER", "off")
    return Options(quick=True, data=None, say=lambda _: None)


@pytest.mark.timeout(120)
def test_all_that_is_promised_is_measured(few: Options) -> None:
    figures = {one.name: one for one in loop.run(few)}

    promised = [name for name, one in figures.items() if one.promise]
    assert promised == [
        "changes: to new suggestions p95",
        "changes: to new suggestions max",
        "changes: said in Slack",
        "nothing changed: suggestions chosen anew",
        "nothing changed: said in Slack",
        "warm: to the message p95",
        "warm: to the message max",
        "cold: to the message p95",
        "cold: to the message max",
    ]
    assert all(
        _is_positive(figures[f"{name}: disk, durable write p99"]) for name in ("changes", "hooks", "warm")
    )
    assert figures["hooks: ack p50"].ratio
    assert [figures[name].ours for name in promised[2:5]] == [0, 0, 0]


def _is_positive(figure: Figure) -> bool:
    return bool(figure.ours and figure.ours > 0)
