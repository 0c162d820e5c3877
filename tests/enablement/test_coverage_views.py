"""Evidence and coverage as librarians see them: nobody sees more than they may."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from enablement.answering import Refusal
from enablement.coverage import (
    PICTURE,
    Gaps,
    Overview,
    StillInUse,
    Unused,
    telling,
    view,
    wish,
)
from enablement.model import (
    Deal,
    Interval,
    Written,
    key,
)
from tests.builders import NOW, ask, asset, deal, profile, touch, user
from tests.enablement.shelves import DAY, LIBRARIAN, book, effect, failed, fill, learn
from tests.fakes import World


def test_the_surest_effects_are_told_first_and_grouped_by_verdict() -> None:
    some = [
        effect("weak", logit=0.2),
        effect("strong", logit=0.9),
        effect("bad", "hurts", logit=-0.8, interval=Interval(-0.1, -0.2, -0.05)),
        effect("none", "no_clear_effect", deals=900),
        effect("thin", "not_enough", deals=29),
    ]

    assert [one.asset_id for one in telling(some)] == ["strong", "weak", "none", "bad", "thin"]
    assert [one.asset_id for one in telling(some, most=2)] == ["strong", "bad"]
    assert [one.asset_id for one in telling(some, most=4)] == ["strong", "weak", "none", "bad"]


def look(world: World, words: str = "", *, email: str = LIBRARIAN, seen: Iterable[Deal] = ()) -> Any:
    """Look as a librarian who may read some deals in the CRM."""
    world.mirror.store(users=[user("lib", email=email)])
    world.crm.allow(user("lib").id, *(one.id for one in seen))
    world.mirror.keep_profile(replace(profile("U1"), email=email, seen_at=NOW))
    asked = ask(words, slack_id="U1", email="", id=key("look", words))
    world.ledger.write(Written(records=(asked,)), now=NOW)
    return view(asked, world.services, now=NOW)


def test_only_librarians_see_evidence(world: World) -> None:
    fill(world, [deal()])

    refused = look(world, email="anna@stowmark.example")

    assert isinstance(refused, Refusal)
    assert "for librarians" in refused.text
    assert world.outbox.letters(states=["due"], limit=9) == []


def test_the_overview_counts_what_the_pages_list(world: World) -> None:
    fill(world, [deal(), deal("Shop", industry="Retail")], [book("A", updated_at=NOW - 400 * DAY), book("B")])
    failed(world, "landmines", deal())
    learn(
        world, effect("A"), effect("B", "not_enough"), effect("gone"), effect("A", segment="industry:Retail")
    )

    seen = look(world)

    assert isinstance(seen, Overview)
    assert seen.verdicts == {"helps": 1, "no_clear_effect": 0, "hurts": 0, "not_enough": 1}
    assert (seen.gaps, seen.unmet, seen.unused, seen.outlived) == (2, 1, 1, 0)
    gaps, unused = look(world, "gaps"), look(world, "unused")
    assert (gaps.rows.count, unused.rows.count) == (2, 1)


def test_pictures_come_with_the_overview_and_the_first_page_of_gaps_alone(world: World) -> None:
    fill(world, [deal(f"Deal {n}", industry=f"Industry {n}") for n in range(6)], [book("A")])

    def pictures() -> set[str]:
        return {one.subject for one in world.outbox.letters(states=["due"], limit=9) if one.kind == PICTURE}

    for words in ("", "gaps 2", "unused", "outlived"):
        look(world, words)
    without = pictures()
    learn(world, effect("A"))
    look(world, "overview")
    look(world, "gaps")

    # Before anything was learned, the overview has nothing to draw.
    assert without == set()
    assert pictures() == {key("look", "overview"), key("look", "gaps")}


def test_deals_and_searches_are_named_to_who_may_see_them(world: World) -> None:
    mine, hidden = deal("Mine", amount=1.0), deal("Hidden", amount=9.0)
    fill(world, [mine, hidden])
    failed(world, "landmines", mine)
    failed(world, "a secret of Hidden", hidden)

    seen = look(world, "gaps", seen=[mine])

    assert isinstance(seen, Gaps)
    [gap] = seen.rows.rows
    assert (gap.deals, gap.searches) == ((mine,), ("landmines",))
    assert (len(gap.cell.deals), len(gap.cell.unmet)) == (2, 2)


def test_a_crm_that_does_not_answer_names_nothing(world: World) -> None:
    fill(world, [deal()])
    world.crm.is_down = True

    seen = look(world, "gaps", seen=[deal()])

    assert [one.deals for one in seen.rows.rows] == [()]


def test_touches_after_the_end_are_shown_with_deals_that_may_be_seen(world: World) -> None:
    mine, hidden = deal("Mine"), deal("Hidden")
    fill(world, [mine, hidden], [asset("Over", expires=(NOW - 9 * DAY).date())])
    touches = [
        touch(id=str(n), asset_id="Over", deal_id=one.id, occurred_at=NOW - (9 - n) * DAY + DAY / 2)
        for n, one in enumerate((hidden, mine, mine, hidden), start=1)
    ]
    world.ledger.write(Written(records=tuple(touches)), now=NOW)

    seen = look(world, "outlived", seen=[mine])

    assert isinstance(seen, StillInUse)
    [row] = seen.rows.rows
    assert [(one.id, of) for one, of in row.last] == [("4", None), ("3", mine), ("2", mine)]


def test_pages_hold_all_rows_once(world: World) -> None:
    names = [f"Book {n:02}" for n in range(12)]
    fill(world, assets=[asset(name, updated_at=NOW - 400 * DAY) for name in names])

    pages = [look(world, f"unused {n}") for n in (1, 2, 3, 9)]

    assert all(isinstance(one, Unused) for one in pages)
    assert [row.asset.id for one in pages[:3] for row in one.rows.rows] == names
    assert (pages[3].rows.page, pages[3].rows.pages) == (3, 3)


@pytest.mark.parametrize("words", ["", "gaps", "GAPS region 2", "unused 3", "outlived", "0"])
def test_a_wish_is_read_from_its_own_words(words: str) -> None:
    wanted = wish(words)

    assert wanted is not None
    assert wish(wanted.words()) == wanted
    assert wanted.page >= 1


@pytest.mark.parametrize("words", ["for ROI", "gaps in security", "-1", "²", "123456"])
def test_other_words_are_no_wish(words: str) -> None:
    assert wish(words) is None
