"""Read Word documents: paragraphs and tables in order, in sections by headings; no headers and footers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lxml import etree

from enablement.adapters.extract.archive import Archive
from enablement.adapters.extract.contents import Draft, Limits, Refused
from enablement.adapters.extract.outline import TITLE_LEVEL, Line, sections_of
from enablement.adapters.extract.safe_xml import attribute, chosen, local_name
from enablement.language import _

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEADING = re.compile("heading ([1-9])")
_BODY_TEXT_LEVEL = 9
_WRAPPERS = ("body", "sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
# Deleted or moved away by tracked changes, or the reading aid above Asian characters, or layout.
_UNREAD = ("del", "moveFrom", "rt", "pPr", "rPr", "sdtPr")
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True)
class _Style:
    """What matters of a paragraph style; its name is English in every language of Word, its id is not."""

    name: str
    level: int | None
    parent: str | None


def read_word(path: Path, limits: Limits) -> Draft:
    """Read a .docx file; a section begins at each heading of level 1 to 3 and at the document's title."""
    with Archive(path, limits=limits) as archive:
        main = archive.main_part("document")
        if main is None:
            raise Refused(_("is not a Word document inside. Save the document as .docx and add it again."))
        name, document = main
        sheets = [archive.part(r.target) for r in archive.relations(name) if r.kind == "styles"]
        lines = list(_lines(document, _styles(sheets[0] if sheets else None)))
        written_title = next((line.text for line in lines if line.level == TITLE_LEVEL), None)
        title = written_title or archive.title()
    return Draft(MEDIA_TYPE, title, tuple(islice(sections_of(lines), limits.max_pages + 1)))


def _lines(parent: etree._Element, styles: Mapping[str, _Style]) -> Iterator[Line]:
    for child in parent:
        name = local_name(child)
        if name == "p":
            style = _style_id(child)
            if not _belongs_to_contents_list(style, styles):
                yield Line("".join(_words(child, styles)), _level(child, style, styles))
        elif name == "tbl":
            for row in _parts(child, "tr"):
                yield Line("\t".join(_cell(cell, styles) for cell in _parts(row, "tc")))
        elif name == "AlternateContent":
            yield from _lines(chosen(child), styles)
        elif name in _WRAPPERS:
            yield from _lines(child, styles)


def _parts(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Find a table's rows or a row's cells, but not those of tables inside."""
    for child in parent:
        name = local_name(child)
        if name == wanted:
            yield child
        elif name in _WRAPPERS:
            yield from _parts(child, wanted)


def _cell(cell: etree._Element, styles: Mapping[str, _Style]) -> str:
    return " ".join(line.text.replace("\n", " ") for line in _lines(cell, styles) if line.text)


def _words(element: etree._Element, styles: Mapping[str, _Style]) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _MARKS:
            yield _MARKS[name]
        elif name == "txbxContent":
            yield "\n" + "\n".join(line.text for line in _lines(child, styles)) + "\n"
        elif name == "AlternateContent":
            yield from _words(chosen(child), styles)
        elif name not in _UNREAD:
            yield from _words(child, styles)


def _styles(sheet: etree._Element | None) -> Mapping[str, _Style]:
    if sheet is None:
        return {}
    return {attribute(style, "styleId") or "": _style(style) for style in sheet.iterfind("{*}style")}


def _style(style: etree._Element) -> _Style:
    level = _value(style, "{*}pPr/{*}outlineLvl")
    return _Style(
        name=(_value(style, "{*}name") or "").lower(),
        level=int(level) + 1 if level and level.isdecimal() else None,
        parent=_value(style, "{*}basedOn"),
    )


def _value(element: etree._Element, path: str) -> str | None:
    found = element.find(path)
    return None if found is None else attribute(found, "val")


def _style_id(paragraph: etree._Element) -> str:
    return _value(paragraph, "{*}pPr/{*}pStyle") or ""


def _belongs_to_contents_list(style: str, styles: Mapping[str, _Style]) -> bool:
    return style in styles and styles[style].name.startswith("toc ")


def _level(paragraph: etree._Element, style_id: str, styles: Mapping[str, _Style]) -> int | None:
    """Follow the paragraph's style and those it is based on to a heading's level."""
    own = _value(paragraph, "{*}pPr/{*}outlineLvl")
    level = int(own) + 1 if own and own.isdecimal() else None
    seen: set[str] = set()
    while level is None and style_id in styles and style_id not in seen:
        seen.add(style_id)
        style = styles[style_id]
        heading = _HEADING.fullmatch(style.name)
        if style.name == "title":
            return TITLE_LEVEL
        level = int(heading[1]) if heading else style.level
        style_id = style.parent or ""
    return level if level is not None and level <= _BODY_TEXT_LEVEL else None
