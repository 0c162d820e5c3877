"""The first reading of a large org: whole tables, joined on disk, stored as they come."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from crm.bulk import table_rows
from crm.client import Row
from crm.deals import CONTACTS, HISTORY, TEAM, deals_query, from_table, to_contact, to_deal, to_hop
from crm.ids import sf_id
from crm.mapping import FieldMap
from crm.refresh import Reader
from enablement.ports import Progress

T = TypeVar("T")
ROWS_AT_ONCE = 500


class _Shelf:
    """Rows by deal, in a temporary file that SQLite removes by itself."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("")
        self._connection.execute(
            "CREATE TABLE row (deal TEXT, id TEXT, said TEXT, PRIMARY KEY (deal, id)) WITHOUT ROWID"
        )

    def put(self, rows: Iterator[dict[str, str]]) -> None:
        kept = ((row["OpportunityId"], row["Id"], json.dumps(row)) for row in rows)
        self._connection.executemany("INSERT OR REPLACE INTO row VALUES (?, ?, ?)", kept)

    def of(self, deal: str) -> list[dict[str, str]]:
        found = self._connection.execute("SELECT said FROM row WHERE deal = ?", [deal])
        return [json.loads(said) for (said,) in found]

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class _Jobs:
    deals: str
    history: str
    contacts: str
    team: str


def load(reader: Reader, fields: FieldMap, *, expected: int, progress: Progress) -> int:
    """Read all deals with all that belongs to them into the mirror; return how many there are."""
    client = reader.client
    jobs = _Jobs(
        client.start_job(deals_query(fields), deleted=True),
        client.start_job(HISTORY),
        client.start_job(CONTACTS),
        client.start_job(TEAM) if fields.team else "",
    )
    contacts, team = _Shelf(), _Shelf()
    try:
        contacts.put(table_rows(client, jobs.contacts))
        team.put(table_rows(client, jobs.team) if jobs.team else iter(()))
        count = 0
        for some in _chunks(table_rows(client, jobs.deals)):
            rows = [from_table(cells, fields) for cells in some]
            count += _store(reader, fields, rows, contacts=contacts, team=team)
            progress(count, expected)
    finally:
        contacts.close()
        team.close()
    for some in _chunks(table_rows(client, jobs.history)):
        reader.mirror.store(hops=[to_hop(from_table(cells, fields)) for cells in some])
    return count


def _store(reader: Reader, fields: FieldMap, rows: list[Row], *, contacts: _Shelf, team: _Shelf) -> int:
    there = [row for row in rows if not row["IsDeleted"]]
    members = {row["Id"]: [sf_id(member["UserId"]) for member in team.of(row["Id"])] for row in there}
    reader.mirror.store(
        deals=[to_deal(row, fields, members[row["Id"]]) for row in there],
        contacts=[to_contact(from_table(role, fields)) for row in there for role in contacts.of(row["Id"])],
        work=reader.work,
        now=reader.clock(),
    )
    if gone := [sf_id(row["Id"]) for row in rows if row["IsDeleted"]]:
        reader.mirror.forget(gone)
    return len(there)


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some
