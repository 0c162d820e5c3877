"""INCLUDES and EXCLUDES, on a field that was deployed for it."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient
from tests.sandbox.salesforce.test_deploy import XMLNS, deploy, failures, manifest

FIELD = (
    "<fields><fullName>Tags__c</fullName><label>Tags</label><type>MultiselectPicklist</type>"
    "<valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>{}</valueSetDefinition></valueSet>"
    "<visibleLines>4</visibleLines></fields>"
)
VALUE = "<value><fullName>{0}</fullName><default>false</default><label>{0}</label></value>"


@pytest.fixture
def tagged(org: OrgClient) -> OrgClient:
    field = FIELD.format("".join(VALUE.format(name) for name in ("red", "dark red", "blue")))
    files = {
        "objects/Account.object": f"<CustomObject {XMLNS}>{field}</CustomObject>",
        "package.xml": manifest(CustomField="Account.Tags__c"),
    }
    assert failures(deploy(org, files)) == []
    for name, tags in (("a", "red"), ("b", "red;blue"), ("c", "dark red"), ("d", None)):
        org.create("Account", Name=name, Tags__c=tags)
    return org


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("INCLUDES ('red')", "ab"),
        ("INCLUDES ('RED')", "ab"),
        ("INCLUDES ('red;blue')", "b"),
        ("INCLUDES ('blue;red', 'dark red')", "bc"),
        ("EXCLUDES ('red')", "cd"),
        ("EXCLUDES ('red;blue')", "acd"),
        ("EXCLUDES ('red', 'dark red')", "d"),
        ("= null", "d"),
        ("= 'red;blue'", "b"),
    ],
)
def test_sets_of_values_are_found(tagged: OrgClient, condition: str, names: str) -> None:
    found: list[Any] = tagged.values(f"SELECT Name FROM Account WHERE Tags__c {condition} ORDER BY Name")  # noqa: S608 values of this test

    assert "".join(found) == names


def test_a_value_that_is_not_on_the_list_is_refused(tagged: OrgClient) -> None:
    body = {"Name": "e", "Tags__c": "red;green"}

    assert (
        tagged.refusal("POST", "/sobjects/Account", json=body)[1] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    )
    assert tagged.query("SELECT Id FROM Account WHERE Tags__c LIKE 'r%'") == "INVALID_FIELD"
