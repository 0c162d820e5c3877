"""Read HTML: the words a reader sees, in sections by headings; scripts and styles stay out."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lxml import etree

from enablement.adapters.extract.contents import Draft, Limits, Refused
from enablement.adapters.extract.decode import decode
from enablement.adapters.extract.outline import Line, sections_of
from enablement.language import _

MEDIA_TYPE = "text/html"
_DECLARATION_BYTES = 4096
_CHARSET = re.compile(
    rb"""<meta[^>]{0,300}charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,300}encoding=["']([\w.:-]+)""",
    re.IGNORECASE,
)
_UNSEEN = re.compile("script|style|template|noscript|svg|math|title|iframe|object|select|rt|rp")
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    "header|hr|html|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile("[ \t\r\n\f]+")
_AROUND_BREAKS = re.compile(" *([\t\n]) *")


def read_webpage(path: Path, limits: Limits) -> Draft:
    """Read a .html or .htm file; a section begins at each heading of level 1 to 3."""
    data = path.read_bytes()
    found = _CHARSET.search(data[:_DECLARATION_BYTES])
    declared = (found[1] or found[2]).decode("ascii", "replace") if found else None
    root = _parse(decode(data, declared=declared))
    if root is None:
        return Draft(MEDIA_TYPE, None, ())
    sections = tuple(islice(sections_of(_lines(root)), limits.max_pages + 1))
    return Draft(MEDIA_TYPE, root.findtext(".//title"), sections)


def html_lines(text: str) -> Iterator[Line]:
    """Find the lines a reader sees in a piece of HTML."""
    root = _parse(text)
    if root is not None:
        yield from _lines(root)


def _parse(text: str) -> etree._Element | None:
    # The process that reads has its own limits on memory; the parser's would drop half a page without a word.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root: etree._Element | None = etree.fromstring(
            text.replace("\0", "").encode("utf-8", "replace"), parser
        )
    except etree.XMLSyntaxError:
        # Raised for a text without a single element or word.
        return None
    if parser.error_log.filter_from_fatals():
        raise Refused(_("is nested too deeply for a real web page. Save it anew and add the copy."))
    return root


class _Writer:
    """Gathers words into lines as a browser would break them."""

    def __init__(self) -> None:
        self.done: list[Line] = []
        self.level: int | None = None
        self.kept_as_typed = 0
        self._pieces: list[str] = []

    def write(self, text: str | None) -> None:
        if text:
            self._pieces.append(text if self.kept_as_typed else _SPACES.sub(" ", text))

    def start_cell(self) -> None:
        if any(piece.strip() for piece in self._pieces):
            self._pieces.append("\t")

    def break_line(self) -> None:
        self._pieces.append("\n")

    def end_block(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if not self.kept_as_typed:
            text = _AROUND_BREAKS.sub(r"\1", re.sub(" +", " ", text)).strip()
        if text.strip():
            self.done.append(Line(text, self.level))


def _lines(root: etree._Element) -> Iterator[Line]:
    writer = _Writer()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = str(element.tag)
        if event == "end":
            _leave(element, name, writer)
        elif _UNSEEN.fullmatch(name) or "hidden" in element.attrib:
            walk.skip_subtree()
        else:
            _enter(element, name, writer)
        yield from writer.done
        writer.done.clear()
    writer.end_block()
    yield from writer.done


def _enter(element: etree._Element, name: str, writer: _Writer) -> None:
    if _BLOCK.fullmatch(name):
        writer.end_block()
    if name in _HEADINGS:
        writer.level = _HEADINGS[name]
    if name in ("td", "th"):
        writer.start_cell()
    if name == "br":
        writer.break_line()
    if name == "pre":
        writer.kept_as_typed += 1
    writer.write(element.text)


def _leave(element: etree._Element, name: str, writer: _Writer) -> None:
    if _BLOCK.fullmatch(name):
        writer.end_block()
    if name in _HEADINGS:
        writer.level = None
    if name == "pre" and writer.kept_as_typed:
        writer.kept_as_typed -= 1
    writer.write(element.tail)
