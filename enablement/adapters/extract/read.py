"""Read one file in this process: the part that the child runs and that may be killed for it."""

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from enablement.adapters.extract.clean import clean, cut, one_line
from enablement.adapters.extract.contents import Draft, Extracted, ExtractedPage, Limits, Refused
from enablement.adapters.extract.kinds import Kind, kind_of
from enablement.adapters.extract.markdown import read_markdown
from enablement.adapters.extract.pdf import read_pdf
from enablement.adapters.extract.plain import read_plain
from enablement.adapters.extract.slides import read_slides
from enablement.adapters.extract.webpage import read_webpage
from enablement.adapters.extract.word import read_word
from enablement.language import _

# What programs write into a file's properties when nobody gave it a title.
_NOBODYS_TITLES = ("untitled", "powerpoint presentation", "word document")
_MOST_TITLE_CHARS = 500
_MOST_RAW_TITLE_CHARS = 5_000
# Cleaning shortens most texts, and is slow on a hostile one: clean what may be kept, not all there is.
_RAW_CHARS_TO_A_CHAR = 2
_READERS: Mapping[Kind, Callable[[Path, Limits], Draft]] = {
    Kind.MARKDOWN: read_markdown,
    Kind.PLAIN: read_plain,
    Kind.WEBPAGE: read_webpage,
    Kind.SLIDES: read_slides,
    Kind.WORD: read_word,
    Kind.PDF: read_pdf,
}


def read(path: Path, limits: Limits) -> Extracted:
    """Read the file's words; raises Refused with the reason when there are none to be had."""
    _check_size(path, limits)
    draft = _READERS[kind_of(path)](path, limits)
    extracted = _extracted(draft, limits)
    if not extracted.pages:
        raise Refused(_("has nothing to read in it. Check that it is the file you meant."))
    return extracted


def _check_size(path: Path, limits: Limits) -> None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused(_("is not a file but a folder or a device. Name a file."))
        path.open("rb").close()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Refused(_("is not there. Check its name and place.")) from error
    except OSError as error:
        raise Refused(
            _("cannot be opened ({why}). Check that you may read it.", why=error.strerror)
        ) from error
    if status.st_size == 0:
        raise Refused(_("is empty. Check that it was saved or copied whole, and add it again."))
    if status.st_size > limits.max_file_bytes:
        raise Refused(
            _(
                "is larger than {most} MB. Make it smaller and add it again.",
                most=limits.max_file_bytes // 1_000_000,
            )
        )


def _extracted(draft: Draft, limits: Limits) -> Extracted:
    pages: list[ExtractedPage] = []
    truncated = draft.truncated
    left = limits.max_chars
    for number, section in enumerate(draft.sections, start=1):
        if number > limits.max_pages:
            truncated = True
            break
        raw = cut(section.text, limits.max_chars_per_page * _RAW_CHARS_TO_A_CHAR)
        whole = clean(raw)
        text = cut(whole, min(limits.max_chars_per_page, left))
        truncated = truncated or len(text) < len(whole) or len(raw) < len(section.text)
        left -= len(text)
        pages.append(ExtractedPage(number, _title(section.title), text))
    return Extracted(draft.media_type, _title_of(draft, pages), tuple(pages), draft.front_matter, truncated)


def _title_of(draft: Draft, pages: list[ExtractedPage]) -> str | None:
    title = _title(draft.title or "")
    if title and title.casefold() not in _NOBODYS_TITLES:
        return title
    return next((page.title for page in pages if page.title), None)


def _title(text: str) -> str:
    return cut(one_line(text[:_MOST_RAW_TITLE_CHARS]), _MOST_TITLE_CHARS)
