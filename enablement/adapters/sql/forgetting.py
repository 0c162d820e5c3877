"""Forgets a person in every table, by the rules of `personal`, and searches all of them afterwards."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.personal import RULES, Rule
from enablement.model import FORGOTTEN, Handled, Identity, Left

CONTENT = "the library or the CRM says it to all: change it there"
SHORT = "a single word, which may be another's or no name at all"


class SqlForgetting:
    """Each table in a transaction of its own: what was broken off is gone on with by doing it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def identify(self, said: str) -> Identity:
        with self._database.reading() as connection:
            return _identity(connection, said.strip())

    def touches_of(self, who: Identity) -> list[str]:
        touches = tables.touches
        with self._database.reading() as connection:
            named = _is_one_of(touches.c.email, who.emails) | _is_one_of(touches.c.recipient, who.emails)
            return list(connection.scalars(select(touches.c.id).where(named).order_by(touches.c.id)))

    def forget(self, who: Identity, *, pseudonym: str) -> list[Handled]:
        handled = []
        for name, rule in RULES.items():
            with self._database.writing() as connection:
                found = _forgotten(connection, tables.metadata.tables[name], rule, who, pseudonym)
            if found.removed or found.changed:
                handled.append(found)
        return handled

    def left(self, who: Identity) -> list[Left]:
        with self._database.reading() as connection:
            return [
                Left(table.name, column.name, rows, why)
                for table in tables.metadata.sorted_tables
                for column in _texts(table)
                for rows, why in _standing(connection, column, who)
            ]


def _identity(connection: Connection, said: str) -> Identity:
    """Follow what is known from one to the other: an e-mail's Slack ids, their CRM users, and what all are called."""
    emails, slack_ids, names, users = set[str](), set[str](), set[str](), set[str]()
    (emails if "@" in said else slack_ids).add(said.lower() if "@" in said else said)
    profiles, links, crm = tables.profiles.c, tables.person_links.c, tables.crm_users.c
    before = -1
    while before != (before := len(emails) + len(slack_ids) + len(users)):
        mine = profiles.slack_id.in_(slack_ids) | _is_one_of(profiles.email, emails)
        for row in connection.execute(select(profiles.slack_id, profiles.email, profiles.name).where(mine)):
            slack_ids.add(row.slack_id)
            emails.update(filter(None, [row.email.lower()]))
            names.add(row.name)
        linked = select(links.crm_user_id).where(links.slack_id.in_(slack_ids))
        users.update(connection.scalars(linked))
        theirs = crm.id.in_(users) | _is_one_of(crm.email, emails)
        for row in connection.execute(select(crm.id, crm.email, crm.name).where(theirs)):
            users.add(row.id)
            emails.update(filter(None, [row.email.lower()]))
            names.add(row.name)
    for name, email in (
        (tables.contacts.c.name, tables.contacts.c.email),
        (tables.shares.c.recipient_name, tables.shares.c.recipient),
    ):
        names.update(connection.scalars(select(name).where(_is_one_of(email, emails)).distinct()))
    named = (name.strip() for name in names if name.strip() and not name.startswith(FORGOTTEN))
    return Identity(tuple(sorted(emails)), tuple(sorted(slack_ids)), tuple(sorted(set(named))))


def _forgotten(connection: Connection, table: Table, rule: Rule, who: Identity, pseudonym: str) -> Handled:
    removed = 0
    if rule.through:
        column, other = rule.through
        parent = tables.metadata.tables[other]
        theirs = select(parent.c.id).where(_is_theirs(parent, RULES[other], who))
        removed += connection.execute(delete(table).where(table.c[column].in_(theirs))).rowcount
    if rule.gone:
        removed += connection.execute(delete(table).where(_is_theirs(table, rule, who))).rowcount
    keys = [column.name for column in table.primary_key]
    doomed: list[dict[str, Any]] = []
    # By which columns change: what stays as it is, is not written.
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in _naming(connection, table, rule, who):
        new, this = _renamed(row, table, rule, who, pseudonym), {f"b_{name}": row[name] for name in keys}
        if new.keys() & {*keys, *rule.moot}:
            doomed.append(this)
        elif new:
            changes[tuple(sorted(new))].append({**new, **this})
    is_this = and_(*(table.c[name] == bindparam(f"b_{name}") for name in keys))
    if doomed:
        connection.execute(delete(table).where(is_this), doomed)
    for some in changes.values():
        connection.execute(update(table).where(is_this), some)
    return Handled(table.name, removed + len(doomed), sum(map(len, changes.values())))


