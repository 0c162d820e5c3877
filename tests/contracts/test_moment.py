"""What one thread reads in a moment: over one connection, as it was, until it writes; the same on both databases."""

import threading
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from tests.builders import NOW


@pytest.fixture
def mirror(database: Database) -> SqlMirror:
    return SqlMirror(database)


def elsewhere(do: Any) -> None:
    other = threading.Thread(target=do)
    other.start()
    other.join()


def test_what_is_read_over_one_connection_is_of_one_moment(database: Database, mirror: SqlMirror) -> None:
    opened: list[object] = []
    event.listen(database.engine, "checkout", lambda *said: opened.append(said[0]))

    with database.moment():
        assert mirror.watermark("one") is None
        elsewhere(lambda: mirror.set_watermark("one", NOW))
        own = len(opened)
        seen = mirror.watermark("one")

    assert len(opened) == own == 2
    # On PostgreSQL each statement has a moment of its own.
    assert seen == (None if database.is_sqlite else NOW)
    assert mirror.watermark("one") == NOW


def test_who_wrote_sees_it_next(database: Database, mirror: SqlMirror) -> None:
    with database.moment():
        assert mirror.watermark("one") is None
        mirror.set_watermark("one", NOW)
        assert mirror.watermark("one") == NOW
        # Before the write below there is no reading, and while it lasts there is one.
        with database.writing() as connection:
            connection.execute(text("DELETE FROM watermarks"))
            assert mirror.watermark("one") == NOW
        assert mirror.watermark("one") is None


def test_what_is_being_read_while_something_is_written_goes_on(database: Database, mirror: SqlMirror) -> None:
    mirror.set_watermark("one", NOW)
    with database.moment():
        with database.reading() as connection:
            rows = connection.execute(text("SELECT name FROM watermarks"))
            mirror.set_watermark("two", NOW)
            assert mirror.watermark("two") == NOW
            assert rows.scalars().all() == ["one"]
        assert mirror.watermark("two") == NOW


def test_after_a_question_that_failed_others_are_answered(database: Database, mirror: SqlMirror) -> None:
    with database.moment():
        mirror.watermark("one")
        with pytest.raises(DBAPIError), database.reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        assert mirror.watermark("one") is None


def test_a_moment_gives_its_connection_back_and_one_inside_another_is_the_same(
    database: Database, mirror: SqlMirror
) -> None:
    pool: Any = database.engine.pool
    with pytest.raises(RuntimeError), database.moment():  # noqa: PT012 - all of it is one moment
        with database.moment():
            mirror.watermark("one")
        assert pool.checkedout() == 1
        raise RuntimeError

    assert pool.checkedout() == 0
    mirror.watermark("one")
    assert pool.checkedout() == 0
