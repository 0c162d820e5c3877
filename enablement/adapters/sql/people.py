"""Which Slack user is which CRM user where an administrator said so, and who is where roles come from, in SQL."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.query import Query, given
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Audit, PersonLink

_links, _members = tables.person_links, tables.role_members
_LINK = Query(PersonLink, _links, _links.c.slack_id == given("slack_id"))


class SqlPeople:
    """The links in SQL; each is written together with the note of who set it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, slack_id: str) -> PersonLink | None:
        with self._database.reading() as connection:
            return _LINK.first(connection, slack_id=slack_id)

    def links(self) -> list[PersonLink]:
        with self._database.reading() as connection:
            rows = connection.execute(select(_links).order_by(_links.c.slack_id)).mappings()
            return [from_row(PersonLink, row) for row in rows]

    def keep(self, link: PersonLink, audit: Audit) -> None:
        with self._database.writing() as connection:
            put(connection, _links, [to_row(link)])
            insert_missing(connection, tables.audits, [to_row(audit)])

    def drop(self, slack_id: str, audit: Audit) -> bool:
        with self._database.writing() as connection:
            gone = connection.execute(delete(_links).where(_links.c.slack_id == slack_id)).rowcount
            if gone:
                insert_missing(connection, tables.audits, [to_row(audit)])
            return bool(gone)

    def sources_of(self, *people: str) -> frozenset[str]:
        query = select(_members.c.source).where(_members.c.person.in_(people))
        with self._database.reading() as connection:
            return frozenset(connection.scalars(query))

    def holders(self, source: str) -> frozenset[str]:
        query = select(_members.c.person).where(_members.c.source == source)
        with self._database.reading() as connection:
            return frozenset(connection.scalars(query))

    def keep_holders(self, source: str, people: Collection[str], audits: Sequence[Audit]) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(_members).where(_members.c.source == source))
            insert_missing(
                connection, _members, [{"source": source, "person": one} for one in sorted(set(people))]
            )
            insert_missing(connection, tables.audits, [to_row(audit) for audit in audits])

    def sources(self) -> frozenset[str]:
        with self._database.reading() as connection:
            return frozenset(connection.scalars(select(_members.c.source).distinct()))
