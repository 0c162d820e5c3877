"""Each kind of view that librarians have of evidence, full of a text."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from enablement.coverage import (
    Cell,
    Coverage,
    Dead,
    Gap,
    Gaps,
    Outlived,
    Overview,
    Pages,
    StillInUse,
    StillUsed,
    Unused,
    View,
    Wish,
)
from enablement.model import Run
from tests.builders import NOW, ask, asset, deal, share, touch

RUN = Run("r", "in_use", NOW, None, "", 1.0, 9, 9, "x")


def views(text: str, *, count: int = 1) -> list[View]:
    """Return each kind of view, full of a text, with `count` of whatever is counted."""
    named, cell = (
        replace(deal(), name=text),
        Cell(text, text, "th", ("d",) * count, ((text[:10], 9e12),) * 5, (), ("a",) * count),
    )
    gap = Gap(cell, (named,) * 5, (text[:500],) * 3)
    found = Coverage("size", (text,), (cell,), None, {}, {})
    unknown = Gap(Cell("", "", "", ("d",), (), (), ()), (), ())
    kinds = [touch(kind=kind) for kind in ("opened", "shared", "presented")]
    dead = [
        Dead(asset(text, kind=text[:40]), NOW.date(), at, one)
        for at, one in ((NOW, asset(text, kind=text[:40])), (None, None))
    ]
    over = [
        Outlived(
            asset(text, kind=text[:40], status=status),
            NOW - timedelta(days=9),
            tuple(kinds) * count,
            (share(),) * count,
        )
        for status in ("archived", "published")
    ]
    last = tuple((one, named if n else None) for n, one in enumerate((*kinds, touch(kind="opened_by_buyer"))))
    counts: dict[Any, int] = {"helps": count, "hurts": 0, "no_clear_effect": 9, "not_enough": 0}
    asked = ask(text)
    return [
        Overview(asked, RUN, counts, count, count, count, count),
        Overview(asked, None, dict.fromkeys(counts, 0), 0, 0, 0, 0),
        Gaps(asked, Wish("gaps", "size", 2), found, Pages((gap,) * 4 + (unknown,), 2, 3, 15)),
        Gaps(asked, Wish("gaps"), found, Pages((), 1, 1, 0)),
        Unused(asked, Wish("unused"), Pages((*dead, *dead), 1, 2, 9)),
        StillInUse(asked, Wish("outlived"), Pages(tuple(StillUsed(one, last) for one in over), 3, 3, 12)),
    ]
