"""`bench extract`: words that another reader finds are counted, hostile files are survived and reported."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import extract, hostile
from bench.figures import BenchFailed, Figure, Options
from bench.other_readers import OTHER_READERS
from enablement.adapters.extract import UnreadableFile
from tests.enablement.adapters.extract_corpus import Slide, deck, document, pdf


@pytest.mark.parametrize(
    ("ours", "theirs", "share"),
    [
        ("one two three", "three two one", 1.0),
        ("One, two!", "one two three four", 0.5),
        ("one", "one one", 0.5),
        ("one one one", "one", 1.0),
        ("", "one", 0.0),
        ("one", "", 1.0),
        ("ｗｏｒｄ ﬁle", "word file", 1.0),
    ],
)
def test_the_share_counts_each_word_as_often_as_the_other_found_it(
    ours: str, theirs: str, share: float
) -> None:
    assert extract.words_found(ours, theirs) == share


def test_the_second_readers_find_what_stands_in_every_corner(tmp_path: Path) -> None:
    slides = [Slide("Title", "body", "notes", "grouped", [["cell", "other"]])]
    page = tmp_path / "a.html"
    page.write_text("<html><head><title>no</title></head><body>seen<script>no</script></body></html>")

    said: Mapping[str, str] = {
        path.suffix: OTHER_READERS[path.suffix][1](path)
        for path in (
            deck(tmp_path / "a.pptx", slides),
            document(tmp_path / "a.docx"),
            pdf(tmp_path / "a.pdf", ["first page", "second page"]),
            page,
        )
    }

    assert set(said[".pptx"].split()) == {"Title", "body", "notes", "grouped", "cell", "other"}
    assert "Keys rotate yearly." in said[".docx"]
    assert "KMS" in said[".docx"]
    assert said[".pdf"].split() == ["first", "page", "second", "page"]
    assert said[".html"].split() == ["seen"]


def test_a_run_reports_every_format_and_what_hostile_files_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "QUICK_DAMAGED", 12)
    monkeypatch.setattr(extract, "QUICK_ROUNDS", 1)
    quick_bombs = {name: hostile.BOMBS[name] for name in ("nested.html", "nested-arrays.pdf")}
    monkeypatch.setattr(hostile, "BOMBS", quick_bombs)

    figures = by_name(extract.run(Options(quick=True, data=None, say=lambda _: None)))

    for kind in ("pptx", "docx", "pdf", "html"):
        assert next(one for name, one in figures.items() if name.startswith(f"{kind}: words of")).kept
    assert value(figures["md: pages a second"]) > 0
    assert figures["damaged: files read or refused in words"].ours == 12
    assert figures["bombs: files read or refused in words"].ours == 2
    assert value(figures["bombs: most memory of the reading process"]) > 20


def test_a_sample_that_is_not_read_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pptx").write_bytes(b"no deck")
    monkeypatch.setattr(extract, "LIBRARY", tmp_path)

    with pytest.raises(BenchFailed, match=r"a\.pptx"):
        extract.run(Options(quick=True, data=None, say=lambda _: None))


def test_what_the_reader_did_not_foresee_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = tmp_path / "good.md"
    good.write_text("words")
    monkeypatch.setattr("enablement.adapters.extract.process._outcome", fails_and_logs)

    survived = extract.survive([good, good])

    assert (survived.failed, survived.refused, survived.read) == (2, 2, 0)


def fails_and_logs(path: Path, _answer: object) -> object:
    logging.getLogger("enablement.adapters.extract.process").warning("The reader failed on %s", path)
    return UnreadableFile("damaged")


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {one.name: one for one in figures}


def value(figure: Figure) -> float:
    assert figure.ours is not None
    return figure.ours
