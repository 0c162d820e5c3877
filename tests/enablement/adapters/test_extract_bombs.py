"""Damaged copies of the sample library, and bombs: the caller lives on, and each file is read or refused in words."""

from pathlib import Path

import pytest

from bench import hostile
from bench.extract import LIBRARY
from enablement.adapters.extract import Extracted, Limits, UnreadableFile, extract, extract_many

SEED = 7
DAMAGED = 60
# Some of them take what they are given.
SHORT = Limits(cpu_seconds=1, wall_seconds=5.0, memory_bytes=500_000_000)
# Small enough to be opened, and then no document; PDFium makes the best of the others.
REFUSED = {
    "billion-laughs.docx": "document type declaration",
    "brackets.md": "takes too long",
    "form-in-itself.pdf": "damaged|too much memory|too long",
    "many-paragraphs.docx": "too long|too much memory",
    "many-parts.pptx": "more than a real document holds",
    "nested-tables.docx": "nested too deeply",
    "nested.html": "nested too deeply",
    "page-tree-in-a-circle.pdf": "damaged",
    "pages-by-the-million.pdf": "damaged",
    "zeros.docx": "more than a real document holds",
    "zip-in-zip.pptx": "more than a real document holds",
}


def whole_files() -> list[Path]:
    return [path for suffix in ("pptx", "docx", "pdf") for path in sorted(LIBRARY.glob(f"*.{suffix}"))]


def test_damaged_copies_of_real_files_are_read_or_refused_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = whole_files()[0]
    paths = list(hostile.damaged(whole_files(), tmp_path, count=DAMAGED, seed=SEED))

    outcomes = dict(extract_many([*paths, good]))

    assert list(outcomes) == [*paths, good]
    assert isinstance(outcomes[good], Extracted)
    kinds = {type(outcome) for outcome in outcomes.values()}
    assert kinds == {Extracted, UnreadableFile}
    # What the reader did not foresee it tells the log.
    assert not caplog.records


def test_no_bomb_ends_the_caller_or_goes_beyond_its_limits(tmp_path: Path) -> None:
    good = whole_files()[0]
    paths = list(hostile.bombs(tmp_path))

    outcomes = dict(extract_many([*paths, good], limits=SHORT))

    assert isinstance(outcomes[good], Extracted)
    for path in paths:
        outcome = outcomes[path]
        if isinstance(outcome, Extracted):
            assert path.name not in REFUSED
            assert sum(len(page.text) for page in outcome.pages) <= SHORT.max_chars
    for name, reason in REFUSED.items():
        with pytest.raises(UnreadableFile, match=reason):
            raise_or_return(outcomes[tmp_path / name])


def test_the_same_seed_damages_the_same_way_and_every_copy_differs_from_its_original(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    originals = whole_files()

    once = [path.read_bytes() for path in hostile.damaged(originals, first, count=40, seed=SEED)]
    again = [path.read_bytes() for path in hostile.damaged(originals, second, count=40, seed=SEED)]

    assert once == again
    assert all(copy != originals[number % len(originals)].read_bytes() for number, copy in enumerate(once))


def test_a_deck_whose_parts_changed_places_is_no_deck_any_more(tmp_path: Path) -> None:
    deck = next(path for path in whole_files() if path.suffix == ".pptx")
    swapped = tmp_path / deck.name
    parts = hostile.members(deck.read_bytes())
    first, second = "ppt/presentation.xml", "ppt/slides/slide1.xml"
    swapped.write_bytes(hostile.zipped(parts | {first: parts[second], second: parts[first]}))

    with pytest.raises(UnreadableFile):
        extract(swapped)


def raise_or_return(outcome: Extracted | UnreadableFile) -> Extracted:
    if isinstance(outcome, UnreadableFile):
        raise outcome
    return outcome
