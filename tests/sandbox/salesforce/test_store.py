"""Transactions within transactions, and what is told when they are kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.salesforce.schema import Schema, load_standard_objects
from sandbox.salesforce.store import Store


class UndoneError(Exception):
    """Something went wrong inside."""


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(None, Schema(load_standard_objects()))
    yield store
    store.close()


def write(store: Store, told: list[str], name: str) -> None:
    sobject = store.schema.get("Account")
    store.insert(sobject, {"Id": name, "Name": name, "IsDeleted": 0})
    store.when_kept(lambda: told.append(name))


def fail_inside(store: Store, told: list[str], *, caught: bool) -> None:
    """Write in a transaction and fail: in it, or in the one around it."""
    with store.transaction():
        with store.transaction():
            write(store, told, "inside")
            if caught:
                raise UndoneError
        raise UndoneError


def names(store: Store) -> list[str]:
    return [row[0] for row in store.select("SELECT Name FROM Account ORDER BY seq")]


def test_a_part_that_fails_is_undone_alone_and_not_told(store: Store) -> None:
    told: list[str] = []
    with store.transaction():
        write(store, told, "before")
        with pytest.raises(UndoneError):
            fail_inside(store, told, caught=True)
        write(store, told, "after")
        assert told == []

    assert names(store) == told == ["before", "after"]


def test_a_whole_that_fails_takes_its_parts_along(store: Store) -> None:
    told: list[str] = []
    with pytest.raises(UndoneError):
        fail_inside(store, told, caught=False)
    with store.transaction():
        write(store, told, "later")

    assert names(store) == told == ["later"]


def test_only_the_thread_inside_owns_a_transaction(store: Store) -> None:
    seen = [store.is_mine]
    with store.transaction(), ThreadPoolExecutor(1) as pool:
        seen += [store.is_mine, pool.submit(lambda: store.is_mine).result()]

    assert [*seen, store.is_mine] == [False, True, False, False]
