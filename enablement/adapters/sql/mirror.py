"""The CRM's deals, people and roles as last seen, and Slack's profiles, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, or_, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import add_tasks
from enablement.adapters.sql.query import Query, among, given
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import (
    FORGOTTEN,
    Contact,
    CrmRole,
    CrmUser,
    Deal,
    DealChange,
    DealFilter,
    Profile,
    Stage,
    StageHop,
)
from enablement.ports import WorkAfter

T = TypeVar("T")
Noun = TypeVar("Noun", CrmUser, CrmRole, Deal, StageHop)
IDS_AT_ONCE = 500


def _profiles() -> Select[Any]:
    """Return the question for profiles, each in the language that the person chose, where they chose one."""
    known, chosen = tables.profiles, tables.preferences
    locale = func.coalesce(func.nullif(chosen.c.language, ""), known.c.locale).label("locale")
    columns = [locale if column.name == "locale" else column for column in known.c]
    return select(*columns).outerjoin_from(known, chosen, chosen.c.slack_id == known.c.slack_id)


_deals, _users = tables.deals.c, tables.crm_users.c
_ON_TEAM = select(tables.deal_team.c.deal_id).where(tables.deal_team.c.user_id == given("team_member"))
_DEALS = Query(Deal, tables.deals, _deals.id.in_(among("ids")))
_DEALS_OF = Query(
    Deal,
    tables.deals,
    _deals.is_closed.is_(False),
    or_(_deals.owner_id.in_(among("owners")), _deals.id.in_(_ON_TEAM)),
    order=(_deals.modified_at.desc(), _deals.id),
)
_USERS_BY_EMAIL = Query(CrmUser, tables.crm_users, _users.email == given("email"))
_USERS_IN_ROLES = Query(CrmUser, tables.crm_users, _users.role_id.in_(among("roles")))
_ACTIVE_USERS = Query(CrmUser, tables.crm_users, _users.is_active.is_(True))
_ROLES = Query(CrmRole, tables.crm_roles)
_PROFILE = _profiles().where(tables.profiles.c.slack_id == given("slack_id"))


class SqlMirror:
    """The mirror in SQL: rows are taken over as they are; nothing here decides who may see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(
        self,
        *,
        users: Iterable[CrmUser] = (),
        roles: Iterable[CrmRole] = (),
        stages: Iterable[Stage] = (),
        deals: Iterable[Deal] = (),
        contacts: Iterable[Contact] = (),
        hops: Iterable[StageHop] = (),
        work: WorkAfter | None = None,
        now: datetime | None = None,
    ) -> list[DealChange]:
        given = _Given(list(users), list(roles), list(stages), list(deals), list(contacts), list(hops))
        # What is there already is only read: in most readings nothing is new, and who writes keeps others waiting.
        with self._database.reading() as connection:
            if not _news(connection, given).is_any():
                return []
        # What a power cut undoes is read again.
        with self._database.writing(alone="mirror", lazily=True) as connection:
            news = _news(connection, given)
            _put_news(connection, news)
            if work and now:
                add_tasks(connection, work(news.changes), now=now)
            return news.changes

    def forget(self, deal_ids: Collection[str]) -> int:
        """Drop deals that the CRM no longer has."""
        gone = 0
        with self._database.writing(alone="mirror", lazily=True) as connection:
            for some in _chunks(list(deal_ids)):
                for table in (tables.deal_team, tables.contacts, tables.stage_hops, tables.recommended):
                    connection.execute(delete(table).where(table.c.deal_id.in_(some)))
                gone += connection.execute(delete(tables.deals).where(tables.deals.c.id.in_(some))).rowcount
        return gone

    def stages(self) -> list[Stage]:
        """Return the steps of the sales process, in order."""
        return self._all(Stage, tables.stages, tables.stages.c.name.is_not(None), tables.stages.c.position)

    def hops(self, deal_id: str) -> list[StageHop]:
        """Return a deal's history, oldest first."""
        hop = tables.stage_hops
        return self._all(StageHop, hop, hop.c.deal_id == deal_id, hop.c.at, hop.c.id)

    def deal(self, deal_id: str) -> Deal | None:
        found = self.deals([deal_id])
        return found[0] if found else None

    def deals(self, ids: Collection[str]) -> list[Deal]:
        with self._database.reading() as connection:
            return [deal for some in _chunks(list(ids)) for deal in _DEALS.all(connection, ids=some)]

    def deals_of(self, owners: Collection[str], *, team_member: str) -> list[Deal]:
        with self._database.reading() as connection:
            return _DEALS_OF.all(connection, owners=list(owners), team_member=team_member)

    def open_deals(self, *, after: str, limit: int, last: str = "") -> list[str]:
        deals = tables.deals.c
        still_open = select(deals.id).where(deals.is_closed.is_(False), deals.id > after)
        if last:
            # Which comes first is the database's to say: it may order letters otherwise than Python does.
            still_open = still_open.where(deals.id <= last)
        with self._database.reading() as connection:
            return list(connection.scalars(still_open.order_by(deals.id).limit(limit)))

    def contacts(self, deal_id: str) -> list[Contact]:
        contact = tables.contacts
        return self._all(Contact, contact, contact.c.deal_id == deal_id, contact.c.name, contact.c.id)

    def users_by_email(self, email: str) -> list[CrmUser]:
        with self._database.reading() as connection:
            return _USERS_BY_EMAIL.all(connection, email=email.lower())

    def user(self, user_id: str) -> CrmUser | None:
        found = self._all(CrmUser, tables.crm_users, tables.crm_users.c.id == user_id)
        return found[0] if found else None

    def users(self, *, roles: Collection[str] | None = None) -> list[CrmUser]:
        with self._database.reading() as connection:
            if roles is None:
                return _ACTIVE_USERS.all(connection)
            return _USERS_IN_ROLES.all(connection, roles=list(roles)) if roles else []

    def roles(self) -> list[CrmRole]:
        with self._database.reading() as connection:
            return _ROLES.all(connection)

    def profile(self, slack_id: str) -> Profile | None:
        with self._database.reading() as connection:
            row = connection.execute(_PROFILE, {"slack_id": slack_id}).mappings().first()
        return from_row(Profile, row) if row else None

    def keep_profile(self, profile: Profile) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, tables.profiles, [to_row(profile)])

    def profiles(self, *, email: str = "") -> list[Profile]:
        email_column = tables.profiles.c.email
        wanted = func.lower(email_column) == email.lower() if email else email_column.is_not(None)
        return self._profiles(wanted)

    def keep_profiles(self, profiles: Iterable[Profile]) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, tables.profiles, [to_row(profile) for profile in profiles])

    def time_zones(self) -> list[str]:
        with self._database.reading() as connection:
            return list(connection.scalars(select(tables.profiles.c.time_zone).distinct()))

    def owners_of(self, like: DealFilter) -> frozenset[str]:
        deal = tables.deals.c
        columns = ((deal.stage, like.stages), (deal.industry, like.industries), (deal.region, like.regions))
        wanted: list[ColumnElement[bool]] = [
            column.in_(list(values)) for column, values in (*columns, (deal.size, like.sizes)) if values
        ]
        if like.least_amount is not None:
            wanted.append(deal.amount >= like.least_amount)
        if like.most_amount is not None:
            wanted.append(deal.amount <= like.most_amount)
        query = select(deal.owner_id, deal.products, deal.competitors)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(deal.is_closed.is_(False), *wanted)).all()
        return frozenset(
            row.owner_id
            for row in rows
            if (not like.products or {*like.products} & {*row.products})
            and (not like.competitors or {*like.competitors} & {*row.competitors})
        )

    def stamps(self) -> dict[str, datetime]:
        known = tables.deals.c
        with self._database.reading() as connection:
            return {
                row.id: row.modified_at for row in connection.execute(select(known.id, known.modified_at))
            }

    def watermark(self, name: str) -> datetime | None:
        with self._database.reading() as connection:
            query = select(tables.watermarks.c.at).where(tables.watermarks.c.name == name)
            return connection.scalar(query)

    def watermarks(self, beginning: str) -> dict[str, datetime]:
        name, at = tables.watermarks.c.name, tables.watermarks.c.at
        with self._database.reading() as connection:
            rows = connection.execute(select(name, at).where(name.startswith(beginning, autoescape=True)))
            return {found.removeprefix(beginning): moment for found, moment in rows}

    def set_watermark(self, name: str, at: datetime) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, tables.watermarks, [{"name": name, "at": at}])

    def _profiles(self, wanted: ColumnElement[bool]) -> list[Profile]:
        with self._database.reading() as connection:
            rows = connection.execute(_profiles().where(wanted)).mappings()
            return [from_row(Profile, row) for row in rows]

    def _all(self, kind: type[T], table: Table, condition: Any, *order: Any) -> list[T]:
        with self._database.reading() as connection:
            return _rows(connection, kind, table, condition, *order)


