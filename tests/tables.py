"""All tables at once: how many rows each holds, and none of them any more."""

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import metadata

# One statement each: asking fifty tables one after the other is most of what a small test does.
_COUNT = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in metadata.tables)  # noqa: S608 - our names
# PostgreSQL's TRUNCATE makes each table and index a new file; to delete what tests leave takes a tenth of the time.
_DELETE = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608 - our names
_RESTART = "PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"


def row_counts(database: Database) -> dict[str, int]:
    """Return how many rows each table holds, all at one moment."""
    with database.reading() as connection:
        return {str(name): int(count) for name, count in connection.exec_driver_sql(_COUNT)}


def empty_postgres(database: Database) -> None:
    """Delete all rows of a PostgreSQL database and begin its numbers anew."""
    with database.writing() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN {_DELETE}; {_RESTART}; END $$")
