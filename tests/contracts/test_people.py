"""What an administrator says of who is who, on both databases."""

from dataclasses import replace

from sqlalchemy import select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.people import SqlPeople
from enablement.model import Audit, PersonLink
from tests.builders import NOW

LINK = PersonLink("U1", "005000000000001AAA", "admin@stowmark.example", NOW)


def note(name: str, action: str = "people.link") -> Audit:
    return Audit(name, LINK.set_by, action, LINK.slack_id, "", NOW)


def notes(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        query = select(tables.audits.c.id, tables.audits.c.action).order_by(tables.audits.c.id)
        return [(name, action) for name, action in connection.execute(query)]


def test_a_link_is_found_and_listed_and_noted(database: Database) -> None:
    people = SqlPeople(database)
    other = replace(LINK, slack_id="U0")

    people.keep(LINK, note("a"))
    people.keep(other, note("b"))

    assert people.link("U1") == LINK
    assert people.link("U2") is None
    assert people.links() == [other, LINK]
    assert notes(database) == [("a", "people.link"), ("b", "people.link")]


def test_a_later_link_takes_the_place_of_an_earlier_one_and_both_are_noted(database: Database) -> None:
    people = SqlPeople(database)
    later = replace(LINK, crm_user_id="005000000000002AAA")

    people.keep(LINK, note("a"))
    people.keep(later, note("b"))

    assert people.links() == [later]
    assert len(notes(database)) == 2


def test_a_link_that_is_dropped_is_gone_and_noted_once(database: Database) -> None:
    people = SqlPeople(database)
    people.keep(LINK, note("a"))

    gone = [people.drop("U1", note(name, "people.unlink")) for name in ("b", "c")]

    assert gone == [True, False]
    assert people.links() == []
    assert notes(database) == [("a", "people.link"), ("b", "people.unlink")]


def test_who_is_in_a_source_of_roles_is_replaced_as_a_whole_and_noted(database: Database) -> None:
    people = SqlPeople(database)
    people.keep_holders("@team", ["U1", "U2", "U2"], [note("a", "role.given")])
    people.keep_holders("profile:Marketing", ["005A"], [])

    people.keep_holders("@team", ["U2"], [note("b", "role.taken")])

    assert people.holders("@team") == {"U2"}
    assert people.sources_of("U1", "005A") == {"profile:Marketing"}
    assert people.sources_of("U2") == {"@team"}
    assert people.sources() == {"@team", "profile:Marketing"}
    assert notes(database) == [("a", "role.given"), ("b", "role.taken")]
