"""Read PowerPoint decks: slides in the order in which they are shown, tables, groups, diagrams and notes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lxml import etree

from enablement.adapters.extract.archive import Archive, Relation
from enablement.adapters.extract.contents import Draft, Limits, Refused, Section
from enablement.adapters.extract.safe_xml import attribute, chosen, local_name
from enablement.language import _

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_TITLES = ("title", "ctrTitle")
# Repeated on every slide by the master: not what the slide says.
_FURNITURE = ("dt", "ftr", "hdr", "sldNum")


@dataclass(frozen=True)
class _Shape:
    placeholder: str
    text: str


def read_slides(path: Path, limits: Limits) -> Draft:
    """Read a .pptx file; a section is a slide, hidden ones too, with its notes last."""
    with Archive(path, limits=limits) as archive:
        main = archive.main_part("presentation")
        if main is None:
            raise Refused(_("is not a PowerPoint deck inside. Export the deck as .pptx and add it again."))
        names = _slide_names(main[1], archive.relations(main[0]))
        sections = tuple(_read_slide(archive, name) for name in islice(names, limits.max_pages + 1))
        # The document's title property is often a template's; the first slide is what people see.
        title = (sections[0].title if sections else "") or archive.title()
    return Draft(MEDIA_TYPE, title, sections)


def _slide_names(presentation: etree._Element, relations: Sequence[Relation]) -> Iterator[str]:
    targets = {relation.id: relation.target for relation in relations}
    for part in presentation:
        if local_name(part) == "sldIdLst":
            for slide in part:
                yield targets.get(attribute(slide, "id") or "", "")


def _read_slide(archive: Archive, name: str) -> Section:
    relations = archive.relations(name)
    title = ""
    texts = []
    for shape in _shapes(archive.needed_part(name), archive, relations):
        if not title and shape.placeholder in _TITLES:
            title = shape.text
        elif shape.placeholder not in _FURNITURE:
            texts.append(shape.text)
    notes = "\n".join(_notes(archive, relations))
    return Section(title, "\n".join(texts) + "\n\n" + notes)


def _notes(archive: Archive, relations: Iterable[Relation]) -> Iterator[str]:
    for relation in relations:
        if relation.kind == "notesSlide":
            part = archive.part(relation.target)
            if part is not None:
                yield from (shape.text for shape in _shapes(part, archive, ()) if shape.placeholder == "body")


def _shapes(element: etree._Element, archive: Archive, relations: Sequence[Relation]) -> Iterator[_Shape]:
    """Find what holds words, in drawing order, inside groups and alternatives too."""
    for child in element:
        name = local_name(child)
        if name == "sp":
            yield _Shape(_placeholder(child), _text(child))
        elif name == "graphicFrame":
            yield _Shape("", "\n".join(_frame_lines(child, archive, relations)))
        elif name == "AlternateContent":
            yield from _shapes(chosen(child), archive, relations)
        elif name in ("cSld", "spTree", "grpSp"):
            yield from _shapes(child, archive, relations)


def _placeholder(shape: etree._Element) -> str:
    for mark in shape.iter("{*}ph"):
        return mark.get("type") or "obj"
    return ""


def _frame_lines(frame: etree._Element, archive: Archive, relations: Iterable[Relation]) -> Iterator[str]:
    for row in frame.iter("{*}tr"):
        yield "\t".join(_text(cell).replace("\n", " ") for cell in row if local_name(cell) == "tc")
    for pointer in frame.iter("{*}relIds"):
        data = next((r.target for r in relations if r.id == attribute(pointer, "dm")), "")
        diagram = archive.part(data)
        if diagram is not None:
            yield from (line for line in map(_paragraph, diagram.iter("{*}p")) if line)


def _text(element: etree._Element) -> str:
    return "\n".join(map(_paragraph, element.iter("{*}p")))


def _paragraph(paragraph: etree._Element) -> str:
    return "".join(
        "\n" if local_name(run) == "br" else run.text or "" for run in paragraph.iter("{*}t", "{*}br")
    )
