"""Say what a file is, by its content and by the end of its name, and refuse one whose two stories differ."""

from enum import Enum
from pathlib import Path

from enablement.adapters.extract.contents import Refused

_HEAD_BYTES = 1024
_PDF_MARK = b"%PDF-"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY_SIGNATURES = (
    (b"PK", "a zip archive"),
    (_OLD_OFFICE, "an old Office file"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
)
_TEXT_SIGNATURES = ((_PDF_MARK, "a PDF"), (b"{\\rtf", "a rich text (RTF) file"))


class Kind(Enum):
    """The kinds of file that can be read; the value is how a person calls one."""

    MARKDOWN = "a Markdown file"
    PLAIN = "a text file"
    WEBPAGE = "a web page"
    SLIDES = "a PowerPoint deck"
    WORD = "a Word document"
    PDF = "a PDF"


_SUFFIXES = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".txt": Kind.PLAIN,
    ".html": Kind.WEBPAGE,
    ".htm": Kind.WEBPAGE,
    ".pptx": Kind.SLIDES,
    ".docx": Kind.WORD,
    ".pdf": Kind.PDF,
}
_OFFICE = (Kind.SLIDES, Kind.WORD)
_READABLE = "PowerPoint (.pptx), Word (.docx), PDF, Markdown, HTML and text files"


def kind_of(path: Path) -> Kind:
    """Tell the kind of the file; raises Refused when the name is of no known kind or the content is not."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise Refused(f"is of a kind that cannot be read. {_READABLE} can.")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if kind in _OFFICE and head.startswith(_OLD_OFFICE):
        raise Refused(_why_old_office(path, kind))
    if not _fits(kind, head):
        found = _found(head)
        but = f" but {found}" if found and found != kind.value else ""
        raise Refused(f"is not {kind.value}{but}. Check that it is the file you meant.")
    return kind


def _fits(kind: Kind, head: bytes) -> bool:
    if kind is Kind.PDF:
        # Readers accept other bytes before the header within the first 1,024: ISO 32000-1, H.3.4.1.
        return _PDF_MARK in head
    if kind in _OFFICE:
        return head.startswith(b"PK\x03\x04")
    return _found(head) is None


def _found(head: bytes) -> str | None:
    signatures = _TEXT_SIGNATURES + (_BINARY_SIGNATURES if b"\0" in head else ())
    return next((name for signature, name in signatures if head.startswith(signature)), None)


def _why_old_office(path: Path, kind: Kind) -> str:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return "is protected by a password. Remove the password and add it again."
    return f"is {kind.value} in the format before 2007. Save it as {path.suffix.lower()} and add it again."
