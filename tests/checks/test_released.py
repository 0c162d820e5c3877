"""What installed orgs have is kept: types, lengths, values and sharing."""

import json
from pathlib import Path

import pytest

from checks import released, tools
from checks.project import Project
from tests.checks.planting import Defect, said
from tests.checks.small_project import FIELDS, OBJECTS

NOTE = f"{OBJECTS}/Note__c.object-meta.xml"
REF, STATUS, DEAL = (f"{FIELDS}/{name}.field-meta.xml" for name in ("Ref__c", "Status__c", "Deal__c"))


@pytest.fixture
def kept(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file in which the project as it is now was kept."""
    file = tmp_path / "released.json"
    monkeypatch.setattr(released, "_FILE", file)
    monkeypatch.setattr(tools, "PROJECT", project)
    assert released.main([]) == 0
    return file


def test_what_was_kept_is_no_finding(project: Path, kept: Path) -> None:
    facts = json.loads(kept.read_text("utf-8"))

    assert released.findings(Project(project)) == []
    assert facts["Note__c.Status__c"] == {"required": "false", "type": "Picklist", "values": ["Open", "Done"]}


@pytest.mark.parametrize(
    "defect",
    [
        Defect(REF, "64", "63", "length shrank from 64 to 63"),
        Defect(REF, "<type>Text", "<type>Email", "type was 'Text' and is 'Email'"),
        Defect(REF, "<unique>true</unique>", "", "unique was 'true' and is 'not said'"),
        Defect(STATUS, "<fullName>Done", "<fullName>Ready", "lost the value 'Done'"),
        Defect(DEAL, "SetNull", "Restrict", "deleteConstraint was 'SetNull' and is 'Restrict'"),
        Defect(DEAL, "", "", "Note__c.Deal__c is gone: installed orgs keep it"),
        Defect(
            NOTE,
            "<sharingModel>Read",
            "<sharingModel>ReadWrite",
            "sharingModel was 'Read' and is 'ReadWrite'",
        ),
        Defect(
            f"{FIELDS}/New__c.field-meta.xml", "", "<CustomField/>", "is new: run python -m checks release"
        ),
    ],
    ids=str,
)
@pytest.mark.usefixtures("kept")
def test_what_an_org_could_not_take_is_found(project: Path, defect: Defect) -> None:
    defect.plant(project)

    assert defect.said in said(released.findings(Project(project)))


@pytest.mark.parametrize(
    "growth",
    [
        Defect(REF, "64", "65", ""),
        Defect(
            STATUS,
            "<value><fullName>Open",
            "<value><fullName>New</fullName></value><value><fullName>Open",
            "",
        ),
        Defect(REF, "<label>Reference", "<label>Name of it", ""),
    ],
    ids=["longer", "one more value", "another label"],
)
@pytest.mark.usefixtures("kept")
def test_what_grows_or_is_said_otherwise_is_no_finding(project: Path, growth: Defect) -> None:
    growth.plant(project)

    assert released.findings(Project(project)) == []
