"""Cut running text into sections at its headings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from enablement.adapters.extract.contents import Section

TITLE_LEVEL = 0
_DEEPEST_LEVEL = 3


@dataclass(frozen=True)
class Line:
    """A paragraph, table row or heading; the level of text is None, of a title 0, of a heading 1 and up."""

    text: str
    level: int | None = None


def sections_of(lines: Iterable[Line]) -> Iterator[Section]:
    """Begin a section at the title and at each heading of level 1 to 3; deeper headings stay in the text."""
    title = ""
    texts: list[str] = []
    for line in lines:
        if line.level is None or line.level > _DEEPEST_LEVEL:
            texts.append(line.text)
        elif line.text.strip():
            yield from _section(title, texts)
            title, texts = line.text, []
    yield from _section(title, texts)


def _section(title: str, texts: list[str]) -> Iterator[Section]:
    if title or any(text.strip() for text in texts):
        yield Section(title, "\n".join(texts))
