"""What the CRM was last told, on both databases."""

from enablement.adapters.sql.copies import IDS_AT_ONCE, SqlCopies
from enablement.adapters.sql.database import Database
from enablement.model import Copy
from tests.fakes import at_once


def test_what_was_told_comes_back_by_kind(database: Database) -> None:
    copies = SqlCopies(database)

    copies.keep("asset", {"a": Copy("one"), "b": Copy("", 3)})
    copies.keep("suggestions", {"a": Copy("other", 0)})

    assert copies.told("asset") == {"a": Copy("one"), "b": Copy("", 3)}
    assert copies.told("asset", ["b", "c"]) == {"b": Copy("", 3)}
    assert copies.told("suggestions") == {"a": Copy("other", 0)}
    assert copies.told("asset", []) == {}


def test_what_is_told_later_takes_the_place_of_what_was_told_before(database: Database) -> None:
    copies = SqlCopies(database)
    copies.keep("asset", {"a": Copy("one", 5), "b": Copy("two")})

    copies.keep("asset", {"a": Copy("three", 2)})
    copies.keep("asset", {})

    assert copies.told("asset") == {"a": Copy("three", 2), "b": Copy("two")}


def test_what_is_forgotten_counts_as_never_told(database: Database) -> None:
    copies = SqlCopies(database)
    copies.keep("asset", {name: Copy("one") for name in "abc"})
    copies.keep("followed", {"a": Copy("one")})

    copies.forget("asset", ["a", "x"])
    some = copies.told("asset")
    copies.forget("asset", [])
    none = copies.told("asset")
    copies.forget("asset")

    assert some.keys() == none.keys() == {"b", "c"}
    assert (copies.told("asset"), copies.told("followed")) == ({}, {"a": Copy("one")})


def test_more_than_a_statement_names_are_found_and_forgotten(database: Database) -> None:
    copies = SqlCopies(database)
    many = {f"a{n:05}": Copy("one", n) for n in range(2 * IDS_AT_ONCE + 1)}

    copies.keep("asset", many)

    assert copies.told("asset", many) == copies.told("asset") == many
    copies.forget("asset", many)
    assert copies.told("asset") == {}


def test_writers_at_once_do_not_block_each_other_for_good(database: Database) -> None:
    copies = SqlCopies(database)
    names = [f"a{n}" for n in range(50)]

    def keep(number: int) -> None:
        order = names if number % 2 else names[::-1]
        for _ in range(5):
            copies.keep("asset", {name: Copy(str(number)) for name in order})

    at_once(4, keep)

    assert {copy.digest for copy in copies.told("asset").values()} <= {"0", "1", "2", "3"}
    assert len(copies.told("asset")) == len(names)
