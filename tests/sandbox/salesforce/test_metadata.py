"""Reading SFDX folders."""

import shutil
from pathlib import Path

import pytest

from sandbox.salesforce.schema import load_standard_objects
from sandbox.salesforce.sfdx import MetadataError, deploy
from tests.sandbox.salesforce.conftest import PROJECT

FIELDS = Path("force-app/main/default/objects/Content_Touch__c/fields")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    tools = shutil.ignore_patterns("node_modules")
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=tools))


def change(project: Path, field: str, before: str, after: str) -> None:
    path = project / FIELDS / f"{field}.field-meta.xml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_the_project_deploys() -> None:
    touch = deploy(load_standard_objects(), [PROJECT]).get("Content_Touch__c")

    reference = touch.fields["external_ref__c"]
    assert (reference.unique, reference.external_id, reference.required, reference.case_sensitive) == (
        True,
    ) * 4
    parent = touch.controlling_field
    assert parent is not None
    assert (parent.name, parent.read_access_suffices, parent.updateable) == ("Opportunity__c", True, True)


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("Kind__c", "<type>Picklist</type>", "<type>Hyperlink</type>"),
        ("Recipient__c", "<fullName>Recipient__c", "<fullName>Recipeint__c"),
        ("Actor__c", "<referenceTo>User<", "<referenceTo>Usr<"),
        ("Opportunity__c", "<type>MasterDetail<", "<type>Lookup<"),
    ],
)
def test_wrong_metadata_is_refused(project: Path, field: str, before: str, after: str) -> None:
    change(project, field, before, after)

    with pytest.raises(MetadataError):
        deploy(load_standard_objects(), [project])


def test_a_folder_without_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="no objects"):
        deploy(load_standard_objects(), [tmp_path])
