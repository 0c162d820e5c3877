"""A project is read as files of metadata with their names; its form is held against the WSDL and a local org."""

from pathlib import Path

import pytest

from checks import local_org, wsdl
from checks.names import ApexClass, Names
from checks.project import Project
from tests.checks.planting import Defect, said
from tests.checks.small_project import CLASSES, FIELDS, FLOW, MAIN, OBJECTS

NOTE = f"{OBJECTS}/Note__c.object-meta.xml"
STATUS = f"{FIELDS}/Status__c.field-meta.xml"


def test_metadata_is_known_by_kind_name_and_owner(project: Path) -> None:
    read = Project(project)

    fields = {(file.owner, file.name) for file in read.of("field")}
    [field] = [file for file in read.of("field") if file.name == "Ref__c"]

    assert fields == {
        ("Note__c", "Ref__c"),
        ("Note__c", "Status__c"),
        ("Note__c", "Deal__c"),
        ("Setting__mdt", "Phrase__c"),
    }
    assert (field.tag, field.where) == ("CustomField", f"{FIELDS}/Ref__c.field-meta.xml")
    assert read.api_version == "62.0"
    assert {path.name for path in read.packages} == {"force-app", "hooks"}


def test_a_layout_keeps_the_dots_and_spaces_of_its_name(project: Path) -> None:
    assert Project(project).names("layout") == {"Note__c-Note Layout", "Opportunity-Deal Layout"}
    assert Project(project).names("quickAction") == {"Opportunity.Ask"}


def test_files_outside_the_package_directories_are_not_read(project: Path) -> None:
    (project / "elsewhere").mkdir()
    (project / "elsewhere" / "Odd.flow-meta.xml").write_text("<Flow/>")

    assert Project(project).names("flow") == {"Changed"}


def test_code_is_given_by_its_ending(project: Path) -> None:
    assert dict(Project(project).code(".cls")).keys() == {
        f"{CLASSES}/{name}.cls" for name in ("Panel", "PanelTest", "Tell", "TellTest")
    }


def test_comments_of_apex_say_nothing_and_texts_in_quotes_stay() -> None:
    apex_class = ApexClass(
        "A", "A.cls", "/* 'no' */ String a = 'https://x.y'; // 'never'\nString b = 'it\\'s';"
    )

    assert apex_class.strings == ("https://x.y", "it\\'s")
    assert apex_class.code.count("\n") == apex_class.source.count("\n")
    assert apex_class.code.index("String a") == apex_class.source.index("String a")


def test_annotations_are_found_with_what_they_stand_on(project: Path) -> None:
    names = Names(Project(project))

    read = names.classes["Panel"].annotated["read"]

    assert read.is_method
    assert read.has("auraenabled")
    assert not names.classes["Panel"].annotated["title"].is_method
    assert names.classes["PanelTest"].is_test
    assert not names.classes["Panel"].is_test


def test_a_field_is_found_along_relationships(project: Path) -> None:
    names = Names(Project(project))
    note = names.schema.get("Note__c")

    found = names.field(note, "Deal__r.Account.Owner.Name")

    assert found is not None
    assert found.name == "Name"
    assert names.field(note, "Deal__r.Acount.Name") is None
    assert names.field(note, "Status__c.Name") is None


@pytest.mark.parametrize("step", [wsdl, local_org])
def test_the_form_of_a_whole_project_is_right(project: Path, step: object) -> None:
    assert step.findings(Project(project)) == []  # type: ignore[attr-defined]  # both are modules


@pytest.mark.parametrize(
    "defect",
    [
        Defect(STATUS, "<label>Status", "<lable>Status", "line "),
        Defect(STATUS, "<label>Status</label>", "<lable>Status</lable>", "lable"),
        Defect(STATUS, "<type>Picklist", "<type>Piclist", "Piclist"),
        Defect(
            STATUS,
            "<fullName>Status__c",
            "<fullName>State__c",
            "<fullName> is 'State__c', the file is called",
        ),
        Defect(NOTE, "<label>Note</label>", "<label>Note</label><label>Note</label>", "label"),
        Defect(NOTE, "CustomObject", "CustomObjekt", "line 2"),
        Defect(FLOW, "<Flow ", "<Workflow ", "line 2"),
        Defect(f"{MAIN}/sites/A.site-meta.xml", "", "<CustomSite/>", "files of the kind 'site' are unknown"),
        Defect(f"{MAIN}/tabs/A.tab-meta.xml", "", "<Flow/>", "its root is <Flow>, not <CustomTab>"),
    ],
    ids=str,
)
def test_what_the_metadata_api_would_refuse_is_found(project: Path, defect: Defect) -> None:
    defect.plant(project)

    found = said(wsdl.findings(Project(project)))

    assert defect.where in found
    assert defect.said in found


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_still_read(project: Path) -> None:
    Defect(STATUS, "</CustomField>", "", "").plant(project)

    read = Project(project)

    assert [one.file for one in read.unreadable] == [STATUS]
    assert "Ref__c" in read.names("field")


@pytest.mark.parametrize(
    "defect",
    [
        Defect(
            f"{FIELDS}/Deal__c.field-meta.xml",
            "<referenceTo>Opportunity",
            "<referenceTo>Opportunty",
            "Opportunty",
        ),
        Defect(
            f"{MAIN}/permissionsets/Reader.permissionset-meta.xml",
            "<field>Note__c.Deal__c",
            "<field>Note__c.Dael__c",
            "Dael__c",
        ),
    ],
    ids=str,
)
def test_what_the_local_org_refuses_is_found(project: Path, defect: Defect) -> None:
    defect.plant(project)

    assert defect.said in said(local_org.findings(Project(project)))


def test_a_project_that_cannot_be_packed_is_a_finding(project: Path) -> None:
    (project / MAIN / "odd").mkdir()
    (project / MAIN / "odd" / "A.odd-meta.xml").write_text("<Odd/>")

    assert [one.file for one in local_org.findings(Project(project))] == ["sfdx-project.json"]
