"""What one thread reads over one connection: as it is; the same on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from enablement.adapters.lessons import LearnedLessons
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.mirror import SqlMirror
from enablement.evidence.habits import fit
from enablement.learning import study_of
from enablement.ports import HABITS, History
from tests.builders import NOW, deal
from tests.contracts.test_evidence import RUN, effect

OPEN = """
    SELECT count(*) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%' AND datname = current_database() AND pid != pg_backend_pid()
"""


@pytest.fixture
def mirror(database: Database) -> SqlMirror:
    return SqlMirror(database)


def elsewhere(do: Callable[[], object]) -> None:
    other = threading.Thread(target=do)
    other.start()
    other.join()


def test_what_is_read_over_one_connection_is_as_others_wrote_it(
    database: Database, mirror: SqlMirror
) -> None:
    opened: list[object] = []
    event.listen(database.engine, "checkout", lambda *said: opened.append(said[0]))

    with database.one_connection():
        assert mirror.watermark("one") is None
        elsewhere(lambda: mirror.set_watermark("one", NOW))
        own = len(opened)
        seen = mirror.watermark("one")

    assert len(opened) == own == 2
    assert seen == NOW


def test_between_two_questions_no_transaction_is_open(database: Database, mirror: SqlMirror) -> None:
    with database.one_connection():
        mirror.watermark("one")
        mirror.set_watermark("one", NOW)
        assert mirror.watermark("one") == NOW

        # What is open keeps SQLite's log from beginning anew, and on PostgreSQL a table from being changed.
        with database.engine.connect() as another:
            if database.is_sqlite:
                another.exec_driver_sql("ROLLBACK")
                another.exec_driver_sql("PRAGMA busy_timeout=0")
                assert another.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one() == (0, 0, 0)
                another.exec_driver_sql("BEGIN")
            else:
                assert another.scalar(text(OPEN)) == 0


def test_what_was_learned_meanwhile_is_not_remembered_as_nothing(database: Database) -> None:
    evidence = SqlEvidence(database)
    lessons = LearnedLessons(evidence, alert=lambda *_said: None)

    def learn() -> None:
        evidence.save(RUN.id, HABITS, fit(study_of(History((), (), (), (), ()))))
        evidence.finish(replace(RUN, state="in_use"), [effect("deck")])
        lessons.follow()

    with database.one_connection():
        assert evidence.current() is None
        elsewhere(learn)
        lessons.effects(["deck"], deal())

    assert set(lessons.effects(["deck"], deal())) == {"deck"}


def test_who_wrote_sees_it_next(database: Database, mirror: SqlMirror) -> None:
    with database.one_connection():
        assert mirror.watermark("one") is None
        mirror.set_watermark("one", NOW)
        assert mirror.watermark("one") == NOW
        with database.writing() as connection:
            connection.execute(text("DELETE FROM watermarks"))
            assert mirror.watermark("one") == NOW
        assert mirror.watermark("one") is None


def test_what_is_being_read_while_something_is_written_goes_on(database: Database, mirror: SqlMirror) -> None:
    mirror.set_watermark("one", NOW)
    with database.one_connection():
        with database.reading() as connection:
            rows = connection.execute(text("SELECT name FROM watermarks"))
            mirror.set_watermark("two", NOW)
            assert mirror.watermark("two") == NOW
            assert rows.scalars().all() == ["one"]
        assert mirror.watermark("two") == NOW


def test_after_a_question_that_failed_others_are_answered(database: Database, mirror: SqlMirror) -> None:
    with database.one_connection():
        mirror.watermark("one")
        with pytest.raises(DBAPIError), database.reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        assert mirror.watermark("one") is None


def test_who_writes_takes_no_second_connection(database: Database, mirror: SqlMirror) -> None:
    pool: Any = database.engine.pool
    with database.one_connection():
        mirror.watermark("one")
        with database.writing():
            assert pool.checkedout() == 1


def test_connections_are_given_back_and_who_keeps_one_already_keeps_the_same(
    database: Database, mirror: SqlMirror
) -> None:
    pool: Any = database.engine.pool
    with pytest.raises(RuntimeError), database.one_connection():  # noqa: PT012 - all of it is over one connection
        with database.one_connection(), database.reading():
            mirror.watermark("one")
            assert pool.checkedout() == 2
        assert pool.checkedout() == 1
        raise RuntimeError

    assert pool.checkedout() == 0
    mirror.watermark("one")
    assert pool.checkedout() == 0


def test_what_is_still_being_read_at_the_end_keeps_its_connection_for_so_long(
    database: Database, mirror: SqlMirror
) -> None:
    pool: Any = database.engine.pool
    with database.one_connection():
        reading = database.reading()
        connection = reading.__enter__()
    mirror.watermark("one")

    assert connection.scalar(text("SELECT 1")) == 1
    reading.__exit__(None, None, None)
    assert pool.checkedout() == 0
