"""A second opinion on what a file says: the words that well-known libraries find in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pypdf
from bs4 import BeautifulSoup
from docx import Document
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

# What stands on every slide is left out by us on purpose.
_FURNITURE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)


def with_pptx(path: Path) -> str:
    """Walk all shapes of a deck with python-pptx: groups, tables and notes too."""
    said: list[str] = []
    for slide in Presentation(str(path)).slides:
        said += _shapes(slide.shapes)
        if slide.has_notes_slide:
            said.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(said)


def with_docx(path: Path) -> str:
    """Read paragraphs and tables with python-docx."""
    document = Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(paragraph.text for paragraph in document.paragraphs), *cells))


def with_pypdf(path: Path) -> str:
    """Read all pages with pypdf."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def with_beautifulsoup(path: Path) -> str:
    """Read what a web page shows with Beautiful Soup."""
    soup = BeautifulSoup(path.read_bytes(), "html.parser")
    for unseen in soup(["script", "style", "head", "template", "noscript", "svg"]):
        unseen.decompose()
    return soup.get_text("\n")


OTHER_READERS: Mapping[str, tuple[str, Callable[[Path], str]]] = {
    ".pptx": ("python-pptx", with_pptx),
    ".docx": ("python-docx", with_docx),
    ".pdf": ("pypdf", with_pypdf),
    ".html": ("Beautiful Soup", with_beautifulsoup),
}


def _shapes(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
            continue
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
