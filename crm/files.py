"""Salesforce Files as the product needs them: which lie in the chosen libraries, what is said of them, their bytes."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from crm.client import Row, SalesforceClient
from crm.deals import moment
from crm.ids import sf_id
from enablement.metadata import KNOWN_KEYS
from enablement.model import Facets
from enablement.ports import CrmFile, HeldFile, TryLater

LIBRARIES = "SELECT Id, Name FROM ContentWorkspace WHERE Name IN {names}"
# Salesforce answers this for one library at a time, or for ids that are named.
HELD = "SELECT Id, ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = {library}"
NEWEST = (
    "SELECT Id, ContentDocumentId, Title, Description, TagCsv, FileExtension, ContentSize, Checksum, "
    "SystemModstamp, Owner.Email FROM ContentVersion"
)
# An id list of this length stays well below the longest address that Salesforce takes.
IDS_AT_ONCE = 200
# A file name of 255 bytes is the most that file systems take; letters may have four.
LONGEST_NAME = 60
_FACETS = frozenset(field.name for field in fields(Facets))
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
# Tags are typed by hand: the short and singular words mean the same.
_ALSO = {
    "lang": "language",
    "product": "products",
    "industry": "industries",
    "region": "regions",
    "size": "sizes",
    "stage": "stages",
    "persona": "personas",
    "competitor": "competitors",
}


class SalesforceFiles:
    """The `CrmFiles` port over the libraries of one org; libraries are named as people see them."""

    def __init__(self, client: SalesforceClient, libraries: Sequence[str]) -> None:
        self._client = client
        self._libraries = libraries

    def held(self) -> tuple[list[HeldFile], list[str]]:
        ids, unseen = libraries_seen(self._client, self._libraries)
        held: dict[str, HeldFile] = {}
        for name, library in ids.items():
            for row in self._client.query(HELD, library=library):
                file_id = sf_id(row["ContentDocumentId"])
                # A file may lie in several libraries: the one that was named first counts.
                held.setdefault(file_id, HeldFile(file_id, sf_id(row["Id"]), name))
        return list(held.values()), unseen

    def newest(self, ids: Collection[str], *, since: datetime | None) -> Iterator[CrmFile]:
        named = sorted(ids)
        changed = " AND SystemModstamp >= {since}" if since else ""
        where = f"WHERE IsLatest = true AND ContentDocumentId IN {{ids}}{changed} ORDER BY SystemModstamp, Id"
        # By name, a part at a time: without ids, Salesforce leaves some files out, and tells of all others in the org.
        for start in range(0, len(named), IDS_AT_ONCE):
            some = named[start : start + IDS_AT_ONCE]
            yield from map(_file, self._client.query(f"{NEWEST} {where}", ids=some, since=since))

    def fetch(self, file: CrmFile, into: Path) -> None:
        with into.open("w+b") as out:
            self._client.download(
                f"sobjects/ContentVersion/{sf_id(file.version_id)}/VersionData", out, most=file.size
            )
            is_whole = out.tell() == file.size
            out.seek(0)
            # Bytes that are not those of the file, such as a proxy's page, come with success too.
            digest = hashlib.file_digest(out, "md5").hexdigest()
            if not is_whole or digest != (file.checksum or digest):
                raise TryLater("it did not arrive whole")


def libraries_seen(client: SalesforceClient, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the ids of libraries by the names given, in their order, and the names of those that we don't see."""
    rows = client.query(LIBRARIES, names=list(names)) if names else iter(())
    ids = {row["Name"].lower(): sf_id(row["Id"]) for row in rows}
    return (
        {name: ids[name.lower()] for name in names if name.lower() in ids},
        [name for name in names if name.lower() not in ids],
    )


def _file(row: Row) -> CrmFile:
    owner: Row = row["Owner"] or {}
    said: dict[str, object] = {"title": row["Title"], "owner": owner.get("Email") or ""}
    return CrmFile(
        id=sf_id(row["ContentDocumentId"]),
        version_id=sf_id(row["Id"]),
        name=_name(row["Title"] or "", row["FileExtension"] or ""),
        size=int(row["ContentSize"] or 0),
        checksum=str(row["Checksum"] or "").lower(),
        said={**said, **_tagged(row["TagCsv"] or "")},
        about=row["Description"] or "",
        stamp=moment(row["SystemModstamp"]),
    )


def _name(title: str, extension: str) -> str:
    """Return a name that is safe in any folder: a title may hold slashes, or be nothing but dots."""
    ending = f".{_UNSAFE.sub('', extension)}" if extension else ""
    stem = title.removesuffix(ending) if ending else title
    stem = _UNSAFE.sub("-", stem).strip(" .-")[:LONGEST_NAME]
    return f"{stem or 'file'}{ending}"


def _tagged(tags: str) -> Mapping[str, object]:
    """Return what tags such as `kind:deck, industry:Retail` say, with the keys of a sidecar; other tags say nothing."""
    one: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for tag in tags.split(","):
        name, _, value = (part.strip() for part in tag.partition(":"))
        name = _ALSO.get(name.lower(), name.lower())
        if value and name in _FACETS:
            several.setdefault(name, []).append(value)
        elif value and name in KNOWN_KEYS:
            one[name] = value
    return {**one, **several}
