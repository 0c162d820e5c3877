"""What people choose and where they are in their Home tab, on both databases."""

from dataclasses import replace
from datetime import time, timedelta
from functools import partial

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.homes import SqlHomes
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.preferences import SqlPreferences
from enablement.adapters.sql.recommended import SqlShortlists
from enablement.model import (
    NUDGE_KINDS,
    HomeState,
    LibraryFigures,
    Preferences,
    Recommended,
    Seen,
    SeenDeal,
    Withdrawal,
    Written,
)
from tests.builders import ANNA, NOW, share, task, touch
from tests.fakes import at_once


def test_who_never_chose_has_the_defaults(database: Database) -> None:
    assert SqlPreferences(database).of("U1") == Preferences("U1")


def test_what_is_chosen_is_kept_as_it_is(database: Database) -> None:
    store = SqlPreferences(database)
    chosen = Preferences(
        "U1",
        "pt-BR",
        (time(21, 30), time(7)),
        frozenset(["replaced", "battlecard"]),
        digest=False,
        changed_at=NOW,
    )

    said = store.change("U1", lambda _: chosen)

    assert said == store.of("U1") == chosen
    assert store.of("U2") == Preferences("U2")


def test_changes_at_once_are_all_kept(database: Database) -> None:
    store = SqlPreferences(database)

    def mute(number: int) -> Preferences:
        kind = NUDGE_KINDS[number]
        return store.change("U1", lambda was: replace(was, muted=was.muted | {kind}, changed_at=NOW))

    at_once(len(NUDGE_KINDS), mute)

    assert store.of("U1").muted == set(NUDGE_KINDS)


def test_a_home_tab_is_changed_together_with_its_work_once(database: Database) -> None:
    homes, outbox = SqlHomes(database), SqlOutbox(database)

    def turned(was: HomeState) -> HomeState:
        return replace(was, page=was.page + 1, opened_at=NOW)

    said = [homes.change("U1", turned, now=NOW, tasks=[task()]) for _ in range(2)]

    assert said == [True, False]
    assert homes.of("U1") == HomeState("U1", page=2, opened_at=NOW)
    assert [one.id for one in outbox.letters(states=["due"], limit=9)] == ["task"]


def test_those_that_were_open_lately_are_listed_the_last_first(database: Database) -> None:
    homes = SqlHomes(database)
    for number, minutes in enumerate((1, 9, 3)):
        state = HomeState(f"U{number}", opened_at=NOW - timedelta(minutes=minutes))
        homes.change(state.slack_id, partial(_stands, state), now=NOW)

    found = homes.opened_since(NOW - timedelta(minutes=5))

    assert [one.slack_id for one in found] == ["U0", "U2"]


def test_what_was_seen_and_counted_comes_back(database: Database) -> None:
    homes = SqlHomes(database)
    one = SeenDeal("d", "Closing", "2026-12-01", ("Korvane",), "a")
    seen = Seen("U1", NOW, (), (one, replace(one, deal_id="e")))
    figures = LibraryFigures(NOW, 1, 2, 3, 4, 5, 6, 7, 8, 9)

    homes.keep_seen(replace(seen, now=()))
    homes.keep_seen(seen)
    homes.keep_figures(replace(figures, gaps=0))
    homes.keep_figures(figures)

    assert (homes.seen("U1"), homes.seen("U2"), homes.figures()) == (seen, None, figures)


def test_what_somebody_did_is_found_without_what_was_taken_back(database: Database) -> None:
    ledger = SqlLedger(database)
    later, early = NOW + timedelta(days=1), NOW - timedelta(days=9)
    touches = (
        touch(id="new", deal_id="d", occurred_at=later),
        touch(id="old", deal_id="d", occurred_at=early),
        touch(id="undone", deal_id="e"),
        touch(id="other", email="bob@stowmark.example"),
    )
    shares = (share(id="s1", made_at=early), share(id="s2"), share(id="s3", email="bob@stowmark.example"))
    ledger.write(Written(records=(*touches, *shares, Withdrawal("w", "undone", ANNA, NOW))), now=NOW)

    assert [one.id for one in ledger.touches_by([ANNA], since=early)] == ["new", "old"]
    assert [one.id for one in ledger.touches_by([ANNA], since=NOW)] == ["new"]
    assert [one.id for one in ledger.shares_by(ANNA, limit=9)] == ["s2", "s1"]
    assert [one.id for one in ledger.shares_by(ANNA, limit=1)] == ["s2"]
    assert ledger.last_touches(["d", "e"]) == {"d": later}


def test_the_first_of_what_is_kept_is_found_for_many_deals(database: Database) -> None:
    shortlists = SqlShortlists(database)
    shortlists.keep(
        {
            name: [
                Recommended(name, rank, f"{name}{rank}", "v", 0.5, (), "m", "x", NOW) for rank in (1, 2, 3)
            ]
            for name in "ab"
        }
    )

    assert shortlists.firsts("abc", most=2) == {"a": ["a1", "a2"], "b": ["b1", "b2"]}


def _stands(state: HomeState, _was: HomeState) -> HomeState:
    return state
