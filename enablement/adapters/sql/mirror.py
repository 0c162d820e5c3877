"""The CRM's deals, people and roles as last seen, and Slack's profiles, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table, delete, or_, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Contact, CrmRole, CrmUser, Deal, Profile

T = TypeVar("T")
Noun = TypeVar("Noun", CrmUser, CrmRole, Deal)
IDS_AT_ONCE = 500


class SqlMirror:
    """The mirror in SQL: rows are taken over as they are; nothing here decides who may see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(
        self,
        *,
        users: Iterable[CrmUser] = (),
        roles: Iterable[CrmRole] = (),
        deals: Iterable[Deal] = (),
        contacts: Iterable[Contact] = (),
    ) -> None:
        # What is there already is only read: in most readings nothing is new, and who writes keeps others waiting.
        given = list(deals)
        new_users = self._new(CrmUser, tables.crm_users, users)
        new_roles = self._new(CrmRole, tables.crm_roles, roles)
        new_deals = self._new(Deal, tables.deals, given)
        new_contacts, restocked = self._new_contacts({deal.id for deal in given}, contacts)
        if not (new_users or new_roles or new_deals or new_contacts or restocked):
            return
        # What a power cut undoes is read again.
        with self._database.writing(lazily=True) as connection:
            put(connection, tables.crm_users, [to_row(user) for user in new_users])
            put(connection, tables.crm_roles, [to_row(role) for role in new_roles])
            put(connection, tables.deals, [to_row(deal) for deal in new_deals])
            for some in _chunks([deal.id for deal in new_deals]):
                connection.execute(delete(tables.deal_team).where(tables.deal_team.c.deal_id.in_(some)))
            for some in _chunks(restocked):
                connection.execute(delete(tables.contacts).where(tables.contacts.c.deal_id.in_(some)))
            team = [{"deal_id": deal.id, "user_id": user} for deal in new_deals for user in deal.team]
            insert_missing(connection, tables.deal_team, team)
            insert_missing(connection, tables.contacts, [to_row(contact) for contact in new_contacts])

    def deal(self, deal_id: str) -> Deal | None:
        found = self.deals([deal_id])
        return found[0] if found else None

    def deals(self, ids: Collection[str]) -> list[Deal]:
        return [
            deal
            for some in _chunks(list(ids))
            for deal in self._all(Deal, tables.deals, tables.deals.c.id.in_(some))
        ]

    def deals_of(self, owners: Collection[str], *, team_member: str) -> list[Deal]:
        deals, team = tables.deals, tables.deal_team
        on_team = select(team.c.deal_id).where(team.c.user_id == team_member)
        mine = or_(deals.c.owner_id.in_(list(owners)), deals.c.id.in_(on_team))
        order = (deals.c.modified_at.desc(), deals.c.id)
        return self._all(Deal, deals, deals.c.is_closed.is_(False) & mine, *order)

    def contacts(self, deal_id: str) -> list[Contact]:
        contact = tables.contacts
        return self._all(Contact, contact, contact.c.deal_id == deal_id, contact.c.name, contact.c.id)

    def users_by_email(self, email: str) -> list[CrmUser]:
        return self._all(CrmUser, tables.crm_users, tables.crm_users.c.email == email.lower())

    def user(self, user_id: str) -> CrmUser | None:
        found = self._all(CrmUser, tables.crm_users, tables.crm_users.c.id == user_id)
        return found[0] if found else None

    def users(self, *, roles: Collection[str] | None = None) -> list[CrmUser]:
        users = tables.crm_users
        there = users.c.is_active.is_(True)
        wanted = there if roles is None else there & users.c.role_id.in_(list(roles))
        return self._all(CrmUser, users, wanted)

    def roles(self) -> list[CrmRole]:
        return self._all(CrmRole, tables.crm_roles, tables.crm_roles.c.id.is_not(None))

    def profile(self, slack_id: str) -> Profile | None:
        found = self._all(Profile, tables.profiles, tables.profiles.c.slack_id == slack_id)
        return found[0] if found else None

    def keep_profile(self, profile: Profile) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, tables.profiles, [to_row(profile)])

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

    def _new(self, kind: type[Noun], table: Table, nouns: Iterable[Noun]) -> list[Noun]:
        """Return those that are not stored exactly so; of two with one id the last."""
        given = {noun.id: noun for noun in nouns}
        known = {
            noun.id: noun
            for some in _chunks(list(given))
            for noun in self._all(kind, table, table.c.id.in_(some))
        }
        return [noun for noun in given.values() if known.get(noun.id) != noun]

    def _new_contacts(
        self, deal_ids: Collection[str], contacts: Iterable[Contact]
    ) -> tuple[list[Contact], list[str]]:
        """Return the contacts to insert, and the deals whose contacts are to be replaced by them."""
        given: dict[str, set[Contact]] = {deal_id: set() for deal_id in deal_ids}
        for contact in contacts:
            given.setdefault(contact.deal_id, set()).add(contact)
        known: dict[str, set[Contact]] = defaultdict(set)
        for some in _chunks(list(given)):
            for contact in self._all(Contact, tables.contacts, tables.contacts.c.deal_id.in_(some)):
                known[contact.deal_id].add(contact)
        differing = [deal_id for deal_id in given if given[deal_id] != known[deal_id]]
        new = [contact for deal_id in differing for contact in given[deal_id]]
        return new, [deal_id for deal_id in differing if deal_id in deal_ids]

    def _all(self, kind: type[T], table: Table, condition: Any, *order: Any) -> list[T]:
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(condition).order_by(*order)).mappings()
            return [from_row(kind, row) for row in rows]


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
