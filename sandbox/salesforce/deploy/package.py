"""Open a package: its manifest, its components, and everything wrong with their form."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from sandbox.salesforce.deploy.kinds import BY_FOLDER, BY_NAME, PART_KINDS, PARTS, Kind
from sandbox.salesforce.deploy.wsdl import (
    NAMESPACE,
    BadXmlError,
    line_of,
    metadata_types,
    parse_xml,
    problems,
)

_NS = f"{{{NAMESPACE}}}"
_MOST_FILES, _MOST_BYTES = 10_000, 400_000_000
_MANIFEST = "package.xml"
_DESTRUCTIVE = ("destructiveChangesPre.xml", "destructiveChanges.xml", "destructiveChangesPost.xml")
_FOLDER_KINDS = ("ReportFolder", "DashboardFolder")


class BadPackageError(ValueError):
    """The package cannot be opened at all."""


@dataclass(frozen=True)
class Component:
    """One thing to deploy; a part of a file has the file's element as `root`."""

    kind: str
    name: str
    path: str
    root: etree._Element
    content: bytes
    """The file that is not metadata: the class, the script; the whole file for all others."""
    is_part: bool = False


@dataclass(frozen=True)
class Failure:
    """Why a component is refused."""

    kind: str
    name: str
    path: str
    problem: str
    line: int = 0


@dataclass(frozen=True)
class Package:
    """What a package holds, and what is wrong with it already."""

    components: tuple[Component, ...]
    failures: tuple[Failure, ...]
    files: Mapping[str, bytes]
    destroyed: tuple[tuple[str, str], ...] = ()
    """The kind and the name of what is to go."""


def open_package(content: bytes) -> Package:
    """Return what a zip holds; raise BadPackageError when it is no package."""
    files = _files(content)
    if _MANIFEST not in files:
        folders = {path.partition("/")[0] for path in files}
        if len(folders) != 1 or f"{min(folders)}/{_MANIFEST}" not in files:
            raise BadPackageError("No package.xml found")
        files = {path.partition("/")[2]: content for path, content in files.items()}
    listed, failures = _listed(files[_MANIFEST])
    components: list[Component] = []
    for path in sorted(files):
        if path == _MANIFEST or (path.endswith("-meta.xml") and not _is_folder_meta(path)):
            continue
        if path in _DESTRUCTIVE:
            continue
        found, wrong = _read(path, files)
        components += found
        failures += wrong
    failures += _orphans(files)
    failures += _unlisted(components, listed)
    present = {(each.kind, each.name) for each in components} | {(f.kind, f.name) for f in failures}
    present |= {(kind.removesuffix("Folder"), name) for kind, name in present if kind in _FOLDER_KINDS}
    for kind, name in sorted(listed):
        if name != "*" and (kind, name) not in present and kind not in _FOLDER_KINDS:
            problem = (
                f"An object '{name}' of type {kind} was named in package.xml, "
                "but was not found in zipped directory"
            )
            failures.append(Failure("", name, _MANIFEST, problem))
    destroyed, wrong = _destroyed(files)
    return Package(tuple(components), (*failures, *wrong), files, destroyed)


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise BadPackageError("Maximum size of request reached")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as cause:
        raise BadPackageError(f"the zip can't be read: {cause}") from cause


def _listed(manifest: bytes, where: str = _MANIFEST) -> tuple[set[tuple[str, str]], list[Failure]]:
    try:
        root = parse_xml(manifest)
    except BadXmlError as error:
        raise BadPackageError(f"{where}: {error}") from error
    if root.tag != f"{_NS}Package":
        raise BadPackageError(f"{where}: unexpected root {root.tag}")
    failures = [
        Failure("", where, where, problem.message, problem.line)
        for problem in problems(root, "Package", metadata_types())
    ]
    listed: set[tuple[str, str]] = set()
    for types in root.iterfind(f"{_NS}types"):
        kind = types.findtext(f"{_NS}name", "").strip()
        if kind not in BY_NAME and kind not in PART_KINDS and kind not in _FOLDER_KINDS:
            line = line_of(types)
            failures.append(
                Failure("", kind, where, f"Unknown type name '{kind}' specified in {where}", line)
            )
        # `sf` names a folder of reports with a slash behind it.
        names = ((member.text or "").strip().rstrip("/") for member in types.iterfind(f"{_NS}members"))
        listed |= {(kind, name) for name in names}
    return listed, failures


def _destroyed(files: Mapping[str, bytes]) -> tuple[tuple[tuple[str, str], ...], list[Failure]]:
    named: dict[tuple[str, str], None] = {}
    failures: list[Failure] = []
    for path in _DESTRUCTIVE:
        if path in files:
            found, wrong = _listed(files[path], path)
            named |= dict.fromkeys(sorted(found))
            failures += wrong
            failures += [
                Failure(kind, name, path, "a wildcard can't be deleted")
                for kind, name in found
                if name == "*"
            ]
    return tuple(named), failures


