"""Builders of real files, good and hostile, for the tests of what reads them."""

import copy
import io
import random
import string
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BOX = [Inches(n) for n in (1, 2, 5, 1)]


@dataclass(frozen=True)
class Slide:
    """What one slide of a built deck says."""

    title: str = ""
    body: str = ""
    notes: str = ""
    grouped: str = ""
    table: Sequence[Sequence[str]] = ()


def deck(path: Path, slides: Sequence[Slide]) -> Path:
    """Write a PowerPoint deck."""
    presentation = Presentation()
    for slide in slides:
        _add_slide(presentation, slide)
    presentation.save(str(path))
    return path


def _add_slide(presentation: Any, slide: Slide) -> None:
    drawn = presentation.slides.add_slide(presentation.slide_layouts[1])
    drawn.shapes.title.text = slide.title
    drawn.placeholders[1].text = slide.body
    if slide.notes:
        drawn.notes_slide.notes_text_frame.text = slide.notes
    if slide.grouped:
        inner = drawn.shapes.add_group_shape().shapes.add_group_shape()
        inner.shapes.add_textbox(*_BOX).text_frame.text = slide.grouped
    if slide.table:
        table = drawn.shapes.add_table(len(slide.table), len(slide.table[0]), *_BOX).table
        for y, row in enumerate(slide.table):
            for x, text in enumerate(row):
                table.cell(y, x).text = text


def with_slides_reversed(path: Path) -> Path:
    """Turn the order of a deck's slides around, as dragging them does: the parts keep their names."""
    presentation = Presentation(str(path))
    order = presentation.slides._sldIdLst
    for slide in list(order)[::-1]:
        order.append(slide)
    presentation.save(str(path))
    return path


def document(path: Path) -> Path:
    """Write a Word document with a title, headings, a table, a header and a footer."""
    written = Document()
    written.add_heading("Security overview", 0)
    written.add_paragraph("How we keep data safe.")
    written.add_heading("Encryption", 1)
    written.add_paragraph("Data is encrypted with AES-256.\tAlways.")
    table = written.add_table(2, 2)
    for cell, text in zip(table._cells, ("Layer", "Key", "Disk", "KMS"), strict=True):
        cell.text = text
    written.add_heading("Rotation", 4)
    written.add_paragraph("Keys rotate yearly.")
    written.add_heading("Access", 2)
    written.add_paragraph("Only people who need it.")
    written.sections[0].header.paragraphs[0].text = "CONFIDENTIAL HEADER"
    written.sections[0].footer.paragraphs[0].text = "CONFIDENTIAL FOOTER"
    written.save(str(path))
    return path


def pdf(
    path: Path, pages: Sequence[str], *, title: str = "", password: str = "", bookmarks: bool = False
) -> Path:
    """Write a PDF with one text to a page."""
    canvas = Canvas(str(path), encrypt=StandardEncryption(password, canPrint=0) if password else None)
    canvas.setTitle(title)
    for number, text in enumerate(pages, start=1):
        if bookmarks:
            canvas.bookmarkPage(f"p{number}")
            canvas.addOutlineEntry(f"Chapter {number}", f"p{number}")
        lines = canvas.beginText(72, 720)
        lines.textLines(text)
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return path


def deeply_nested_pdf(path: Path, *, depth: int) -> Path:
    """Write a PDF whose catalogue holds an array inside an array inside an array …"""
    head = (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /X "
        + b"[" * depth
        + b"]" * depth
        + b" >>\nendobj\n"
    )
    pages = len(head)
    body = head + b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    rows = f"0000000000 65535 f \n{9:010d} 00000 n \n{pages:010d} 00000 n \n".encode()
    trailer = b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"
    path.write_bytes(body + b"xref\n0 3\n" + rows + trailer)
    return path


