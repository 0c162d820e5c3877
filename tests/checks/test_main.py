"""The command runs the steps that it is told, says what each found, and ends as they did."""

import sys
from pathlib import Path

import pytest

from checks import __main__, baseline, tools
from checks.__main__ import main
from checks.project import Finding, Project

WRONG = Finding("classes/A.cls", "line 3: is wrong")


def clean(_: Project) -> list[Finding]:
    return []


def wrong(_: Project) -> list[Finding]:
    return [WRONG]


def falls(_: Project) -> list[Finding]:
    raise tools.ToolFailed("eslint did not end within 300 s")


@pytest.fixture(autouse=True)
def steps(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "PROJECT", project)
    monkeypatch.setattr(__main__, "STEPS", {"clean": clean, "wrong": wrong, "falls": falls})
    monkeypatch.setattr(baseline, "_entries", list)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_step_that_finds_nothing_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean"]) == 0

    first, last = lines(capsys)
    assert first.startswith("ok   clean: 0 found, ")
    assert last == "1 passed, 0 failed"


def test_findings_are_shown_and_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wrong", "clean"]) == 1

    said = lines(capsys)
    assert said[0].startswith("FAIL wrong: 1 found")
    assert said[1].strip() == str(WRONG)
    assert said[-1] == "1 passed, 1 failed"


def test_without_arguments_every_step_runs_and_one_that_falls_over_stops_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 1

    said = lines(capsys)
    assert "FAIL falls: eslint did not end within 300 s" in said
    assert said[-1] == "1 passed, 2 failed"


def test_accepted_findings_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"step": "wrong", "file": "A.cls", "text": "is wrong"}
    monkeypatch.setattr(baseline, "_entries", lambda: [entry])

    assert main(["wrong"]) == 0

    assert lines(capsys)[0].startswith("ok   wrong: 0 found, 1 accepted (checks/baseline.json)")


def test_an_unknown_step_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "claen"]) == 2

    assert lines(capsys) == ["No such step: claen. There are: clean, wrong, falls, mutants, capture, release"]


def test_the_other_commands_get_their_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []

    class Other:
        @staticmethod
        def main(arguments: list[str]) -> int:
            given.append(arguments)
            return 7

    monkeypatch.setitem(sys.modules, "checks.mutants.run", Other)

    assert main(["mutants", "--seed", "3"]) == 7
    assert given == [["--seed", "3"]]
