"""What the platform itself does to files: a version makes its document, and document, version and links agree."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_ast import Comparison, Condition, FieldPath, Logic, Membership, Query
from sandbox.salesforce.soql_lexer import error_at
from sandbox.salesforce.store import Row, Store

_TYPES = {
    "docx": "WORD_X",
    "html": "HTML",
    "pdf": "PDF",
    "png": "PNG",
    "pptx": "POWER_POINT_X",
    "txt": "TEXT",
    "xlsx": "EXCEL_X",
}
# What a version and its document say alike; on the platform, too, either can be edited.
_SAID_BY_BOTH = ("Title", "Description", "OwnerId")
_OF_CONTENT = ("FileExtension", "FileType", "ContentSize", "ContentModifiedDate")
_LINK_FILTERS = frozenset({"id", "contentdocumentid", "linkedentityid"})
_UNFILTERED = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId "
    "or LinkedEntityId using the equals operator or multiple Id's using the IN operator."
)


def follow(
    store: Store, sobject: SObject, before: Row | None, changes: Row, *, stamp: str, user_id: str
) -> None:
    """Fill in what the platform works out for a row of files that is about to be written."""
    if sobject.name == "ContentVersion" and before is None:
        _receive(store, changes, stamp=stamp)
    elif sobject.name == "ContentDocumentLink" and before is None:
        _refuse_second_link(store, changes)
    elif sobject.name == "ContentWorkspace" and before is None:
        member = {"ContentWorkspaceId": changes["Id"], "MemberId": user_id, "CreatedById": user_id}
        _add(store, "ContentWorkspaceMember", {**member, "CreatedDate": stamp})


def keep_in_step(store: Store, sobject: SObject, before: Row | None, after: Row, *, stamp: str) -> None:
    """Change what has to change because a row of files was written."""
    if sobject.name == "ContentDocumentLink":
        _follow_link(store, after, stamp=stamp)
    elif after.get("IsDeleted") or (before is not None and before.get("IsDeleted")):
        return  # Versions and links go to the bin and come back with their document as they are.
    elif sobject.name == "ContentVersion":
        _follow_version(store, after, stamp=stamp)
    elif sobject.name == "ContentDocument" and before is not None:
        _follow_document(store, before, after, stamp=stamp)


def content_of(store: Store, version_id: str) -> bytes:
    """Return the bytes of a version that is there."""
    [(data,)] = store.select('SELECT data FROM "content~" WHERE id = ?', [version_id])
    return bytes(data)


def check_filter(query: Query, viewer: Viewer) -> None:
    """Refuse a query on ContentDocumentLink that is not about one file or record, or some that are named."""
    if query.source.lower() != "contentdocumentlink" or viewer.queries_all_files:
        return
    if not any(_names_ids(part) for part in _top_level(query.where)):
        raise error_at(query.text, query.source_position, _UNFILTERED, code="MALFORMED_QUERY")


def _top_level(where: Condition | None) -> Iterator[Condition]:
    if isinstance(where, Logic) and where.operator == "AND":
        for part in where.conditions:
            yield from _top_level(part)
    elif where is not None:
        yield where


def _names_ids(part: Condition) -> bool:
    match part:
        case Comparison(FieldPath((name,)), "=") | Membership(FieldPath((name,)), False):
            return name.lower() in _LINK_FILTERS
    return False


def _receive(store: Store, version: Row, *, stamp: str) -> None:
    data = version["VersionData"]
    path = PurePath(str(version["PathOnClient"]).replace("\\", "/"))
    extension = path.suffix.lstrip(".").lower()
    version |= {
        "VersionData": version["Id"],
        "Title": version["Title"] or path.stem,
        "FileExtension": extension or None,
        "FileType": _TYPES.get(extension, "UNKNOWN"),
        "ContentSize": len(data),
        "Checksum": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "ContentModifiedDate": stamp,
        "IsLatest": 1,
        "VersionNumber": "1",
    }
    store.run('INSERT INTO "content~" VALUES (?, ?)', [version["Id"], data])
    if version["ContentDocumentId"] is None:
        version["ContentDocumentId"] = _new_document(store, version, stamp=stamp)
        return
    if version["FirstPublishLocationId"] is not None:
        message = "First Publish Location ID can only be given with the first version of a file"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, ("FirstPublishLocationId",))
    latest = _latest(store, version["ContentDocumentId"])
    version["VersionNumber"] = str(int(latest["VersionNumber"]) + 1)
    versions = store.schema.get("ContentVersion")
    store.update(versions, latest["Id"], {"IsLatest": 0, "SystemModstamp": stamp})


def _new_document(store: Store, version: Row, *, stamp: str) -> str:
    user_id = version["CreatedById"]
    who = {
        "CreatedDate": stamp,
        "CreatedById": user_id,
        "LastModifiedDate": stamp,
        "LastModifiedById": user_id,
    }
    document_id = _add(store, "ContentDocument", {**who, "SystemModstamp": stamp, "IsDeleted": 0})
    _link(store, document_id, version["OwnerId"], "I", stamp=stamp)
    place = version["FirstPublishLocationId"]
    if place is not None and place != version["OwnerId"]:
        _link(store, document_id, place, "I" if _is_library(store, place) else "V", stamp=stamp)
    return document_id


def _follow_version(store: Store, version: Row, *, stamp: str) -> None:
    """Carry what the newest version says over to its document."""
    if version["IsLatest"]:
        said = {name: version[name] for name in (*_SAID_BY_BOTH, *_OF_CONTENT)}
        changes = {**said, "LatestPublishedVersionId": version["Id"], **_touched(version, stamp)}
        store.update(store.schema.get("ContentDocument"), version["ContentDocumentId"], changes)


def _follow_document(store: Store, before: Row, after: Row, *, stamp: str) -> None:
    said = {name: after[name] for name in _SAID_BY_BOTH if after[name] != before[name]}
    if said:
        latest = _latest(store, after["Id"])
        store.update(store.schema.get("ContentVersion"), latest["Id"], {**said, **_touched(after, stamp)})
    if after["ParentId"] != before["ParentId"]:
        links = store.schema.get("ContentDocumentLink")
        for link in _links(store, after["Id"], before["ParentId"]):
            store.update(links, link["Id"], {"IsDeleted": 1, "SystemModstamp": stamp})
        if after["ParentId"] is not None and not _links(store, after["Id"], after["ParentId"]):
            _link(store, after["Id"], after["ParentId"], "I", stamp=stamp)


def _follow_link(store: Store, link: Row, *, stamp: str) -> None:
    """Keep which library a document belongs to: the first it was put into, until it is taken out of there."""
    documents = store.schema.get("ContentDocument")
    document = store.read(documents, link["ContentDocumentId"])
    if document is None or document["IsDeleted"] or not _is_library(store, link["LinkedEntityId"]):
        return
    parent = document["ParentId"]
    if link["IsDeleted"] and parent == link["LinkedEntityId"]:
        store.update(documents, document["Id"], {"ParentId": None, "SystemModstamp": stamp})
    elif not link["IsDeleted"] and parent is None:
        changes = {"ParentId": link["LinkedEntityId"], "SystemModstamp": stamp}
        store.update(documents, document["Id"], changes)


def _refuse_second_link(store: Store, link: Row) -> None:
    if _links(store, link["ContentDocumentId"], link["LinkedEntityId"]):
        message = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
        raise ApiError("DUPLICATE_VALUE", message)


def _link(store: Store, document_id: str, entity_id: str, share_type: str, *, stamp: str) -> None:
    shared = {"ShareType": share_type, "Visibility": "AllUsers", "SystemModstamp": stamp, "IsDeleted": 0}
    link = {"ContentDocumentId": document_id, "LinkedEntityId": entity_id, **shared}
    _add(store, "ContentDocumentLink", link)
    _follow_link(store, link, stamp=stamp)


def _links(store: Store, document_id: str, entity_id: str | None) -> list[Row]:
    links = store.schema.get("ContentDocumentLink")
    found = store.find_all(links, links.fields["contentdocumentid"], document_id)
    return [link for link in found if link["LinkedEntityId"] == entity_id]


def _latest(store: Store, document_id: str) -> Row:
    versions = store.schema.get("ContentVersion")
    found = store.find_all(versions, versions.fields["contentdocumentid"], document_id)
    return next(version for version in found if version["IsLatest"])


def _is_library(store: Store, record_id: str) -> bool:
    return record_id.startswith(store.schema.get("ContentWorkspace").prefix)


def _touched(row: Mapping[str, Any], stamp: str) -> Row:
    return {
        "LastModifiedDate": stamp,
        "LastModifiedById": row["LastModifiedById"],
        "SystemModstamp": stamp,
    }


def _add(store: Store, name: str, row: Mapping[str, Any]) -> str:
    sobject = store.schema.get(name)
    record_id = make_id(sobject.prefix, store.next_number(name))
    store.insert(sobject, {"Id": record_id, **row})
    return record_id
