"""Read PDF files page by page, with titles from their bookmarks."""

import re
from itertools import islice
from pathlib import Path

import pypdfium2 as pdfium

from enablement.adapters.extract.contents import Draft, Limits, Refused, Section
from enablement.language import _

MEDIA_TYPE = "application/pdf"
_MOST_BOOKMARKS = 10_000
# FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY in fpdfview.h
_PROTECTED = (4, 5)
# PDFium writes U+FFFE or U+0002 where a word is parted by a hyphen at the end of a line.
_PARTED_WORD = re.compile("[\x02\ufffe]\\s*")
_PROGRAM_NAME = re.compile(r"^Microsoft (?:Office )?(?:PowerPoint|Word) - ")


def read_pdf(path: Path, limits: Limits) -> Draft:
    """Read a .pdf file; a page without text, as scanners make them, is there and empty."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Refused(_why_closed(path, error)) from error
    try:
        count = len(document)
        if count == 0:
            raise Refused(_("has no pages. Make the PDF anew and add it again."))
        titles = _bookmarks(document)
        sections = tuple(
            Section(titles.get(index, ""), _page_text(document, index))
            for index in range(min(count, limits.max_pages + 1))
        )
        title = _PROGRAM_NAME.sub("", str(document.get_metadata_value("Title")))
    finally:
        document.close()
    return Draft(MEDIA_TYPE, title, sections)


def _why_closed(path: Path, error: pdfium.PdfiumError) -> str:
    # PDFium does not always set its error code anew: it may be that of a file read before.
    if error.err_code in _PROTECTED and b"/Encrypt" in path.read_bytes():
        return _("is protected by a password. Remove the password and add it again.")
    return _("is damaged or incomplete. Make the PDF anew and add it again.")


def _bookmarks(document: pdfium.PdfDocument) -> dict[int, str]:
    titles: dict[int, str] = {}
    for bookmark in islice(document.get_toc(), _MOST_BOOKMARKS):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        if index is not None:
            titles.setdefault(index, bookmark.get_title())
    return titles


def _page_text(document: pdfium.PdfDocument, index: int) -> str:
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        raise Refused(f"is damaged on page {index + 1}. Make the PDF anew and add it again.") from error
    words = page.get_textpage()
    text = str(words.get_text_bounded())
    words.close()
    page.close()
    return _PARTED_WORD.sub("", text)
