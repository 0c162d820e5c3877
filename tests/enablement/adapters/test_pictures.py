"""The picture of results: bars as long as the shares they show, none of them whole before all is done."""

import io

import pytest
from PIL import Image

from enablement.adapters.pictures import WIDTH, bars

DONE = (31, 95, 139)


def drawn(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def done_pixels(picture: Image.Image, *, above: int = 0) -> int:
    """Return how wide the widest stretch of what is done is, below a line of the picture."""
    rows = range(above, picture.height)
    return max(sum(picture.getpixel((x, y)) == DONE for x in range(WIDTH)) for y in rows)


def test_each_part_has_its_row() -> None:
    heights = [drawn(bars((1, 2), [(1, 2)] * count)).height for count in (0, 1, 20)]

    assert heights[2] - heights[0] == 20 * (heights[1] - heights[0])
    assert drawn(bars((1, 2), [])).width == WIDTH


@pytest.mark.parametrize(("done", "of"), [(0, 0), (0, 9)])
def test_nothing_done_is_an_empty_bar(done: int, of: int) -> None:
    assert done_pixels(drawn(bars((done, of), [(done, of)]))) == 0


def test_a_bar_is_as_long_as_its_share() -> None:
    top = drawn(bars((0, 1), [])).height - 32
    widths = [
        done_pixels(drawn(bars((0, 1), [(done, 1000)])), above=top) for done in (1, 250, 500, 999, 1000)
    ]

    assert widths == sorted(set(widths))
    assert abs(widths[1] * 2 - widths[2]) <= 2
    assert widths[0] > 0
