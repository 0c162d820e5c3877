"""Read an SFDX project as files of metadata with their names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from checks.xml import without_namespace
from sandbox.salesforce.deploy.wsdl import BadXmlError, parse_xml

META = "-meta.xml"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, relative to the project, and what."""

    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


@dataclass(frozen=True)
class MetadataFile:
    """One file of metadata: `kind` is its ending before `-meta.xml`, such as field or layout."""

    path: Path
    where: str
    """Relative to the project."""
    kind: str
    name: str
    source: etree._Element
    """As it is written."""
    root: etree._Element
    """The same without namespaces in the tags."""

    @property
    def tag(self) -> str:
        """Return what the file calls itself, without the namespace."""
        return str(self.root.tag)

    @property
    def owner(self) -> str:
        """Return the object whose folder holds the file, for fields, list views and their kin."""
        return self.path.parent.parent.name

    def finding(self, text: str) -> Finding:
        """Return what is wrong with this file."""
        return Finding(self.where, text)


class Project:
    """All files of the package directories that sfdx-project.json names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: list[Finding] = []
        self.metadata = tuple(self._metadata())

    @cached_property
    def api_version(self) -> str:
        """Return the version that sfdx-project.json names."""
        return str(self._settings["sourceApiVersion"])

    @cached_property
    def packages(self) -> tuple[Path, ...]:
        """Return the package directories."""
        return tuple(self.root / entry["path"] for entry in self._settings["packageDirectories"])

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Return every file of the package directories, tests of components included."""
        found = (path for package in self.packages for path in package.rglob("*"))
        return tuple(sorted(path for path in found if path.is_file()))

    def of(self, kind: str) -> Iterator[MetadataFile]:
        """Yield the files of one kind, by the ending of their names: `of("field")`."""
        return (file for file in self.metadata if file.kind == kind)

    def names(self, kind: str) -> frozenset[str]:
        """Return the names of all files of one kind."""
        return frozenset(file.name for file in self.of(kind))

    def where(self, path: Path) -> str:
        """Return a path as findings show it."""
        return path.relative_to(self.root).as_posix()

    def code(self, *endings: str) -> Iterator[tuple[str, str]]:
        """Yield where each file with one of these endings lies, and its text."""
        for path in self.files:
            if path.suffix in endings:
                yield self.where(path), path.read_text("utf-8")

    @cached_property
    def _settings(self) -> dict[str, list[dict[str, str]]]:
        settings: dict[str, list[dict[str, str]]] = json.loads((self.root / "sfdx-project.json").read_text())
        return settings

    def _metadata(self) -> Iterator[MetadataFile]:
        for path in self.files:
            if not path.name.endswith(META):
                continue
            where = self.where(path)
            name, _, kind = path.name.removesuffix(META).rpartition(".")
            try:
                source = parse_xml(path.read_bytes())
            except BadXmlError as problem:
                self.unreadable.append(Finding(where, f"line {problem.line}: {problem}"))
                continue
            yield MetadataFile(path, where, kind, name, source, without_namespace(source))
