"""What a file holds once it is read, how much of it is read, and how a file that cannot be read is named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ExtractedPage:
    """One slide, PDF page or section.

    `text` leaves out `title`, which may be empty; a slide's notes stand last in it, after a blank line.
    """

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Extracted:
    """The words of one file.

    `front_matter` is empty but for Markdown; its dates are ISO 8601 strings and its keys are strings.
    `truncated` says that a limit cut something off.
    """

    media_type: str
    title: str | None
    pages: tuple[ExtractedPage, ...]
    front_matter: Mapping[str, object]
    truncated: bool = False


@dataclass(frozen=True)
class Limits:
    """How much is read and how long it may take: bytes, characters, seconds, or a count as named."""

    max_file_bytes: int = 100_000_000
    max_pages: int = 2_000
    max_chars_per_page: int = 50_000
    max_chars: int = 10_000_000
    max_unpacked_bytes: int = 200_000_000
    max_parts: int = 2_000
    max_ratio: int = 100
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 12
    wall_seconds: float = 18.0


class UnreadableFile(Exception):
    """A file that gives no words; the message names the file, what is wrong with it, and what to do."""


class Refused(Exception):
    """Why a file is not read, as the rest of a sentence whose subject is the file's name, and what to do."""


@dataclass(frozen=True)
class Section:
    """A page as a reader finds it, before cleaning and cutting."""

    title: str
    text: str


@dataclass(frozen=True)
class Draft:
    """What a reader found; the sections may be a lazy sequence, so that no more is read than is kept."""

    media_type: str
    title: str | None
    sections: Iterable[Section]
    front_matter: Mapping[str, object] = field(default_factory=dict)
    truncated: bool = False