@dataclass(frozen=True)
class _Given:
    users: list[CrmUser]
    roles: list[CrmRole]
    stages: list[Stage]
    deals: list[Deal]
    contacts: list[Contact]
    hops: list[StageHop]


@dataclass(frozen=True)
class _News:
    """What of the given rows is not stored exactly so."""

    rows: tuple[tuple[Table, list[dict[str, Any]]], ...]
    changes: list[DealChange]
    contacts: list[Contact]
    restocked: list[str]

    def is_any(self) -> bool:
        return bool(any(rows for _, rows in self.rows) or self.changes or self.contacts or self.restocked)


def _news(connection: Connection, given: _Given) -> _News:
    simple: tuple[tuple[type, Table, Iterable[Any]], ...] = (
        (CrmUser, tables.crm_users, _unforgotten(connection, given.users)),
        (CrmRole, tables.crm_roles, given.roles),
        (StageHop, tables.stage_hops, given.hops),
    )
    rows = [
        (table, [to_row(one) for one, _ in _new(connection, kind, table, some)])
        for kind, table, some in simple
    ]
    known = [from_row(Stage, row) for row in connection.execute(select(tables.stages)).mappings()]
    rows.append((tables.stages, [to_row(one) for one in given.stages if one not in known]))
    changes = [
        DealChange(deal, was, _differing(deal, was))
        for deal, was in _new(connection, Deal, tables.deals, given.deals)
        # A reading that was overtaken by a later one says nothing any more.
        if was is None or was.modified_at <= deal.modified_at
    ]
    contacts, restocked = _new_contacts(connection, {deal.id for deal in given.deals}, given.contacts)
    return _News(tuple(rows), changes, contacts, restocked)


