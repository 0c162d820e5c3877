"""`bench search` from end to end in a small world: every figure is there, and says what it should."""

import json
from pathlib import Path
from random import Random

import pytest

from bench import search
from bench.figures import BenchFailed, Options
from bench.retrieval import quality, speed
from tests.enablement.adapters.embeddings_service import serving
from tests.fakes import FakeEmbedder

NOUNS = {
    "en": ("turbine", "harbour", "granite", "orchard", "lantern", "saddle", "copper", "meadow", "violin", "anchor"),
    "th": ("กังหัน", "ท่าเรือ", "หินแกรนิต", "สวนผลไม้", "โคมไฟ", "อานม้า", "ทองแดง", "ทุ่งหญ้า", "ไวโอลิน", "สมอเรือ"),
    "zh": ("渦輪", "港口", "花崗", "果園", "燈籠", "馬鞍", "紅銅", "草地", "提琴", "船錨"),
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "retrieval"
    folder.mkdir()
    for language, nouns in NOUNS.items():
        paragraphs = [
            # The number is the same in every language: what little there is in common.
            {"context": f"{noun} {noun} {number}71. ", "qas": [{"question": f"{noun}? {number}71"}]}
            for number, noun in enumerate(nouns)
        ]
        (folder / f"xquad.{language}.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    nouns = NOUNS["en"]
    (folder / "cran.all").write_text(
        "".join(f".I {n}\n.T\n{noun}\n.W\nof the {noun}\n" for n, noun in enumerate(nouns, start=1))
    )
    (folder / "cran.qry").write_text(
        "".join(f".I {n}\n.W\nwhat {noun}\n" for n, noun in enumerate(nouns, start=1))
    )
    (folder / "cranqrel").write_text("".join(f"{n} {n} 1\n" for n in range(1, 11)))
    for code in ("fra", "por", "kor", "tha", "cmn", "jpn"):
        (folder / f"tat.{code}.src").write_text("".join(f"une phrase, {noun}\n" for noun in nouns))
        (folder / f"tat.{code}.en").write_text("".join(f"a sentence, {noun}\n" for noun in nouns))
    return folder


def options(data: Path, *, quick: bool) -> Options:
    return Options(quick, data, lambda _: None)


def test_in_a_world_where_all_is_plain_all_is_found(data: Path, tmp_path: Path) -> None:
    figures = quality.figures(data, tmp_path / "scratch", FakeEmbedder(), options(data, quick=False))

    found = {one.name: one.ours for one in figures}
    for name in ("en", "th", "zh", "Cranfield"):
        for leg in ("words", "words and meaning"):
            measures = [
                value
                for said, value in found.items()
                if said.startswith(f"{name}, {leg}: ") and "CPU" not in said
            ]
            assert len(measures) >= 3
            assert measures == [1.0] * len(measures)
    # The number leads to the right paragraph in another language too.
    assert found["across languages: hit@3, mean of 6"] == 1.0
    assert found["sentences, fr → en: hit@3"] == 1.0
    assert found["meaning adds to words: nDCG@10, mean"] == 0.0


def test_slips_of_the_finger_are_asked_and_counted(data: Path, tmp_path: Path) -> None:
    figures = quality.figures(data, tmp_path / "scratch", FakeEmbedder(), options(data, quick=True))

    lost = next(one for one in figures if one.name == "Cranfield, mistyped, words: recall@10 lost (bm25s)")
    assert lost.ours == 0.0
    # bm25s takes a misspelt word for one that it has never seen.
    assert lost.peer == 100.0


def test_quick_leaves_out_the_meaning_of_cranfield(data: Path, tmp_path: Path) -> None:
    figures = quality.figures(data, tmp_path / "scratch", FakeEmbedder(), options(data, quick=True))

    names = {one.name for one in figures}
    assert "Cranfield, words: nDCG@10 (bm25s)" in names
    assert not any(name.startswith(("Cranfield, words and meaning", "sentences")) for name in names)


def test_every_figure_of_a_service_names_its_model_and_promises_nothing(data: Path, tmp_path: Path) -> None:
    figures = quality.figures_of_service(
        data, tmp_path / "scratch", FakeEmbedder(), options(data, quick=True)
    )

    assert all(one.name.startswith("words: ") and one.promise is None for one in figures)
    assert "words: across languages: hit@3, mean of 6" in {one.name for one in figures}


def test_speed_is_measured_in_a_small_library_too(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "QUICK_PAGES", 800)
    monkeypatch.setattr(speed, "QUESTIONS", 10)
    monkeypatch.setattr(speed, "ADDED", 2)
    monkeypatch.setattr(speed, "SEEN", 2)
    # Sentences of twelve characters and more are what a pool takes; these are shorter.
    monkeypatch.setattr(speed, "SHORTEST", 3)

    figures = speed.figures(data, tmp_path / "scratch", FakeEmbedder(), options(data, quick=True))

    found = {one.name: one.ours for one in figures}
    assert all(value is not None and value > 0 for value in found.values()), found
    assert {"words: CPU p95 (tantivy)", "words: CPU p95 (bm25s)"} <= found.keys()
    assert "800 pages indexed with vectors" in found


def test_without_a_service_its_figure_says_that_it_was_not_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(quality, "figures", lambda *_: [])
    monkeypatch.setattr(speed, "figures", lambda *_: [])

    (figure,) = search.run(options(data, quick=True))

    assert (figure.name, figure.ours) == (
        "not measured: OPENAI_BASE_URL is not set",
        None,
    )


def test_data_that_is_not_whole_is_a_failure_that_names_the_file(data: Path) -> None:
    (data / "cranqrel").unlink()

    with pytest.raises(BenchFailed, match="cranqrel"):
        search.run(options(data, quick=True))


def test_questions_to_warm_up_with_are_not_those_that_are_measured() -> None:
    everything = [f"question {number}" for number in range(1000)]
    Random(1).shuffle(everything)

    drawn = speed.questions([everything])

    assert len(drawn) == len(set(drawn)) == 2 * speed.QUESTIONS


def test_with_an_address_of_a_service_its_embedder_is_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "figures", lambda *_: [])
    monkeypatch.setattr(speed, "figures", lambda *_: [])
    with serving() as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "multilingual-e5-small")

        figures = search.run(options(data, quick=True))

    assert {one.name.split(": ")[0] for one in figures} == {"multilingual-e5-small (prefixed)"}
    assert any(text.startswith("query: ") and "turbine" in text for text in service.texts)
    assert any(text.startswith("passage: turbine") for text in service.texts)
