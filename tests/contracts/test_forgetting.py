"""To forget a person, in every table there is, on both databases."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, String, Table, insert, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database, UtcDateTime
from enablement.adapters.sql.forgetting import CONTENT, SHORT, SqlForgetting
from enablement.adapters.sql.personal import RULES
from enablement.model import Identity

EMAIL, SLACK_ID, NAME = "zoë.lind@stowmark.example", "U0ZOE", "Zoë Lind"
PSEUDONYM = "forgotten-1"
WHO = Identity((EMAIL,), (SLACK_ID,), (NAME,))
NOW = datetime(2026, 11, 2, tzinfo=UTC)
TABLES = list(tables.metadata.sorted_tables)


def value(column: Column[Any], text: str, number: int) -> Any:
    """Return something for a column: the text where there is room for words."""
    if isinstance(column.type, JSON):
        return {"list": [text, "else"], "said": f"{text}, and more"}
    if isinstance(column.type, String):
        long = column.type.length or 1000
        return text[:long] if len(text) <= long else "-"
    kinds: dict[type, Any] = {
        Boolean: False,
        UtcDateTime: NOW,
        Date: date(2026, 1, 1),
        Float: 0.5,
        Integer: number,
        LargeBinary: b"x",
    }
    return next((made for kind, made in kinds.items() if isinstance(column.type, kind)), number)


def fill(database: Database, text: str, *, number: int = 1) -> None:
    """Put one row into each table, with the text in each of its columns of text that is no key."""
    with database.writing() as connection:
        for table in TABLES:
            rule = RULES[table.name]
            row = {}
            for column in table.c:
                is_key = column.primary_key or column.foreign_keys or column.unique
                row[column.name] = value(column, f"key {number}" if is_key else text, number)
                if column.name in rule.whose and column.primary_key:
                    row[column.name] = text
            connection.execute(insert(table).values(row))


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_each_table_says_what_it_knows_of_people() -> None:
    assert sorted(RULES) == sorted(table.name for table in TABLES)
    for name, rule in RULES.items():
        named = {*rule.whose, *rule.blank, *rule.content, *rule.moot}
        assert named <= set(tables.metadata.tables[name].c.keys()), name


PERSONAL = {"email", "slack_id", "recipient", "owner", "author", "to", "by", "person", "set_by", "linked_by"}


def test_a_column_that_is_called_like_a_person_says_whose_its_rows_are() -> None:
    # Processes, users of the CRM by their ids, and assets.
    elsewhere = {("leases", "owner"), ("outbox", "owner"), ("stage_hops", "by")}
    elsewhere |= {("assets", "replaced_by"), ("proposals", "replaced_by")}
    unhandled = [
        (table.name, column.name)
        for table in TABLES
        for column in table.c
        if (column.name in PERSONAL or column.name.endswith(("_by", "_email", "_slack_id")))
        and column.name not in RULES[table.name].whose
        and (table.name, column.name) not in elsewhere
    ]

    # A link is its Slack user's; who set it is renamed as everywhere.
    assert unhandled == [("person_links", "set_by")]


def test_what_stands_in_any_column_of_any_table_is_gone_and_a_second_time_finds_nothing(
    database: Database,
) -> None:
    fill(database, EMAIL)
    fill(database, SLACK_ID, number=2)
    forgetting = SqlForgetting(database)
    before = forgetting.left(WHO)

    handled = forgetting.forget(WHO, pseudonym=PSEUDONYM)

    assert len(before) > 100
    assert len(handled) > 40
    assert forgetting.left(WHO) == []
    assert forgetting.forget(WHO, pseudonym="forgotten-2") == []


def test_rows_of_others_stay_as_they_are(database: Database) -> None:
    fill(database, f"x{EMAIL}")
    fill(database, f"{SLACK_ID}X", number=2)
    before = {table.name: rows(database, table) for table in TABLES}

    handled = SqlForgetting(database).forget(WHO, pseudonym=PSEUDONYM)

    assert handled == []
    assert {table.name: rows(database, table) for table in TABLES} == before


def test_a_name_goes_from_what_people_wrote_and_stays_in_content_which_is_said(database: Database) -> None:
    fill(database, f"Ask {NAME} about it")
    forgetting = SqlForgetting(database)

    forgetting.forget(WHO, pseudonym=PSEUDONYM)

    left = forgetting.left(WHO)
    assert {one.why for one in left} == {CONTENT}
    assert {(one.table, one.column) for one in left} >= {("assets", "title"), ("pages", "text")}
    (request,) = rows(database, tables.content_requests)
    assert request["words"] == f"Ask {PSEUDONYM} about it"


def test_a_name_of_one_word_is_left_in_texts_and_told(database: Database) -> None:
    fill(database, "Zoë")
    who = Identity((EMAIL,), (SLACK_ID,), ("Zoë",))

    SqlForgetting(database).forget(who, pseudonym=PSEUDONYM)

    assert {one.why for one in SqlForgetting(database).left(who)} == {SHORT}


def test_who_somebody_is_follows_from_profile_link_and_crm_user(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(tables.profiles).values(
                slack_id=SLACK_ID,
                email=EMAIL,
                name=NAME,
                locale="",
                time_zone="",
                standing="member",
                seen_at=NOW,
            )
        )
        connection.execute(
            insert(tables.person_links).values(
                slack_id=SLACK_ID, crm_user_id="005A", set_by="ada@stowmark.example", at=NOW
            )
        )
        connection.execute(
            insert(tables.crm_users).values(
                id="005A", email="z@elsewhere.example", name="Z. Lind", role_id=None, is_active=False
            )
        )
    forgetting = SqlForgetting(database)

    known = [forgetting.identify(said) for said in (EMAIL.upper(), SLACK_ID, "z@elsewhere.example")]

    emails = tuple(sorted([EMAIL, "z@elsewhere.example"]))
    assert known[0] == known[1] == Identity(emails, (SLACK_ID,), ("Z. Lind", NAME))
    assert known[2].emails == ("z@elsewhere.example",)


def test_a_buyer_is_forgotten_and_who_shared_with_them_is_not(database: Database) -> None:
    fill(database, "x")
    with database.writing() as connection:
        connection.execute(
            tables.shares.update().values(
                email="maya@stowmark.example",
                recipient=EMAIL,
                recipient_name=NAME,
                note=f"Dear {NAME}",
            )
        )
    forgetting = SqlForgetting(database)

    forgetting.forget(forgetting.identify(EMAIL), pseudonym=PSEUDONYM)

    (share,) = rows(database, tables.shares)
    assert (share["email"], share["recipient"], share["recipient_name"], share["note"]) == (
        "maya@stowmark.example",
        PSEUDONYM,
        PSEUDONYM,
        "",
    )