def _unforgotten(connection: Connection, users: Iterable[CrmUser]) -> list[CrmUser]:
    """Return the users but those who left and were forgotten: the CRM keeps their names for ever."""
    known = tables.crm_users.c
    forgotten = set(connection.scalars(select(known.id).where(known.name.startswith(FORGOTTEN))))
    return [user for user in users if user.is_active or user.id not in forgotten]


def _put_news(connection: Connection, news: _News) -> None:
    for table, rows in news.rows:
        put(connection, table, rows)
    deals = [change.deal for change in news.changes]
    put(connection, tables.deals, [to_row(deal) for deal in deals])
    for some in _chunks([deal.id for deal in deals]):
        connection.execute(delete(tables.deal_team).where(tables.deal_team.c.deal_id.in_(some)))
    for some in _chunks(news.restocked):
        connection.execute(delete(tables.contacts).where(tables.contacts.c.deal_id.in_(some)))
    team = [{"deal_id": deal.id, "user_id": user} for deal in deals for user in deal.team]
    insert_missing(connection, tables.deal_team, team)
    insert_missing(connection, tables.contacts, [to_row(contact) for contact in news.contacts])


def _new(
    connection: Connection, kind: type[Noun], table: Table, nouns: Iterable[Noun]
) -> list[tuple[Noun, Noun | None]]:
    """Return those that are not stored exactly so, each with what is stored; of two with one id the last."""
    given = {noun.id: noun for noun in nouns}
    known = {
        noun.id: noun
        for some in _chunks(list(given))
        for noun in _rows(connection, kind, table, table.c.id.in_(some))
    }
    return [(noun, known.get(noun.id)) for noun in given.values() if known.get(noun.id) != noun]


def _new_contacts(
    connection: Connection, deal_ids: Collection[str], contacts: Iterable[Contact]
) -> tuple[list[Contact], list[str]]:
    """Return the contacts to insert, and the deals whose contacts are to be replaced by them."""
    given: dict[str, set[Contact]] = {deal_id: set() for deal_id in deal_ids}
    for contact in contacts:
        given.setdefault(contact.deal_id, set()).add(contact)
    known: dict[str, set[Contact]] = defaultdict(set)
    for some in _chunks(list(given)):
        for contact in _rows(connection, Contact, tables.contacts, tables.contacts.c.deal_id.in_(some)):
            known[contact.deal_id].add(contact)
    differing = [deal_id for deal_id in given if given[deal_id] != known[deal_id]]
    new = [contact for deal_id in differing for contact in given[deal_id]]
    return new, [deal_id for deal_id in differing if deal_id in deal_ids]


def _differing(deal: Deal, was: Deal | None) -> tuple[str, ...]:
    if was is None:
        return ()
    return tuple(one.name for one in fields(deal) if getattr(deal, one.name) != getattr(was, one.name))


def _rows(connection: Connection, kind: type[T], table: Table, condition: Any, *order: Any) -> list[T]:
    rows = connection.execute(select(table).where(condition).order_by(*order)).mappings()
    return [from_row(kind, row) for row in rows]


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
