"""Say what a file is, by its content and by the end of its name, and refuse one whose two stories differ."""

from enum import Enum
from pathlib import Path, PurePath

from enablement.adapters.extract.contents import Refused
from enablement.language import _, marked

_HEAD_BYTES = 1024
_PDF_MARK = b"%PDF-"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY_SIGNATURES = (
    (b"PK", marked("a zip archive")),
    (_OLD_OFFICE, marked("an old Office file")),
    (b"MZ", marked("a Windows program")),
    (b"\x7fELF", marked("a Linux program")),
    (b"\xcf\xfa\xed\xfe", marked("a macOS program")),
    (b"\x89PNG", marked("a picture")),
    (b"\xff\xd8\xff", marked("a picture")),
    (b"GIF8", marked("a picture")),
    (b"\x1f\x8b", marked("a compressed archive")),
    (b"7z\xbc\xaf", marked("a compressed archive")),
    (b"Rar!", marked("a compressed archive")),
)
_TEXT_SIGNATURES = ((_PDF_MARK, marked("a PDF")), (b"{\\rtf", marked("a rich text (RTF) file")))


class Kind(Enum):
    """The kinds of file that can be read; the value is how a person calls one."""

    MARKDOWN = marked("a Markdown file")
    PLAIN = marked("a text file")
    WEBPAGE = marked("a web page")
    SLIDES = marked("a PowerPoint deck")
    WORD = marked("a Word document")
    PDF = marked("a PDF")


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
_READABLE = marked("PowerPoint (.pptx), Word (.docx), PDF, Markdown, HTML and text files")


def kind_named(path: PurePath) -> Kind:
    """Tell the kind that a file is by its name; raises Refused when it is of no known one."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise Refused(_("is of a kind that cannot be read. {readable} can.", readable=_(_READABLE)))
    return kind


def kind_of(path: Path) -> Kind:
    """Tell the kind of the file; raises Refused when the name is of no known kind or the content is not."""
    kind = kind_named(path)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if kind in _OFFICE and head.startswith(_OLD_OFFICE):
        raise Refused(_why_old_office(path, kind))
    if not _fits(kind, head):
        found = _found(head)
        expected = _(kind.value)
        if found and found != kind.value:
            raise Refused(
                _(
                    "is not {expected} but {found}. Check that it is the file you meant.",
                    expected=expected,
                    found=_(found),
                )
            )
        raise Refused(_("is not {expected}. Check that it is the file you meant.", expected=expected))
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
        return _("is protected by a password. Remove the password and add it again.")
    return _(
        "is {kind} in the format before 2007. Save it as {suffix} and add it again.",
        kind=_(kind.value),
        suffix=path.suffix.lower(),
    )