def _read(path: str, files: Mapping[str, bytes]) -> tuple[list[Component], list[Failure]]:
    folder, _, rest = path.partition("/")
    kind = BY_FOLDER.get(folder)
    if kind is None or not rest:
        return [], [Failure("", path, path, f"Unknown folder or file in the package: {path}")]
    if kind.is_bundle:
        return _read_bundle(kind, rest, files)
    if _is_folder_meta(path):
        return _read_folder(kind, rest, path, files[path])
    name = rest.removesuffix(f".{kind.suffix}")
    if name == rest or ("/" in name) != kind.in_folder:
        return [], [Failure(kind.name, rest, path, f"{path} is no file of type {kind.name}")]
    meta = f"{path}-meta.xml" if kind.has_meta_file else path
    if meta not in files:
        return [], [Failure(kind.name, name, path, f"The file {meta} was not found in the zip")]
    return _checked(kind, name, path, files[meta], files[path])


def _read_folder(kind: Kind, rest: str, path: str, content: bytes) -> tuple[list[Component], list[Failure]]:
    folder = Kind(f"{kind.name}Folder", kind.folder, "")
    return _checked(folder, rest.removesuffix("-meta.xml"), path, content, content)


def _read_bundle(kind: Kind, rest: str, files: Mapping[str, bytes]) -> tuple[list[Component], list[Failure]]:
    name, _, inner = rest.partition("/")
    if inner != f"{name}.js":
        return [], []
    path = f"{kind.folder}/{rest}"
    meta = f"{path}-meta.xml"
    if meta not in files:
        return [], [
            Failure(kind.name, name, path, f"Cannot find Lightning Component Bundle {name}: no {meta}")
        ]
    return _checked(kind, name, path, files[meta], files[path])


def _orphans(files: Mapping[str, bytes]) -> Iterator[Failure]:
    for path in sorted(files):
        kind = BY_FOLDER.get(path.partition("/")[0])
        beside = path.removesuffix("-meta.xml")
        if path != beside and not _is_folder_meta(path) and beside not in files:
            name = beside.rpartition("/")[2]
            yield Failure(kind.name if kind else "", name, path, f"{path} describes a file that is not there")
        if kind is not None and kind.is_bundle:
            bundle = "/".join(path.split("/")[:2])
            if f"{bundle}/{bundle.rpartition('/')[2]}.js" not in files:
                yield Failure(
                    kind.name, bundle.rpartition("/")[2], path, f"{bundle} has no script of its name"
                )


def _is_folder_meta(path: str) -> bool:
    kind = BY_FOLDER.get(path.partition("/")[0])
    return kind is not None and kind.in_folder and path.endswith("-meta.xml")


def _checked(
    kind: Kind, name: str, path: str, metadata: bytes, content: bytes
) -> tuple[list[Component], list[Failure]]:
    try:
        root = parse_xml(metadata)
    except BadXmlError as error:
        return [], [Failure(kind.name, name, path, f"Error parsing file: {error}", error.line)]
    if root.tag != f"{_NS}{kind.name}":
        return [], [Failure(kind.name, name, path, f"unexpected root element {root.tag}")]
    failures = [
        Failure(kind.name, name, path, problem.message, problem.line)
        for problem in problems(root, kind.name, metadata_types())
    ]
    own_name = root.findtext(f"{_NS}fullName")
    if own_name is not None and own_name.strip() != name:
        failures.append(Failure(kind.name, name, path, f"fullName is {own_name.strip()}, the file is {name}"))
    components = [Component(kind.name, name, path, root, content)]
    for tag, part_kind in PARTS.get(kind.name, {}).items():
        for part in root.iterfind(f"{_NS}{tag}"):
            part_name = part.findtext(f"{_NS}fullName", "").strip()
            whole = part_name if kind.name == "CustomLabels" else f"{name}.{part_name}"
            if not part_name:
                line = line_of(part)
                failures.append(Failure(part_kind, name, path, "Required field is missing: fullName", line))
            components.append(Component(part_kind, whole, path, part, b"", is_part=True))
    repeated = [
        each
        for each in components
        if sum(each.name == other.name and each.kind == other.kind for other in components) > 1
    ]
    failures += [
        Failure(each.kind, each.name, path, f"duplicate name {each.name}", line_of(each.root))
        for each in repeated[1:]
    ]
    return components, failures


def _unlisted(components: list[Component], listed: set[tuple[str, str]]) -> Iterator[Failure]:
    """Yield what stands in the zip and not in its manifest; the platform warns, this org refuses."""
    for each in components:
        if each.is_part or (each.kind, each.name) in listed or (each.kind, "*") in listed:
            continue
        if each.kind in _FOLDER_KINDS and (each.kind.removesuffix("Folder"), each.name) in listed:
            continue
        parts = [other for other in components if other.is_part and other.path == each.path]
        if parts and all((part.kind, part.name) in listed for part in parts):
            continue
        yield Failure(each.kind, each.name, each.path, f"{each.path} is not named in package.xml")
