"""Pictures of evidence and coverage: all scripts are written, and what is drawn says what is true."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unicodedata import category, normalize

import numpy as np
import pytest
from babel.messages.pofile import read_po
from PIL import Image, ImageDraw

from enablement.adapters.evidence_pictures import MOST_ROWS, forest, matrix
from enablement.adapters.lettering import cut, length, lines, writable, write
from enablement.adapters.pictures import WIDTH
from enablement.coverage import Cell, Coverage
from enablement.language import CATALOGUES, speaking
from enablement.model import LANGUAGES, Effect, Interval, Verdict

SAMPLES = Path(__file__).parents[3] / "samples" / "library"
BLUE, VERMILION, INK = (0, 114, 178), (184, 74, 0), (27, 31, 36)
PHRASES = {
    "th": "การ์ดเปรียบเทียบกับคู่แข่ง",
    "zh-TW": "與競爭對手的比較",
    "ko": "경쟁사 비교 카드",
    "fr": "Étude de cas : l’échelle",
    "pt-BR": "Comparação São João",
}
# Where the interval of the first effect lies in a picture: the words around it are of the same colour.
PLOT = {"top": 160, "bottom": 196}
HELPS = Effect("a", "winning", "", Interval(0.06, 0.03, 0.09), "helps", 38, 0.3, 0.1)


def drawn(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def columns(
    picture: Image.Image, colour: tuple[int, int, int], *, top: int = 0, bottom: int = 0
) -> list[int]:
    """Return the columns that hold a colour between two rows of a picture."""
    part = np.asarray(picture)[top : bottom or picture.height]
    return [int(at) for at in np.flatnonzero((part == colour).all(axis=2).any(axis=0))]


def ours() -> Iterator[str]:
    """Yield all texts of the catalogues, and what the sample library says of its files."""
    for folder in CATALOGUES.iterdir():
        with (folder / "LC_MESSAGES" / "touchline.po").open("rb") as file:
            for one in read_po(file):
                for said in (one.string, one.id):
                    yield from (said,) if isinstance(said, str) else said or ()
    for path in SAMPLES.rglob("*.yml"):
        yield path.read_text(encoding="utf-8")


def test_every_character_of_our_texts_has_a_glyph() -> None:
    used = {one for text in ours() for one in normalize("NFC", text) if category(one)[0] in "LNPM"}
    assert len(used) > 1000

    assert {one for one in used if not writable(f"a{one}") or writable(f"a{one}") == "a"} == set()


@pytest.mark.parametrize("text", PHRASES.values(), ids=PHRASES)
def test_a_text_is_written_as_wide_as_it_is_measured(text: str) -> None:
    image = Image.new("L", (WIDTH, 60), 255)
    write(ImageDraw.Draw(image), (10, 40), text, size=28, ink="#000000")

    left, _, right, _ = image.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)

    assert writable(text) == text
    assert abs(right - left - length(text, 28)) < 8


def test_thai_marks_stand_over_their_letters() -> None:
    assert length("ที่", 28) == length("ท", 28)
    assert length("ที่", 28) < length("ทก", 28)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("🚀 Launch\n deck", "Launch deck"),
        ("简体", ""),
        ("Deck\u2028 ✓ 日本の\ud800", "Deck 日本の"),
        ("", ""),
        ("العربية", ""),
    ],
)
def test_what_has_no_glyph_is_no_box(text: str, written: str) -> None:
    assert writable(text) == written


@pytest.mark.parametrize("text", [*PHRASES.values(), "x" * 90, "ที่" * 40, "กำ" * 40])
def test_a_long_text_is_cut_between_characters(text: str) -> None:
    for most in range(60, 120, 7):
        short = cut(text * 3, size=28, most=most)

        left = (text * 3)[len(short) - 1 :]
        assert length(short, 28) <= most
        assert short.endswith("…")
        assert category(left[0])[0] != "M"
        assert left[0] != "ำ"
    assert cut("short", size=28, most=200) == "short"


@pytest.mark.parametrize("text", [*PHRASES.values(), "a long text of many words " * 5, "x" * 90])
def test_lines_hold_the_whole_text_and_fit(text: str) -> None:
    made = lines(text, size=28, most=200)

    assert "".join(made).replace(" ", "") == normalize("NFC", text).replace(" ", "")
    assert all(length(one, 28) <= 200 for one in made)


def test_an_interval_lies_where_its_numbers_are() -> None:
    hurts = replace(HELPS, asset_id="b", verdict="hurts", interval=Interval(-0.06, -0.09, -0.03))
    helps, hurts_at = (
        columns(drawn(forest([HELPS], {})), BLUE, **PLOT),
        columns(drawn(forest([hurts], {})), VERMILION, **PLOT),
    )

    assert min(helps) > WIDTH / 2 + 80
    assert abs(max(helps) - WIDTH + min(hurts_at)) <= 4
    assert abs(min(helps) - WIDTH + max(hurts_at)) <= 4


def test_what_is_hardly_known_does_not_make_the_rest_small() -> None:
    unsure = replace(HELPS, verdict="not_enough", interval=Interval(0.2, -0.9, 0.9))

    alone, both = drawn(forest([HELPS], {})), drawn(forest([HELPS, unsure], {}))

    assert columns(alone, BLUE, bottom=200) == columns(both, BLUE, bottom=200)


def test_each_effect_has_its_row_up_to_what_a_phone_shows() -> None:
    heights = [drawn(forest([HELPS] * count, {})).height for count in (1, 2, MOST_ROWS, MOST_ROWS + 5)]

    assert heights[1] - heights[0] > 100
    assert heights[2] == heights[3] <= 2000


def test_verdicts_are_told_apart_without_colour() -> None:
    verdicts: tuple[Verdict, ...] = ("helps", "hurts", "no_clear_effect", "not_enough")

    def grey(verdict: Verdict) -> bytes:
        picture = drawn(forest([replace(HELPS, verdict=verdict)], {}))
        # The marks alone, without the words.
        part = picture.crop((0, PLOT["top"], WIDTH, PLOT["bottom"]))
        return part.convert("L").point(lambda value: 255 * (value > 200)).tobytes()

    assert len({grey(one) for one in verdicts}) == len(verdicts)


def test_speeds_are_drawn_as_ratios() -> None:
    twice, half = (
        replace(HELPS, on="speed", interval=Interval(one, one * 0.99, one * 1.01)) for one in (2.0, 0.5)
    )

    right, left = (
        [x for x in columns(drawn(forest([one, twice], {})), BLUE, **PLOT) if x] for one in (twice, half)
    )

    assert abs((right[0] + right[-1]) / 2 + (left[0] + left[-1]) / 2 - WIDTH) <= 4


def test_a_picture_shows_one_thing() -> None:
    for effects in ([], [HELPS, replace(HELPS, on="speed", interval=Interval(1.2, 1.1, 1.3))]):
        with pytest.raises(ValueError, match="one thing"):
            forest(effects, {})


def coverage(*cells: Cell, currency: str | None = "EUR") -> Coverage:
    stages = tuple(dict.fromkeys(one.stage for one in cells))
    return Coverage("industry", stages, cells, currency, {}, {})


def cell(stage: str, segment: str, *, assets: int = 0, amount: float = 9e5, language: str = "th") -> Cell:
    made = tuple(f"a{n}" for n in range(assets))
    return Cell(stage, segment, language, ("d",), (("EUR", amount),), made, ())


def test_gaps_alone_are_marked() -> None:
    gap, covered = cell("Proposal", "Retail"), cell("Proposal", "Retail", assets=3)

    assert columns(drawn(matrix(coverage(gap), "th")), VERMILION)
    assert not columns(drawn(matrix(coverage(covered), "th")), VERMILION)


def test_a_matrix_is_of_one_language_with_most_pipeline_kept() -> None:
    some = [cell(f"Stage {n}", f"Segment {m}", amount=n * m) for n in range(9) for m in range(14)]
    others = [cell("Proposal", "Other", language="fr")]

    large, small = (drawn(matrix(coverage(*some, *others), tag)) for tag in ("th", "fr"))

    assert large.height > 3 * small.height
    assert large.height <= 2200
    with pytest.raises(ValueError, match="language"):
        matrix(coverage(*some), "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sums_fit_their_cells_in_every_language(language: str) -> None:
    sums = [9.99 * 10**n for n in range(3, 9)]
    cells = [cell(f"Stage {n}", "製造業", amount=amount) for n, amount in enumerate(sums)]

    with speaking(language):
        picture = drawn(matrix(coverage(*cells), "th"))

    # Between the six cells of the only row nothing is written.
    edges = [round(32 + n * (WIDTH - 64) / 6) for n in range(7)]
    row = np.asarray(picture)[190:240]
    assert all((row[:, edge - 1 : edge + 2] == 255).all() for edge in edges)
    assert columns(picture, VERMILION)
