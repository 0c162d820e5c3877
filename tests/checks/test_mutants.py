"""Mutants are drawn by a seed and differ from the original; the judge tells which check notices, and puts all back."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from checks import baseline, tools, wsdl
from checks.mutants import equivalent, run
from checks.mutants.mutation import Mutation, misspelt
from checks.project import Finding, Project
from tests.checks.small_project import CLASSES, FIELDS

STATUS = f"{FIELDS}/Status__c.field-meta.xml"
PANEL = f"{CLASSES}/Panel.cls"


@pytest.fixture(autouse=True)
def cheap(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge by what needs neither Node nor Java."""
    monkeypatch.setattr(tools, "PROJECT", project)
    monkeypatch.setattr(baseline, "_entries", list)
    monkeypatch.setattr(run, "_ALWAYS", {"wsdl": wsdl.findings})
    monkeypatch.setattr(run, "_BY_ENDING", {})
    (project / "node_modules").mkdir()


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def changed(project: Path, where: str, old: str, new: str) -> Mutation:
    source = (project / where).read_text("utf-8")
    assert old in source
    return Mutation("by hand", where, f"{old} is {new}", source.replace(old, new, 1))


def test_the_same_seed_draws_the_same_and_another_draws_others(project: Path) -> None:
    def drawn(seed: int) -> list[Mutation]:
        return run.draw(Project(project), seed=seed, count=25)

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_every_mutant_is_another_project_and_no_known_equivalent(project: Path) -> None:
    drawn = run.draw(Project(project), seed=8, count=120)

    assert len({(one.where, one.content) for one in drawn}) == 120
    assert all(one.content != (project / one.where).read_text("utf-8") for one in drawn)
    assert len({one.operator for one in drawn}) > 20


def test_tests_and_comments_are_not_changed(project: Path) -> None:
    drawn = run.draw(Project(project), seed=11, count=200)

    code = [one for one in drawn if one.where.endswith((".cls", ".js")) and one.content]
    assert code
    assert not [one for one in code if "__tests__" in one.where or one.where.endswith("Test.cls")]
    assert all('Reads "notes" for the panel' in (one.content or "") for one in code if one.where == PANEL)


def test_equivalents_are_left_out(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = equivalent.Equivalent("break the Apex", re.compile(""), re.compile(""), "For a test.")
    monkeypatch.setattr(equivalent, "EQUIVALENT", (everything,))

    drawn = run.draw(Project(project), seed=5, count=100)

    assert "break the Apex" not in {one.operator for one in drawn}


@pytest.mark.parametrize(
    ("operator", "where", "text", "known"),
    [
        ("lose a file", "reports/Desk/Use.report-meta.xml", "", True),
        ("lose a file", "classes/Panel.cls-meta.xml", "", False),
        ("misspell a name in Apex", PANEL, "label", True),
        ("misspell a name in Apex", PANEL, "labels", False),
        ("misspell a field", "flexipages/Deal.flexipage-meta.xml", "Facet-notes", True),
        ("misspell an object", "flexipages/Deal.flexipage-meta.xml", "Facet-notes", False),
    ],
)
def test_an_equivalent_is_known_by_operator_file_and_text(
    operator: str, where: str, text: str, *, known: bool
) -> None:
    assert bool(equivalent.reason(operator, where, text)) is known


def test_a_misspelt_name_is_another_name_of_the_same_kind() -> None:
    for seed in range(300):
        for name in ("Status__c", "Notes__r", "id", "Opportunity.Amount"):
            wrong = misspelt(name, Random(seed))

            assert wrong != name
            assert wrong.endswith(name[-3:] if name.endswith(("__c", "__r")) else "")


def test_the_judge_says_which_check_notices_and_puts_the_file_back(project: Path) -> None:
    before = snapshot(project)
    judge = run._Judge(project)

    noticed = judge.verdict(changed(project, STATUS, "<type>Picklist", "<type>Piclist"))
    missed = judge.verdict(changed(project, STATUS, "<label>Status", "<label>State"))
    deleted = judge.verdict(Mutation("by hand", STATUS, "deleted", None))

    assert noticed.by == "wsdl"
    assert "Piclist" in noticed.said
    assert (missed.by, deleted.by) == ("", "")
    assert snapshot(project) == before


def test_what_was_wrong_before_is_not_counted(project: Path) -> None:
    label = project / f"{FIELDS}/Ref__c.field-meta.xml"
    label.write_text(label.read_text("utf-8").replace("<type>Text", "<type>Txt"), "utf-8")

    verdict = run._Judge(project).verdict(changed(project, STATUS, "<label>Status", "<label>State"))

    assert verdict.by == ""


def test_a_check_that_falls_over_has_noticed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(read: Project) -> list[Finding]:
        if "State" in (read.root / STATUS).read_text("utf-8"):
            raise tools.ToolFailed("cannot read it")
        return []

    monkeypatch.setattr(run, "_ALWAYS", {"falls": falls})
    before = snapshot(project)

    verdict = run._Judge(project).verdict(changed(project, STATUS, "<label>Status", "<label>State"))

    assert (verdict.by, verdict.said) == ("falls", "falls over: ['cannot read it']")
    assert snapshot(project) == before


def noticing(share: int) -> Callable[[Project], list[Finding]]:
    """Return a check that notices this many of every hundred mutants."""
    asked = iter(range(-1, 1000))

    def check(_: Project) -> list[Finding]:
        number = next(asked)
        return [Finding("A", "is wrong")] if 0 <= number < share else []

    return check


@pytest.mark.parametrize(("caught", "code"), [(90, 0), (89, 1), (0, 1)])
def test_below_nine_in_ten_the_run_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caught: int, code: int
) -> None:
    monkeypatch.setattr(run, "_ALWAYS", {"counted": noticing(caught)})

    assert run.main(["--seed", "3", "--count", "100"]) == code

    *missed, last = capsys.readouterr().out.splitlines()
    assert f"seed 3: {caught} of 100 mutants caught ({caught} %)" in last
    assert len(missed) == 100 - caught
    assert all(line.startswith("MISSED ") for line in missed)


def test_the_project_itself_is_never_touched(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(project)

    run.main(["--seed", "3", "--count", "10", "--list"])

    assert len(re.findall(r"\t", capsys.readouterr().out)) == 20
    assert snapshot(project) == before
