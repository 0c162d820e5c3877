"""The schema: what the tables say and what migrations make are the same, however often and by how many it is made."""

import inspect as functions
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from enablement.adapters.sql import database as sql
from enablement.adapters.sql.database import Database, DatabaseAway
from enablement.adapters.sql.tables import metadata

MIGRATE = "import sys; from enablement.adapters.sql.database import Database; Database(sys.argv[1]).migrate()"


@pytest.fixture(autouse=True)
def _migrates_really(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "_upgrade", functions.unwrap(sql._upgrade))


def differences(database: Database) -> list[object]:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    database = Database(empty_url)

    database.migrate()

    assert differences(database) == []
    assert {table.name for table in metadata.sorted_tables} < set(inspect(database.engine).get_table_names())
    database.close()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    database.migrate()
    once = database.revisions()

    database.migrate()

    assert database.revisions() == once
    assert once[0] == once[1] is not None
    assert differences(database) == []
    database.close()


def test_a_database_of_a_newer_version_is_left_alone_and_told(empty_url: str) -> None:
    database = Database(empty_url)
    database.migrate()
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseAway, match=r"newer Touchline \(revision 9999; .* backup from before it"):
        database.migrate()

    assert database.revisions()[0] == "9999"
    database.close()


@pytest.mark.parametrize(
    "url",
    ["mysql://touchline:canary@db/touchline", "canary", "sqlite:///", "postgresql://u:canary@db:port/t"],
)
def test_an_address_of_no_database_is_told_in_a_sentence_and_not_quoted(url: str) -> None:
    with pytest.raises(
        DatabaseAway, match=r"^DATABASE_URL should be sqlite:///FILE or postgresql://"
    ) as refused:
        Database(url)

    assert "canary" not in str(refused.value)


def test_a_folder_that_can_not_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DatabaseAway, match=r"folder .*/file can't be made .* TOUCHLINE_DATA"):
        Database(f"sqlite:///{tmp_path / 'file' / 'touchline.db'}")


def test_processes_that_migrate_at_once_do_not_disturb_each_other(empty_url: str) -> None:
    at_once = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url], stderr=subprocess.PIPE) for _ in range(3)
    ]

    said = [process.communicate()[1].decode() for process in at_once]

    assert [process.returncode for process in at_once] == [0, 0, 0], said
    database = Database(empty_url)
    at, head = database.revisions()
    assert at == head
    assert differences(database) == []
    database.close()
