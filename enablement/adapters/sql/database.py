"""One database, reading and writing: SQLite in WAL mode or PostgreSQL, the same to those who use it."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, OperationalError
from sqlalchemy.types import TypeDecorator

MIGRATIONS = Path(__file__).with_name("migrations")
WAIT_FOR_LOCK_S = 30
_WRONG_ADDRESS = "DATABASE_URL should be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."


class DatabaseAway(Exception):
    """The database can't be reached or used; the message says which and why, without its password."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as naive UTC so that both databases compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return value.replace(tzinfo=UTC) if value else None


class Database:
    """Hands out connections; `writing` excludes other writers on SQLite from its first statement on."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # On PostgreSQL a transaction would be two more round trips, and each statement sees its own moment anyway.
        self._reader = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._writer = self.engine.execution_options(writing=True)
        self._lazy_writer = self.engine.execution_options(writing=True, lazily=True)
        self._line = Path(f"{self.engine.url.database}-writers") if self.is_sqlite else None
        self._mine = _OfThread()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection; on SQLite its reads see one moment, on PostgreSQL each sees its own."""
        kept = self._mine.kept
        with kept.reading() if kept else self.engine.connect() as connection:
            yield connection

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """Let this thread keep its connection from one `reading` to the next: to open one takes as long as to ask.

        Nothing else is kept: what anybody wrote is seen by the next `reading`.
        """
        if self._mine.kept:
            yield
            return
        kept = self._mine.kept = _Kept(self._reader)
        try:
            yield
        finally:
            self._mine.kept = None
            kept.end()

    @contextmanager
    def writing(self, *, alone: str = "", lazily: bool = False) -> Iterator[Connection]:
        """Give a transaction that commits at the end; with `alone`, one at a time under that name.

        `lazily` does not wait for the disk: a power cut may undo it (the death of a process does not). Only for what
        may be done again, such as claims.
        """
        writer = self._lazy_writer if lazily else self._writer
        if self._mine.kept:
            # One connection is enough for a thread: others wait for theirs.
            self._mine.kept.give_back()
        with self._turn(), writer.begin() as connection:
            if alone and not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": alone})
            if lazily and not self.is_sqlite:
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            yield connection

    def migrate(self) -> None:
        """Bring the schema to its newest revision; safe to run from several processes at once.

        Raises DatabaseAway.
        """
        try:
            revision, newest = self.revisions()
            if revision == newest:
                return
            if is_ahead(revision, newest):
                message = (
                    f"The database is of a newer Touchline (revision {revision}; this one knows {newest})."
                )
                raise DatabaseAway(f"{message} Start that one, or put back the backup from before it.")
            with self.writing(alone="migrate") as connection:
                _upgrade(connection)
        except (OperationalError, InternalError) as error:
            where = self.engine.url.render_as_string(hide_password=True)
            raise DatabaseAway(f"The database {where} can't be used: {reason(error)}") from error

    def revisions(self) -> tuple[str | None, str | None]:
        """Return the schema's revision and the newest one that this code knows."""
        with self.reading() as connection:
            return _revision(connection), _newest()

    def checkpoint(self) -> None:
        """Carry what was committed from SQLite's log into its file, without making anybody wait."""
        if self.is_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Stand in line with all who write, on SQLite: by itself it would only look again, up to 100 ms later."""
        if self._line is None:
            yield
            return
        with self._line.open("wb") as line:
            fcntl.flock(line, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # Closing alone would keep the turn for a child that was forked meanwhile.
                fcntl.flock(line, fcntl.LOCK_UN)


class _Kept:
    """The connection that one thread keeps; its transaction ends with each reading.

    One that stayed open while Salesforce is asked would keep SQLite's log from ever beginning anew.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: Connection | None = None
        self._is_over = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        # Who reads while reading takes another.
        connection, self._free = self._free or self._engine.connect(), None
        try:
            yield connection
            connection.rollback()
        except BaseException:
            # Perhaps it broke.
            connection.close()
            raise
        if self._is_over or self._free is not None:
            connection.close()
        else:
            self._free = connection

    def give_back(self) -> None:
        if self._free is not None:
            self._free.close()
            self._free = None

    def end(self) -> None:
        self._is_over = True
        self.give_back()


class _OfThread(threading.local):
    kept: _Kept | None = None


def _upgrade(connection: Connection) -> None:
    # A sixth of what a process needs to start, and seldom is there anything to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def _newest() -> str:
    """Return the newest revision; each file is named after its own, and they count up."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))


def is_ahead(revision: str | None, newest: str | None) -> bool:
    """Say whether a schema is newer than the code: each revision is a number of four digits."""
    return (revision or "") > (newest or "")


def reason(error: DBAPIError) -> str:
    """Return in one line what the database itself said."""
    return str(error.orig).strip().splitlines()[0]


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError) as error:
        # Not quoted: it may hold a password.
        raise DatabaseAway(_WRONG_ADDRESS) from error
    if parsed.drivername == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.drivername != "sqlite" or not parsed.database:
        raise DatabaseAway(_WRONG_ADDRESS)
    folder = Path(parsed.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        mend = "Choose another with TOUCHLINE_DATA, or with DATABASE_URL."
        raise DatabaseAway(
            f"The database's folder {folder} can't be made ({error.strerror}). {mend}"
        ) from error
    engine = create_engine(parsed, connect_args={"timeout": WAIT_FOR_LOCK_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own idea of transactions would begin late and deferred: two writers could then deadlock.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # Whoever commits the last page before a checkpoint makes it, and some 100 ms of it would be a person's wait: the
    # relay makes them, every quarter of a minute. Where no relay runs, one comes every 80 MB.
    connection.execute("PRAGMA wal_autocheckpoint=20000")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writing"):
        # Said each time: the connection comes from a pool, and its last transaction may have been of the other sort.
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('lazily') else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Past SQLAlchemy, to which it is as much work as a small question; it opens no file yet, so nothing can go wrong.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN")
