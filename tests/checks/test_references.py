"""Each rule of the references finds the one defect that is planted in a small project."""

from pathlib import Path

import pytest

from checks import references
from checks.project import Project
from checks.references import rights
from tests.checks.defects import DEFECTS
from tests.checks.planting import Defect, said


def test_nothing_is_found_in_a_project_that_is_whole(project: Path) -> None:
    assert references.findings(Project(project)) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_planted_defect_is_found(project: Path, defect: Defect) -> None:
    defect.plant(project)

    found = references.findings(Project(project))

    assert defect.said in said(found)


def test_who_writes_an_object_must_be_let_at_each_of_its_fields(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = frozenset({"allowRead", "allowCreate"})
    monkeypatch.setattr(rights, "DECIDED", {"Reader": {**rights.DECIDED["Reader"], "Note__c": writes}})

    found = said(references.findings(Project(project)))

    assert "Note__c: grants nothing too much and ['allowCreate'] too little" in found
    assert "writes Note__c, but not its Deal__c" in found
