"""Accepted findings are taken out, and an acceptance that accepts nothing is a finding itself."""

import json

import pytest

from checks import __main__, baseline
from checks.project import Finding

ACCEPTED = {"step": "pmd", "file": "classes/A.cls", "text": "TooLong", "reason": "It is generated."}


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "_entries", lambda: [ACCEPTED])


def test_an_accepted_finding_is_counted_and_left_out() -> None:
    other = Finding("force-app/classes/A.cls", "line 3: Unsafe")

    left, accepted = baseline.sifted("pmd", [Finding("force-app/classes/A.cls", "line 9: TooLong"), other])

    assert (left, accepted) == ([other], 1)


@pytest.mark.parametrize(
    "finding", [Finding("force-app/classes/B.cls", "TooLong"), Finding("force-app/classes/A.cls", "TooShort")]
)
def test_another_file_or_another_text_is_not_accepted(finding: Finding) -> None:
    assert finding in baseline.sifted("pmd", [finding])[0]


def test_an_acceptance_that_accepts_nothing_is_a_finding() -> None:
    [stale], accepted = baseline.sifted("pmd", [])

    assert stale.file == "checks/baseline.json"
    assert "classes/A.cls: TooLong" in stale.text
    assert accepted == 0


def test_what_one_step_accepts_another_does_not() -> None:
    finding = Finding("force-app/classes/A.cls", "TooLong")

    assert baseline.sifted("eslint", [finding]) == ([finding], 0)
    assert not baseline.is_accepted("eslint", finding)
    assert baseline.is_accepted("pmd", finding)


def test_every_committed_acceptance_names_a_step_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = json.loads(baseline._FILE.read_text("utf-8"))

    assert [entry for entry in entries if entry["step"] not in __main__.STEPS or not entry["reason"]] == []
