"""Read Markdown: front matter, then the words in sections by headings, without the marks."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from enablement.adapters.extract.contents import Draft, Limits
from enablement.adapters.extract.decode import decode
from enablement.adapters.extract.front_matter import split_front_matter
from enablement.adapters.extract.outline import Line, sections_of
from enablement.adapters.extract.webpage import html_lines

MEDIA_TYPE = "text/markdown"
# What is nested deeper is left out. A list item counts as two; the time for a row of brackets grows with it.
_DEEPEST_NESTING = 40
_BREAKS = ("softbreak", "hardbreak")


def read_markdown(path: Path, limits: Limits) -> Draft:
    """Read a .md file; a section begins at each heading of level 1 to 3, code and tables are kept as text."""
    text = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    front_matter, body = split_front_matter(text)
    cropped = len(body) > limits.max_chars
    tokens = (
        MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING})
        .enable(["table", "strikethrough"])
        .parse(body[: limits.max_chars])
    )
    sections = tuple(islice(sections_of(_lines(tokens)), limits.max_pages + 1))
    title = front_matter.get("title")
    return Draft(MEDIA_TYPE, str(title) if title else None, sections, front_matter, truncated=cropped)


def _lines(tokens: list[Token]) -> Iterator[Line]:
    level: int | None = None
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open" and token.level == 0:
            level = int(token.tag[1:])
        elif token.type == "tr_open":
            cells = []
        elif token.type == "inline" and cells is not None:
            cells.append(_words(token))
        elif token.type == "inline":
            yield Line(_words(token), level)
            level = None
        elif token.type == "tr_close" and cells is not None:
            yield Line("\t".join(cells))
            cells = None
        elif token.type in ("fence", "code_block"):
            yield Line(token.content)
        elif token.type == "html_block":
            yield from html_lines(token.content)


def _words(inline: Token) -> str:
    return "".join(map(_word, inline.children or ()))


def _word(token: Token) -> str:
    if token.type in _BREAKS:
        return "\n"
    if token.type == "image":
        return _words(token)
    return token.content if token.type in ("text", "code_inline") else ""
