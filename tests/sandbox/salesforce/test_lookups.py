"""References between custom objects: named by the parent's key, emptied or refused when the parent is deleted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce import OrgConfig, create_app
from tests.sandbox.salesforce.client import OrgClient

XMLNS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
BOOKS = "/composite/sobjects/Book__c/Ref__c"
OBJECTS = {
    "Shelf__c": ("Read", ["Ref__c"]),
    "Loan__c": ("ReadWrite", ["Ref__c"]),
    "Book__c": ("Private", ["Ref__c", "Shelf__c", "Loan__c", "Text__c"]),
}
KEY = "<length>40</length><type>Text</type><externalId>true</externalId><unique>true</unique>"
FIELDS = {
    "Ref__c": f"<label>Ref</label>{KEY}",
    "Shelf__c": "<label>Shelf</label><type>Lookup</type><referenceTo>Shelf__c</referenceTo>"
    "<relationshipName>Books</relationshipName><deleteConstraint>SetNull</deleteConstraint>",
    "Loan__c": "<label>Loan</label><type>Lookup</type><referenceTo>Loan__c</referenceTo>"
    "<relationshipName>Books</relationshipName><deleteConstraint>Restrict</deleteConstraint>",
    "Text__c": "<label>Text</label><type>LongTextArea</type><length>8000</length><visibleLines>3</visibleLines>",
}
NAME = (
    "<nameField><label>Name</label><type>AutoNumber</type><displayFormat>N-{0000}</displayFormat></nameField>"
)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("books")
    for name, (sharing, fields) in OBJECTS.items():
        folder = project / "objects" / name
        (folder / "fields").mkdir(parents=True)
        (folder / f"{name}.object-meta.xml").write_text(
            f"<CustomObject {XMLNS}><label>{name[:-3]}</label><pluralLabel>{name[:-3]}s</pluralLabel>{NAME}"
            f"<deploymentStatus>Deployed</deploymentStatus><sharingModel>{sharing}</sharingModel></CustomObject>"
        )
        for field in fields:
            text = f"<CustomField {XMLNS}><fullName>{field}</fullName>{FIELDS[field]}</CustomField>"
            (folder / "fields" / f"{field}.field-meta.xml").write_text(text)
    return project


@pytest.fixture
def app(config: OrgConfig, source: Path) -> Iterator[Any]:
    app = create_app(replace(config, source=source))
    yield app
    app.extensions["org"].store.close()


@pytest.fixture
def shelf(org: OrgClient) -> str:
    return org.create("Shelf__c", Ref__c="s-1")


def book(ref: str, **row: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Book__c"}, "Ref__c": ref, **row}


def on_shelf(ref: object) -> dict[str, Any]:
    return {"Shelf__r": {"Ref__c": ref}}


def shelves(org: OrgClient) -> list[Any]:
    return org.values("SELECT Shelf__c FROM Book__c ORDER BY Ref__c")


def test_a_collection_names_parents_by_their_key(org: OrgClient, shelf: str) -> None:
    rows = [book("b-1", **on_shelf("s-1")), book("b-2", **on_shelf("none")), book("b-3", Shelf__c=None)]

    first = org.call("PATCH", BOOKS, json={"records": rows}).get_json()
    again = org.call("PATCH", BOOKS, json={"records": [book("b-3", **on_shelf("s-1"))]}).get_json()

    assert [row["success"] for row in first] == [True, False, True]
    assert first[1]["errors"] == [
        {
            "statusCode": "INVALID_FIELD",
            "message": "Foreign key external ID: none not found for field Ref__c in entity Shelf__c",
            "fields": [],
        }
    ]
    assert [(row["success"], row["created"]) for row in again] == [(True, False)]
    assert shelves(org) == [shelf, shelf]


def test_a_single_row_names_its_parent_by_its_key(org: OrgClient, shelf: str) -> None:
    created = org.create("Book__c", Ref__c="b-1", **on_shelf("s-1"))
    org.create("Shelf__c", Ref__c="s-2")
    upserted = org.call("PATCH", "/sobjects/Book__c/Ref__c/b-1", json=on_shelf("s-2"))
    refused = org.call("PATCH", f"/sobjects/Book__c/{created}", json=on_shelf("s-3"))

    assert upserted.status_code == 200
    assert org.values("SELECT Id FROM Book__c WHERE Shelf__r.Ref__c = 's-2'") == [created]
    assert refused.status_code == 400
    assert refused.get_json()[0]["errorCode"] == "INVALID_FIELD"
    assert "external ID: s-3 not found for field Ref__c in entity Shelf__c" in refused.text


def test_a_part_of_a_composite_names_its_parent_by_its_key(org: OrgClient, shelf: str) -> None:
    part = {
        "method": "PATCH",
        "url": "/services/data/v62.0/sobjects/Book__c/Ref__c/b-1",
        "referenceId": "book",
        "body": on_shelf("s-1"),
    }

    answer = org.call("POST", "/composite", json={"compositeRequest": [part]}).get_json()

    assert answer["compositeResponse"][0]["httpStatusCode"] == 201
    assert shelves(org) == [shelf]


def test_a_column_of_a_bulk_job_names_parents_by_their_key(org: OrgClient, shelf: str) -> None:
    facts = {"object": "Book__c", "operation": "upsert", "externalIdFieldName": "Ref__c", "lineEnding": "LF"}
    job = org.call("POST", "/jobs/ingest", json=facts).get_json()["id"]
    table = "Ref__c,Shelf__r.Ref__c\nb-1,s-1\nb-2,none\nb-3,\n"

    org.call("PUT", f"/jobs/ingest/{job}/batches", data=table, content_type="text/csv")
    org.call("PATCH", f"/jobs/ingest/{job}", json={"state": "UploadComplete"})
    org.call("GET", f"/jobs/ingest/{job}")

    assert "external ID: none not found" in org.call("GET", f"/jobs/ingest/{job}/failedResults").text
    assert shelves(org) == [shelf, None]


def test_a_key_that_is_none_and_a_parent_without_a_key_are_refused(org: OrgClient, shelf: str) -> None:
    for named in ({"Name": "N-0001"}, {"Nope__c": "s-1"}, {"Ref__c": None}, {}):
        answer = org.refusal("POST", "/sobjects/Book__c", json={"Ref__c": "b-1", "Shelf__r": named})
        assert answer == (400, "INVALID_FIELD")


def test_a_deleted_parent_is_let_go_of(org: OrgClient, shelf: str) -> None:
    org.create("Book__c", Ref__c="b-1", Shelf__c=shelf)

    assert org.call("DELETE", f"/sobjects/Shelf__c/{shelf}").status_code == 204

    assert shelves(org) == [None]


def test_a_parent_that_is_needed_stays(org: OrgClient) -> None:
    loan = org.create("Loan__c", Ref__c="l-1")
    lent = org.create("Book__c", Ref__c="b-1", Loan__c=loan)

    assert org.refusal("DELETE", f"/sobjects/Loan__c/{loan}") == (400, "DELETE_FAILED")
    org.call("DELETE", f"/sobjects/Book__c/{lent}")
    assert org.call("DELETE", f"/sobjects/Loan__c/{loan}").status_code == 204


def test_a_long_text_neither_filters_nor_sorts(org: OrgClient) -> None:
    org.create("Book__c", Ref__c="b-1", Text__c="t" * 8000)

    assert org.query("SELECT Id FROM Book__c WHERE Text__c = 'a'") == "INVALID_FIELD"
    assert org.query("SELECT Id FROM Book__c ORDER BY Text__c") == "INVALID_FIELD"
    assert org.values("SELECT Text__c FROM Book__c") == ["t" * 8000]


def test_sharing_of_custom_objects_follows_their_model(
    org: OrgClient, as_user: Callable[[str], OrgClient], shelf: str
) -> None:
    org.user("rep")
    org.create("Loan__c", Ref__c="l-1")
    hidden = org.create("Book__c", Ref__c="b-1")
    rep = as_user("rep")
    own = rep.create("Book__c", Ref__c="b-2")

    assert rep.values("SELECT Id FROM Book__c") == [own]
    assert rep.refusal("PATCH", f"/sobjects/Book__c/{hidden}", json={"Text__c": "x"}) == (404, "NOT_FOUND")
    assert rep.values("SELECT Ref__c FROM Shelf__c") == ["s-1"]
    assert rep.refusal("PATCH", f"/sobjects/Shelf__c/{shelf}", json={"Ref__c": "s-2"})[0] == 403
    assert rep.call("PATCH", "/sobjects/Loan__c/Ref__c/l-1", json={}).status_code == 200
    assert rep.call("PATCH", f"/sobjects/Book__c/{own}", json={"Text__c": "x"}).status_code == 204
