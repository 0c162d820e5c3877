"""The measurement itself, on a few rows."""

import json
import sys

import pytest

from sandbox.salesforce import measure
from tests.sandbox.salesforce.conftest import PROJECT


def test_the_measurement_says_how_long_each_act_took(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["measure", "--opportunities", "30", "--touches", "20", "--source", str(PROJECT)]
    monkeypatch.setattr(sys, "argv", asked)

    assert measure.main() == 0

    figures = json.loads(capsys.readouterr().out)
    assert (figures["opportunities"], figures["touches"]) == (30, 20)
    assert all(value > 0 for value in figures["milliseconds"].values())
