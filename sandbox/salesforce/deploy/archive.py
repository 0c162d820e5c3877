"""Turn the source of an SFDX project into the package that `sf project deploy start` would send."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from sandbox.salesforce.deploy.kinds import BY_FOLDER, PARTS
from sandbox.salesforce.deploy.wsdl import NAMESPACE, parse_xml

_NS = f"{{{NAMESPACE}}}"
_NSMAP: dict[Any, str] = {None: NAMESPACE}  # the stubs know of no default namespace
_META = "-meta.xml"
_API_VERSION = "62.0"
# Never sent: tests of components and what editors want to know.
_LOCAL = frozenset({"__tests__", "__mocks__", ".eslintrc.json", "jsconfig.json", "tsconfig.json"})
# Kinds whose components stand in a folder of files in the source and in one file in a package.
_DECOMPOSED = ("CustomObject", "CustomObjectTranslation")
_FOLDER_ENDINGS = (".reportFolder-meta.xml", ".dashboardFolder-meta.xml")

Filling = Callable[[str, bytes], bytes]
"""Gives the content to send for a file, by its path from the folder of its kind on."""


class SourceError(ValueError):
    """The source cannot be turned into a package; the text says which file and why."""


def packaged(directories: Iterable[Path], fill: Filling = lambda _path, content: content) -> bytes:
    """Return a zip of all package directories together; raise SourceError for a file that has no place in it."""
    sources: dict[str, bytes] = {}
    for directory in directories:
        sources |= {path: fill(path, content) for path, content in _sources(directory)}
    files, listed = _arranged(sources)
    files["package.xml"] = _manifest(listed)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(name, content)
    return written.getvalue()


def _sources(directory: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package directory by their path from the folder of their kind on."""
    for path in sorted(directory.rglob("*")):
        parts = path.relative_to(directory).parts
        if not path.is_file() or not _LOCAL.isdisjoint(parts) or path.name.startswith("."):
            continue
        start = next((place for place, part in enumerate(parts) if part in BY_FOLDER), None)
        if start is None and path.suffix == ".md":
            continue  # Words for people; a record of a custom metadata type stands in a folder.
        if start is None:
            raise SourceError(f"{path}: no kind of metadata stands in such a folder")
        yield "/".join(parts[start:]), path.read_bytes()


def _arranged(sources: Mapping[str, bytes]) -> tuple[dict[str, bytes], set[tuple[str, str]]]:
    files: dict[str, bytes] = {}
    listed: set[tuple[str, str]] = set()
    in_parts: dict[tuple[str, str], dict[str, bytes]] = {}
    for path, content in sources.items():
        folder, _, rest = path.partition("/")
        kind = BY_FOLDER[folder]
        if kind.name in _DECOMPOSED:
            in_parts.setdefault((kind.name, rest.partition("/")[0]), {})[path] = content
            continue
        if kind.is_bundle:
            files[path] = content
            listed.add((kind.name, rest.partition("/")[0]))
            continue
        name = _named(rest, kind.suffix)
        listed.add((kind.name, name))
        ending = next((each for each in _FOLDER_ENDINGS if path.endswith(each)), "")
        if ending:
            files[f"{folder}/{name}{_META}"] = content
        else:
            files[path if kind.has_meta_file else path.removesuffix(_META)] = content
    for (kind_name, name), parts in in_parts.items():
        whole, members = _whole(kind_name, name, parts)
        folder = next(iter(parts)).partition("/")[0]
        files[f"{folder}/{name}.{BY_FOLDER[folder].suffix}"] = whole
        listed |= members
    return files, listed


def _named(rest: str, suffix: str) -> str:
    for ending in (*_FOLDER_ENDINGS, f".{suffix}{_META}", f".{suffix}"):
        if rest.endswith(ending):
            return rest.removesuffix(ending)
    raise SourceError(f"{rest}: the name of such a file ends in .{suffix}{_META}")


def _whole(kind: str, name: str, parts: Mapping[str, bytes]) -> tuple[bytes, set[tuple[str, str]]]:
    """Return one file made of the parts of an object or its translation, and what the manifest says of it."""
    root = etree.Element(f"{_NS}{kind}", nsmap=_NSMAP)
    described = False
    members: set[tuple[str, str]] = set()
    tagged: list[tuple[str, etree._Element]] = []
    for path, content in sorted(parts.items()):
        part = parse_xml(content)
        tag = path.split("/")[2] if path.count("/") > 2 else ""
        if path.endswith(".fieldTranslation-meta.xml"):
            tag = "fields"
        if not tag:
            described = True
            tagged += [(etree.QName(each).localname, each) for each in part.iterchildren(tag=etree.Element)]
            continue
        part.tag = _NS + tag
        tagged.append((tag, part))
        if kind in PARTS:
            members.add((PARTS[kind].get(tag, tag), f"{name}.{part.findtext(f'{_NS}fullName', '')}"))
    # Elements of one name stand together.
    first = {tag: place for place, (tag, _) in reversed(list(enumerate(tagged)))}
    for _, element in sorted(tagged, key=lambda each: first[each[0]]):
        root.append(element)
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content, {(kind, name)} if described or not members else members


def _manifest(listed: Iterable[tuple[str, str]]) -> bytes:
    root = etree.Element(f"{_NS}Package", nsmap=_NSMAP)
    kinds: dict[str, list[str]] = {}
    for kind, name in sorted(listed):
        kinds.setdefault(kind, []).append(name)
    for kind, names in kinds.items():
        types = etree.SubElement(root, f"{_NS}types")
        for name in names:
            etree.SubElement(types, f"{_NS}members").text = name
        etree.SubElement(types, f"{_NS}name").text = kind
    etree.SubElement(root, f"{_NS}version").text = _API_VERSION
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