def _renamed(
    row: Mapping[str, Any], table: Table, rule: Rule, who: Identity, pseudonym: str
) -> dict[str, Any]:
    """Return the columns of a row that change, with what stands there then."""
    is_theirs = any(str(row[name]).lower() in _lower(who.ids()) for name in rule.whose)
    new: dict[str, Any] = {}
    for column in _texts(table):
        was, name = row[column.name], column.name
        if is_theirs and name in rule.blank:
            now = rule.blank[name]
        elif name in rule.content:
            now = _replaced(was, who.ids(), pseudonym)
        else:
            now = _replaced(was, (*who.ids(), *(who.names if is_theirs else _whole_names(who))), pseudonym)
        if now != was:
            # What is renamed may be longer than there is room for.
            new[name] = now[: column.type.length] if isinstance(column.type, String) else now
    return new


def _replaced(value: Any, words: Sequence[str], pseudonym: str) -> Any:
    """Return a text, or a value of JSON, with each of these words renamed; from a list of ids theirs falls out."""
    if isinstance(value, str):
        for word in words:
            value = _pattern(word).sub(pseudonym, value)
        return value
    if isinstance(value, list):
        # A name that is one of a list is one of the answers to a question, say: there it must stay one.
        ids = {word.lower() for word in words if " " not in word}
        kept = (one for one in value if not (isinstance(one, str) and one.lower() in ids))
        return [_replaced(one, words, pseudonym) for one in kept]
    if isinstance(value, dict):
        return {name: _replaced(one, words, pseudonym) for name, one in value.items()}
    return value


def _naming(connection: Connection, table: Table, rule: Rule, who: Identity) -> list[Mapping[str, Any]]:
    """Return the rows that may name the person, or are theirs."""
    texts, words = _texts(table), (*who.ids(), *_whole_names(who))
    conditions = [_holds(column, word) for column in texts for word in words]
    if rule.whose:
        conditions.append(_is_theirs(table, rule, who))
    if not conditions:
        return []
    keys = [column for column in table.primary_key if column not in texts]
    return [dict(row) for row in connection.execute(select(*texts, *keys).where(or_(*conditions))).mappings()]


def _standing(connection: Connection, column: Column[Any], who: Identity) -> Iterator[tuple[int, str]]:
    """Yield in how many rows of a column the person is named, and why that is so."""
    rule = RULES.get(column.table.name, Rule())
    ids, names = _count(connection, column, who.ids()), _count(connection, column, _whole_names(who))
    short = _count(connection, column, [name for name in who.names if name not in _whole_names(who)])
    if ids:
        yield ids, ""
    if names:
        yield names, CONTENT if column.name in rule.content else ""
    if short:
        yield short, SHORT


def _count(connection: Connection, column: Column[Any], words: Sequence[str]) -> int:
    if not words:
        return 0
    found = connection.scalars(select(column).where(or_(*(_holds(column, word) for word in words))))
    patterns = [_pattern(word) for word in words]
    said = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in found)
    return sum(any(pattern.search(one) for pattern in patterns) for one in said)


def _texts(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if isinstance(column.type, String | JSON)]


def _holds(column: Column[Any], word: str) -> ColumnElement[bool]:
    text = cast(column, Text)
    # In JSON what is not ASCII is written in escapes.
    form = json.dumps(word)[1:-1] if isinstance(column.type, JSON) else word
    # SQLite knows capitals of ASCII alone.
    return text.contains(form, autoescape=True) | func.lower(text).contains(form.lower(), autoescape=True)


def _is_theirs(table: Table, rule: Rule, who: Identity) -> ColumnElement[bool]:
    return or_(*(_is_one_of(table.c[name], who.ids()) for name in rule.whose))


def _is_one_of(column: Column[Any], values: Iterable[str]) -> ColumnElement[bool]:
    return func.lower(column).in_(_lower(values))


def _lower(values: Iterable[str]) -> list[str]:
    return [value.lower() for value in values]


def _whole_names(who: Identity) -> tuple[str, ...]:
    """Return the names that are more than one word, and so somebody's wherever they stand."""
    return tuple(name for name in who.names if len(name.split()) > 1)


def _pattern(word: str) -> re.Pattern[str]:
    """Return what finds a word that is not part of a longer one."""
    after = r"(?![\w-]|\.\w)" if "@" in word else r"(?!\w)"
    return re.compile(r"(?<![\w.+%-])" + re.escape(word) + after, re.IGNORECASE)
