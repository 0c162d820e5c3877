"""Files that are damaged, or made to do harm: what every reader of strangers' files must live through."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

_MOST_FLIPS = 30
_VAST = 220_000_000
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def damaged(whole: Sequence[Path], folder: Path, *, count: int, seed: int) -> Iterator[Path]:
    """Write damaged copies of whole files, taken in turn; the same for the same arguments."""
    chance = Random(f"{seed}:damaged")
    for number in range(count):
        original = whole[number % len(whole)]
        data = original.read_bytes()
        ways = [flipped, truncated, shuffled]
        if zipfile.is_zipfile(original):
            ways += [with_swapped_members, with_damaged_members]
        copy = folder / f"{number:04}-{original.name}"
        copy.write_bytes(chance.choice(ways)(data, chance))
        yield copy


def flipped(data: bytes, chance: Random) -> bytes:
    """Change single bytes, as bad disks do."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, _MOST_FLIPS)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncated(data: bytes, chance: Random) -> bytes:
    """Lose the end, as broken downloads do."""
    return data[: chance.randint(1, len(data) - 1)]


def shuffled(data: bytes, chance: Random) -> bytes:
    """Put a piece where another was, as careless programs do."""
    start, size = chance.randrange(len(data)), chance.randint(1, 4096)
    at = chance.randrange(len(data))
    return data[:at] + data[start : start + size] + data[at + chance.choice((0, size)) :]


def with_swapped_members(data: bytes, chance: Random) -> bytes:
    """Exchange what two parts of an Office file hold: each is well formed, and in the wrong place."""
    parts = members(data)
    first, second = chance.sample(list(parts), 2)
    return zipped(parts | {first: parts[second], second: parts[first]})


def with_damaged_members(data: bytes, chance: Random) -> bytes:
    """Damage what parts of an Office file hold and pack it anew, so that its checksums are right."""
    parts, ways = members(data), (flipped, truncated, shuffled)
    hit = [name for name, part in parts.items() if len(part) > 1 and chance.random() < 0.3]
    return zipped(parts | {name: chance.choice(ways)(parts[name], chance) for name in hit})


def members(data: bytes) -> dict[str, bytes]:
    """Return what the parts of an Office file hold, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return an Office file of these parts; it holds no time, so that the same parts are the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def bombs(folder: Path) -> Iterator[Path]:
    """Write small files that grow, nest or repeat without end when a careless program reads them."""
    for name, made in BOMBS.items():
        path = folder / name
        path.write_bytes(made())
        yield path


def _billion_laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return _word_file(f"<!DOCTYPE l [{entities}]>", "<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>")


def _many_paragraphs() -> bytes:
    # Numbers that differ do not pack well enough to look like a bomb.
    said = (f"<w:p><w:r><w:t>{number * 7919}</w:t></w:r></w:p>" for number in range(1_000_000))
    return _word_file("", "".join(said))


def _nested_tables() -> bytes:
    return _word_file("", "<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60)


def _one_long_word() -> bytes:
    # One letter with millions of accents: putting them in order can be quadratic.
    return ("<p>a" + "\u0301\u0323" * 2_500_000).encode()


def _zeros() -> bytes:
    return zipped({"word/document.xml": bytes(_VAST)})


def _many_parts() -> bytes:
    return zipped({f"{number}.xml": b"" for number in range(5_000)})


def _zip_in_zip() -> bytes:
    inner = zipped({"0.bin": bytes(100_000_000)})
    return zipped({"ppt/presentation.xml": b"<p/>", **{f"{n}.zip": inner for n in range(500)}})


def _nested_arrays() -> bytes:
    return _pdf(
        [b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 200_000 + b"]" * 200_000 + b" >>", _pages(b"3 0 R")]
    )


def _page_tree_in_a_circle() -> bytes:
    return _pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 99999999 /Kids [2 0 R 2 0 R] >>"]
    )


def _pages_by_the_million() -> bytes:
    return _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 2000000000 /Kids [] >>"])


def _packed_zeros() -> bytes:
    return _one_page(_packed(b" ", _VAST), b"/Filter /FlateDecode")


def _packed_twice() -> bytes:
    packed = zlib.compress(_packed(b"BT (a) Tj ET ", _VAST // 10))
    return _one_page(packed, b"/Filter [/FlateDecode /FlateDecode]")


def _words_by_the_million() -> bytes:
    return _one_page(_packed(b"BT /F1 9 Tf (words) Tj ET ", 2_000_000), b"/Filter /FlateDecode")


def _form_in_itself() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>"
    return _one_page(b"/X Do /X Do", form)


def _bookmarks_in_a_circle() -> bytes:
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
            _pages(b"3 0 R"),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
            b"<< /Type /Outlines /First 5 0 R /Last 5 0 R /Count 1 >>",
            b"<< /Title (again) /Parent 5 0 R /First 5 0 R /Next 5 0 R /Dest [3 0 R /Fit] >>",
        ]
    )


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "billion-laughs.docx": _billion_laughs,
    "many-paragraphs.docx": _many_paragraphs,
    "nested-tables.docx": _nested_tables,
    "one-long-word.html": _one_long_word,
    "zeros.docx": _zeros,
    "many-parts.pptx": _many_parts,
    "zip-in-zip.pptx": _zip_in_zip,
    "nested-arrays.pdf": _nested_arrays,
    "page-tree-in-a-circle.pdf": _page_tree_in_a_circle,
    "pages-by-the-million.pdf": _pages_by_the_million,
    "packed-zeros.pdf": _packed_zeros,
    "packed-twice.pdf": _packed_twice,
    "words-by-the-million.pdf": _words_by_the_million,
    "form-in-itself.pdf": _form_in_itself,
    "bookmarks-in-a-circle.pdf": _bookmarks_in_a_circle,
    "nested.html": lambda: b"<div>" * 3_000_000,
    "brackets.md": lambda: b"[" * 3_000_000,
    "quotes.md": lambda: b"> " * 500_000 + b"x",
}


def _word_file(doctype: str, body: str) -> bytes:
    pointer = f'<Relationship Id="a" Type="{_OFFICE}" Target="word/document.xml"/>'
    main = f'{doctype}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    relations = f'<Relationships xmlns="{_RELATIONS}">{pointer}</Relationships>'
    return zipped({"_rels/.rels": relations.encode(), "word/document.xml": main.encode()})


def _packed(piece: bytes, times: int) -> bytes:
    """Compress a piece so many times over, without ever holding them all."""
    packer, at_once = zlib.compressobj(), 100_000
    packed = [packer.compress(piece * at_once) for _ in range(times // at_once)]
    return b"".join((*packed, packer.flush()))


def _pages(kids: bytes) -> bytes:
    return b"<< /Type /Pages /Count 1 /Kids [" + kids + b"] >>"


def _one_page(stream: bytes, entries: bytes) -> bytes:
    resources = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 4 0 R >> >>"
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            _pages(b"3 0 R"),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources "
            + resources
            + b" >>",
            b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(stream), entries, stream),
        ]
    )


def _pdf(objects: Sequence[bytes]) -> bytes:
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(written) + tail % (size, table, size, len(written))
