"""Open an Office file, a zip of XML parts, after its size and names have been found harmless."""

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from lxml import etree

from enablement.adapters.extract.contents import Limits, Refused
from enablement.adapters.extract.safe_xml import local_name, parse_xml
from enablement.language import _, marked

_DAMAGED = marked("is damaged or incomplete. Open it, save it again and add the copy.")
_TOO_LARGE = marked(
    "unpacks to more than a real document holds. Save it anew with fewer pictures and add the copy."
)
_RATIO_MATTERS_FROM = 1_000_000
_ENCRYPTED = 0x1
# What zipfile raises for wrong checksums, offsets, headers, names and methods, and for a missing end.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Relation:
    """A pointer from one part to another: its kind is the last word of the relationship type."""

    id: str
    kind: str
    target: str


class Archive:
    """The parts of one Office file, by name."""

    def __init__(self, path: Path, *, limits: Limits) -> None:
        """Open the file; raises Refused when it is damaged, encrypted, a bomb, or oddly named inside."""
        try:
            self._zip = zipfile.ZipFile(path)
        except _ZIP_ERRORS as error:
            raise Refused(_(_DAMAGED)) from error
        entries = self._zip.infolist()
        try:
            _check(entries, packed=path.stat().st_size, limits=limits)
        except Refused:
            self._zip.close()
            raise
        # Part names do not depend on case: ECMA-376 part 2, 6.2.2.3.
        self._entries = {entry.filename.casefold(): entry for entry in entries}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def part(self, name: str) -> etree._Element | None:
        """Parse a part; None when there is none of that name."""
        entry = self._entries.get(name.casefold())
        if entry is None:
            return None
        try:
            data = self._zip.read(entry)
        except _ZIP_ERRORS as error:
            raise Refused(_(_DAMAGED)) from error
        return parse_xml(data)

    def needed_part(self, name: str) -> etree._Element:
        """Parse a part without which the document makes no sense."""
        part = self.part(name)
        if part is None:
            raise Refused(_(_DAMAGED))
        return part

    def relations(self, source: str) -> tuple[Relation, ...]:
        """List where a part points inside the file; "" stands for the file itself."""
        folder, base = posixpath.split(source)
        root = self.part(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return ()
        return tuple(_relation(item, folder) for item in root if item.get("TargetMode") != "External")

    def main_part(self, root_name: str) -> tuple[str, etree._Element] | None:
        """Find the part that is the document, when its root element has that local name."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument":
                root = self.needed_part(relation.target)
                return (relation.target, root) if local_name(root) == root_name else None
        return None

    def title(self) -> str | None:
        """Read the title among the document's properties."""
        for relation in self.relations(""):
            if relation.kind == "core-properties":
                properties = self.part(relation.target)
                for item in () if properties is None else properties:
                    if local_name(item) == "title":
                        return item.text
        return None


def _relation(item: etree._Element, folder: str) -> Relation:
    target = posixpath.normpath(posixpath.join("/", folder, unquote(item.get("Target") or "")))
    return Relation(
        id=item.get("Id") or "", kind=(item.get("Type") or "").rpartition("/")[2], target=target.lstrip("/")
    )


def _check(entries: list[zipfile.ZipInfo], *, packed: int, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.max_parts or unpacked > limits.max_unpacked_bytes:
        raise Refused(_(_TOO_LARGE))
    if unpacked > max(_RATIO_MATTERS_FROM, packed * limits.max_ratio):
        raise Refused(_(_TOO_LARGE))
    if sum(entry.compress_size for entry in entries) > packed:
        # Entries that share their bytes: a bomb that the ratio alone does not show.
        raise Refused(_(_TOO_LARGE))
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused(_("is protected by a password. Remove the password and add it again."))
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names) or any(_is_foreign(name) for name in names):
        raise Refused(_("holds parts with names that no real document has. Save it anew and add the copy."))


def _is_foreign(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")
