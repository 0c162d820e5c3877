"""Files: versions make documents, libraries and links share them, and their bytes come back."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.sandbox.salesforce.client import BASE, OrgClient

DECK = b"PK\x03\x04" + bytes(range(256)) * 40
VERSION = "/sobjects/ContentVersion"


def upload(org: OrgClient, data: bytes = DECK, path: str = "deck.pptx", **more: Any) -> str:
    sent = base64.b64encode(data).decode()
    return org.create("ContentVersion", PathOnClient=path, VersionData=sent, **more)


def found(org: OrgClient, field: str, sobject: str, where: str) -> list[Any]:
    return org.values(f"SELECT {field} FROM {sobject} WHERE {where}")  # noqa: S608 values of these tests


def document_of(org: OrgClient, version: str) -> str:
    [document] = found(org, "ContentDocumentId", "ContentVersion", f"Id = '{version}'")
    return str(document)


def whole(org: OrgClient, sobject: str, record_id: str) -> dict[str, Any]:
    answer = org.call("GET", f"/sobjects/{sobject}/{record_id}")
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.get_json()
    return row


def titles(org: OrgClient) -> list[str]:
    return org.values("SELECT Title FROM ContentDocument ORDER BY Title")


def test_the_first_version_makes_its_document(org: OrgClient) -> None:
    version = upload(org, path="C:\\Decks\\Norfield deck.PPTX", Description="For CFOs", TagCsv="kind:deck")

    row = whole(org, "ContentVersion", version)
    document = whole(org, "ContentDocument", row["ContentDocumentId"])
    assert row["Title"] == document["Title"] == "Norfield deck"
    assert (row["VersionNumber"], row["IsLatest"], row["TagCsv"]) == ("1", True, "kind:deck")
    assert (row["FileExtension"], row["FileType"]) == ("pptx", "POWER_POINT_X")
    assert (document["FileExtension"], document["ContentSize"]) == ("pptx", len(DECK))
    assert document["LatestPublishedVersionId"] == version
    assert row["Checksum"] == hashlib.md5(DECK).hexdigest()  # noqa: S324 what the platform shows
    assert row["VersionData"] == f"{BASE}/sobjects/ContentVersion/{version}/VersionData"


def test_bytes_come_back_as_they_went_in(org: OrgClient) -> None:
    version = upload(org)

    answer = org.call("GET", f"{VERSION}/{version}/VersionData")
    assert (answer.status_code, answer.data) == (200, DECK)
    assert answer.headers["Content-Type"] == "application/octetstream"


def test_bytes_need_a_session(org: OrgClient) -> None:
    version = upload(org)

    assert org.app.test_client().get(f"{BASE}{VERSION}/{version}/VersionData").status_code == 401


def test_a_file_is_taken_as_multipart(served: str, org: OrgClient) -> None:
    facts = json.dumps({"Title": "By hand", "PathOnClient": "by hand.pdf"})
    parts: list[tuple[str, tuple[str | None, str | bytes, str]]] = [
        ("entity_content", (None, facts, "application/json")),
        ("VersionData", ("by hand.pdf", DECK, "application/octet-stream")),
    ]
    answer = requests.post(
        f"{served}{BASE}{VERSION}/", files=parts, headers={"Authorization": f"Bearer {org.token}"}, timeout=10
    )

    assert answer.status_code == 201, answer.text
    row = whole(org, "ContentVersion", answer.json()["id"])
    assert (row["Title"], row["FileType"], row["ContentSize"]) == ("By hand", "PDF", len(DECK))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"VersionData": "aGFsbG8="}, "REQUIRED_FIELD_MISSING"),
        ({"PathOnClient": "a.txt"}, "REQUIRED_FIELD_MISSING"),
        ({"PathOnClient": "a.txt", "VersionData": "no base64!"}, "JSON_PARSER_ERROR"),
        ({"PathOnClient": "a.txt", "VersionData": "aGFsbG8=", "IsLatest": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"PathOnClient": "a.txt", "VersionData": "aGFsbG8=", "ContentDocumentId": "069Hs00000000zz"},
         "INVALID_CROSS_REFERENCE_KEY"),
    ],
)  # fmt: skip
def test_what_is_no_version_is_refused(org: OrgClient, row: dict[str, Any], code: str) -> None:
    assert org.refusal("POST", VERSION, json=row)[1] == code


def test_documents_are_not_inserted_and_versions_not_deleted(org: OrgClient) -> None:
    version = upload(org)

    inserted = org.refusal("POST", "/sobjects/ContentDocument", json={"Title": "x"})
    deleted = org.refusal("DELETE", f"{VERSION}/{version}")

    assert inserted[1] == deleted[1] == "INVALID_TYPE_FOR_OPERATION"


def test_a_second_version_takes_the_place_of_the_first(org: OrgClient) -> None:
    first = upload(org)
    document = document_of(org, first)
    second = upload(org, b"%PDF- new", "deck v2.pdf", ContentDocumentId=document, Title="Deck, anew")

    newest = found(org, "Id", "ContentVersion", f"ContentDocumentId = '{document}' AND IsLatest = true")
    assert newest == [second]
    assert whole(org, "ContentVersion", second)["VersionNumber"] == "2"
    row = whole(org, "ContentDocument", document)
    assert (row["Title"], row["LatestPublishedVersionId"], row["FileExtension"]) == (
        "Deck, anew",
        second,
        "pdf",
    )
    assert org.call("GET", f"{VERSION}/{first}/VersionData").data == DECK


@pytest.mark.parametrize("by", ["ContentVersion", "ContentDocument"])
def test_a_new_title_shows_on_document_and_version(org: OrgClient, by: str) -> None:
    version = upload(org)
    document = document_of(org, version)
    before = whole(org, "ContentVersion", version)["SystemModstamp"]

    org.call(
        "PATCH", f"/sobjects/{by}/{version if by == 'ContentVersion' else document}", json={"Title": "New"}
    )

    row = whole(org, "ContentVersion", version)
    assert (row["Title"], whole(org, "ContentDocument", document)["Title"]) == ("New", "New")
    assert row["SystemModstamp"] > before


def test_a_deleted_document_takes_its_versions_and_links_along_and_brings_them_back(org: OrgClient) -> None:
    library = org.create("ContentWorkspace", Name="Decks")
    version = upload(org, FirstPublishLocationId=library)
    document = document_of(org, version)
    links = "Id", "ContentDocumentLink", f"LinkedEntityId = '{library}'"

    org.call("DELETE", f"/sobjects/ContentDocument/{document}")
    gone = (titles(org), found(org, *links), org.refusal("GET", f"{VERSION}/{version}/VersionData"))
    org.control("POST", "/undelete", json={"ids": [document]})

    assert gone == ([], [], (404, "ENTITY_IS_DELETED"))
    assert (titles(org), len(found(org, *links))) == (["deck"], 1)
    assert org.call("GET", f"{VERSION}/{version}/VersionData").data == DECK
    assert whole(org, "ContentDocument", document)["ParentId"] == library


@pytest.mark.parametrize(
    "where",
    [
        "ShareType = 'V'",
        "ContentDocumentId != '{0}'",
        "LinkedEntityId NOT IN ('{0}')",
        "LinkedEntityId = '{0}' OR ShareType = 'V'",
        "ContentDocument.Title = 'deck'",
    ],
)
def test_links_are_asked_for_by_file_or_place_only(org: OrgClient, where: str) -> None:
    document = document_of(org, upload(org))
    unfiltered = "SELECT Id FROM ContentDocumentLink"

    assert org.query(unfiltered) == "MALFORMED_QUERY"
    assert org.query(f"{unfiltered} WHERE {where.format(document)}") == "MALFORMED_QUERY"


@pytest.mark.parametrize("where", ["ContentDocumentId = '{0}'", "LinkedEntityId = '{1}' AND ShareType = 'I'",
                                   "ContentDocumentId IN ('{0}')"])  # fmt: skip
def test_links_of_named_files_and_places_are_answered(org: OrgClient, where: str) -> None:
    library = org.create("ContentWorkspace", Name="Decks")
    document = document_of(org, upload(org, FirstPublishLocationId=library))

    found = org.query(
        "SELECT LinkedEntityId, ContentDocument.Title FROM ContentDocumentLink "  # noqa: S608 ids
        f"WHERE {where.format(document, library)}"
    )
    assert library in [row["LinkedEntityId"] for row in found]
    assert {row["ContentDocument"]["Title"] for row in found} == {"deck"}


def test_links_do_not_stand_inside_another_query(org: OrgClient) -> None:
    document = document_of(org, upload(org))
    inner = f"SELECT ContentDocumentId FROM ContentDocumentLink WHERE ContentDocumentId = '{document}'"  # noqa: S608 an id

    assert org.query(f"SELECT Id FROM ContentDocument WHERE Id IN ({inner})") == "MALFORMED_QUERY"  # noqa: S608 as above


def test_a_file_moves_from_one_library_to_another(org: OrgClient) -> None:
    old, new = (org.create("ContentWorkspace", Name=name) for name in ("Old", "New"))
    document = document_of(org, upload(org, FirstPublishLocationId=old))

    org.call("PATCH", f"/sobjects/ContentDocument/{document}", json={"ParentId": new})

    places = found(org, "LinkedEntityId", "ContentDocumentLink", f"ContentDocumentId = '{document}'")
    assert new in places
    assert old not in places


def test_a_file_leaves_its_library_when_the_link_is_deleted(org: OrgClient) -> None:
    library = org.create("ContentWorkspace", Name="Decks")
    document = document_of(org, upload(org))
    link = org.create(
        "ContentDocumentLink", ContentDocumentId=document, LinkedEntityId=library, ShareType="I"
    )
    held = whole(org, "ContentDocument", document)["ParentId"]
    twice = {"ContentDocumentId": document, "LinkedEntityId": library, "ShareType": "I"}
    second = org.refusal("POST", "/sobjects/ContentDocumentLink", json=twice)

    org.call("DELETE", f"/sobjects/ContentDocumentLink/{link}")

    assert (held, second[1]) == (library, "DUPLICATE_VALUE")
    assert whole(org, "ContentDocument", document)["ParentId"] is None


@pytest.mark.parametrize("profile", ["Standard User", "System Administrator"])
def test_a_library_is_open_to_its_members_and_to_nobody_else(
    org: OrgClient, as_user: Callable[[str], OrgClient], profile: str
) -> None:
    reader = org.user("reader", profile=profile)
    library = org.create("ContentWorkspace", Name="Decks")
    version = upload(org, FirstPublishLocationId=library)
    session = as_user("reader")
    asked = "SELECT Name FROM ContentWorkspace"
    before = (
        titles(session),
        session.values(asked),
        session.refusal("GET", f"{VERSION}/{version}/VersionData"),
    )
    published = {"PathOnClient": "x.txt", "VersionData": "eA==", "FirstPublishLocationId": library}
    refused = session.refusal("POST", VERSION, json=published)

    org.create("ContentWorkspaceMember", ContentWorkspaceId=library, MemberId=reader)

    assert before == ([], [], (404, "NOT_FOUND"))
    assert refused[1] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert (titles(session), session.values(asked)) == (["deck"], ["Decks"])
    assert session.call("GET", f"{VERSION}/{version}/VersionData").data == DECK


def test_a_file_on_a_deal_is_open_to_who_sees_the_deal(
    org: OrgClient, as_user: Callable[[str], OrgClient]
) -> None:
    rep, _ = org.user("rep"), org.user("stranger")
    document = document_of(org, upload(org, FirstPublishLocationId=org.deal(OwnerId=rep)))

    assert (titles(as_user("rep")), titles(as_user("stranger"))) == (["deck"], [])
    change = {"json": {"Title": "mine"}}
    assert as_user("rep").refusal("PATCH", f"/sobjects/ContentDocument/{document}", **change)[0] == 403


def test_who_queries_all_files_sees_them_but_does_not_change_them(
    org: OrgClient, as_user: Callable[[str], OrgClient]
) -> None:
    user = org.user("auditor", profile="System Administrator")
    granted = org.create("PermissionSet", Name="All_Files", Label="All files", PermissionsQueryAllFiles=True)
    org.create("PermissionSetAssignment", AssigneeId=user, PermissionSetId=granted)
    document = document_of(org, upload(org))
    auditor = as_user("auditor")

    assert titles(auditor) == ["deck"]
    assert len(auditor.query("SELECT Id FROM ContentDocumentLink")) == 1
    assert auditor.refusal("DELETE", f"/sobjects/ContentDocument/{document}")[0] == 403


def test_half_a_reply_is_told_from_a_whole_one(served: str, org: OrgClient) -> None:
    version = upload(org)
    org.control("POST", "/faults", json={"kind": "half_reply", "times": 1, "path_prefix": f"{BASE}{VERSION}"})
    url, headers = f"{served}{BASE}{VERSION}/{version}/VersionData", {"Authorization": f"Bearer {org.token}"}

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(url, headers=headers, timeout=10)
    assert requests.get(url, headers=headers, timeout=10).content == DECK