def office_file(path: Path, parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip of the parts, and of the pointer that makes `document.xml` the document."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("_rels/.rels", relations_xml(officeDocument="document.xml"))
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def relations_xml(**targets: str) -> bytes:
    """Write pointers to other parts; the id of each is its kind."""
    pointers = (
        f'<Relationship Id="{kind}" Type="{_R}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{"".join(pointers)}</Relationships>'.encode()


def deck_of_one_slide(path: Path, shapes: str, **others: bytes) -> Path:
    """Write the smallest deck there can be: shapes as XML, and other parts to which its slide points."""
    spaces = f'xmlns:p="p" xmlns:a="a" xmlns:d="d" xmlns:mc="mc" xmlns:r="{_R}"'
    presentation = (
        f'<p:presentation {spaces}><p:sldIdLst><p:sldId id="256" r:id="slide"/></p:sldIdLst></p:presentation>'
    )
    slide = f"<p:sld {spaces}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
    parts = {
        "document.xml": presentation.encode(),
        "_rels/document.xml.rels": relations_xml(slide="slide.xml"),
        "slide.xml": slide.encode(),
        "_rels/slide.xml.rels": relations_xml(**{name: f"{name}.xml" for name in others}),
    }
    return office_file(path, parts | {f"{name}.xml": data for name, data in others.items()})


def shape_xml(text: str, *, placeholder: str = "") -> str:
    """Write a shape for `deck_of_one_slide`."""
    mark = f'<p:nvSpPr><p:nvPr><p:ph type="{placeholder}"/></p:nvPr></p:nvSpPr>' if placeholder else ""
    return f"<p:sp>{mark}<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def word_xml(body: str, *, doctype: str = "") -> bytes:
    """Write the main part of a Word document."""
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="mc"'
    return f"{doctype}<w:document {spaces}><w:body>{body}</w:body></w:document>".encode()


def paragraph_xml(text: str) -> str:
    """Write a paragraph for `word_xml`."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def overlapping_zip(path: Path, *, entries: int) -> Path:
    """Write an Office file whose directory names the same packed bytes many times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.xml", word_xml(paragraph_xml("x" * 1000)))
        first = archive.filelist[0]
        for number in range(entries):
            again = copy.copy(first)
            again.filename = f"{number}.xml"
            archive.filelist.append(again)
    return path


BILLION_LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


ALL_BYTES = bytes(range(256))
TYPED = string.printable.encode()
PAGE = """<html><head><title>T</title></head><body><h1>A</h1><p>b &amp; c</p>
<table><tr><td>x<td>y</table><h2 class="z">D</h2><ul><li>e<li>f</ul></body></html>"""
GUIDE = """---\ntitle: Guide\ntags: [a, b]\n---\n\n# One\n\ntext *em* [link](x)\n
| a | b |\n|---|---|\n| 1 | 2 |\n\n## Two\n\n- x\n  - y\n\n```\ncode\n```\n"""


def sample(path: Path) -> Path:
    """Write a small good file of the format that the end of its name tells."""
    match path.suffix:
        case ".pptx":
            return deck(path, [Slide("One", "two", "three", "four", [["a", "b"]]), Slide("Five")])
        case ".docx":
            return document(path)
        case ".pdf":
            return pdf(path, ["one", "two", "three"], bookmarks=True)
        case suffix:
            path.write_text(PAGE if suffix == ".html" else GUIDE)
            return path


def mutated(data: bytes, chance: random.Random, *, alphabet: bytes = ALL_BYTES) -> bytes:
    """Damage a file as bad disks and fuzzers do: bytes changed, a piece cut out, doubled, or the end lost."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(changed))
        size = chance.randint(1, 64)
        match chance.randrange(4):
            case 0:
                changed[at] = chance.choice(alphabet)
            case 1:
                del changed[at : at + size]
            case 2:
                changed[at:at] = changed[at : at + size]
            case _:
                changed[at : at + size] = bytes(chance.choices(alphabet, k=size))
        changed = changed or bytearray(b"\0")
    return bytes(changed[: chance.randint(1, len(changed))] if chance.random() < 0.2 else changed)


def mutated_parts(data: bytes, chance: random.Random) -> bytes:
    """Damage the XML inside an Office file and pack it again, so that the damage is found late."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            hit = part and entry.filename.endswith((".xml", ".rels")) and chance.random() < 0.2
            new.writestr(entry.filename, mutated(part, chance, alphabet=TYPED) if hit else part)
    return packed.getvalue()
