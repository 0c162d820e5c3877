"""Fixtures of the core: a migrated database, on SQLite and on a real PostgreSQL, and what stands on it."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import settings  # noqa: F401 - it keeps numpy to one thread, as in every process of ours
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from tests.compiled_once import compiled_once
from tests.contracts.postgres import NoPostgres, Postgres
from tests.kept_readers import kept_readers
from tests.tables import empty_postgres

# Tests make much and keep little: looking for garbage as often as usual is a sixth of their time.
gc.set_threshold(100_000, 50, 1000)
EITHER = ("sqlite", "postgresql")
# Where there is room, what tests write lies in memory: a disk that stalls for seconds is not a slow product.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 4 << 30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def _kept_readers() -> Iterator[None]:
    with kept_readers():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all the tests of this process."""
    try:
        server = Postgres()
    except NoPostgres as error:
        pytest.skip(str(error))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The address of a database that tests share and each empties first."""
    database = Database(postgres.url())
    database.migrate()
    database.close()
    return postgres.url()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "touchline.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(params=EITHER)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "touchline.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        made = Database(f"sqlite:///{path}")
    else:
        made = Database(request.getfixturevalue("migrated_postgres"))
        empty_postgres(made)
    yield made
    made.close()


@pytest.fixture(params=EITHER)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    admin = Database(server.url())
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS empty"))
        connection.execute(text("CREATE DATABASE empty"))
        yield server.url("empty")
        connection.execute(text("DROP DATABASE empty WITH (FORCE)"))
    admin.close()


@pytest.fixture
def catalog(database: Database) -> SqlCatalog:
    return SqlCatalog(database)


@pytest.fixture
def mirror(database: Database) -> SqlMirror:
    return SqlMirror(database)


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    return SqlLedger(database)


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)
