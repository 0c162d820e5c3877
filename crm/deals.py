"""Salesforce's rows become our nouns: people, roles, deals, contacts."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from crm.client import Row
from crm.ids import sf_id
from crm.mapping import FieldMap
from enablement.facets import size_band
from enablement.model import Contact, CrmRole, CrmUser, Deal

USERS = "SELECT Id, Email, Name, IsActive, UserRoleId, SystemModstamp FROM User"
ROLES = "SELECT Id, ParentRoleId FROM UserRole"
CONTACTS = (
    "SELECT OpportunityId, ContactId, Role, Contact.Name, Contact.Email FROM OpportunityContactRole "
    "WHERE OpportunityId IN {ids}"
)
TEAM = "SELECT OpportunityId, UserId FROM OpportunityTeamMember WHERE OpportunityId IN {ids}"


def deals_query(fields: FieldMap) -> str:
    """Return the SELECT … FROM of all that is read of an opportunity."""
    account = [f"Account.{name}" for name in fields.fields()["Account"]]
    names = [
        *("Id", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "OwnerId", "SystemModstamp"),
        *fields.fields()["Opportunity"],
        "Account.Name",
        *account,
    ]
    return f"SELECT {', '.join(names)} FROM Opportunity"  # noqa: S608 - names from the administrator's mapping


def to_user(row: Row) -> CrmUser:
    role = row["UserRoleId"]
    return CrmUser(
        id=sf_id(row["Id"]),
        email=(row["Email"] or "").lower(),
        name=row["Name"],
        role_id=sf_id(role) if role else None,
        is_active=row["IsActive"],
    )


def to_role(row: Row) -> CrmRole:
    parent = row["ParentRoleId"]
    return CrmRole(sf_id(row["Id"]), sf_id(parent) if parent else None)


def to_deal(row: Row, fields: FieldMap, team: Iterable[str]) -> Deal:
    """Return a deal; a fact that the org does not keep, or this record lacks, is None or empty: never guessed."""
    account: Row = row["Account"] or {}
    country = account.get(fields.region)
    language = account.get(fields.language)
    employees = account.get(fields.employees)
    return Deal(
        id=sf_id(row["Id"]),
        name=row["Name"],
        account=account.get("Name") or "",
        stage=row["StageName"],
        amount=row["Amount"],
        currency=row.get(fields.currency) or fields.default_currency,
        close_date=date.fromisoformat(row["CloseDate"]) if row["CloseDate"] else None,
        is_closed=row["IsClosed"],
        is_won=row["IsWon"],
        owner_id=sf_id(row["OwnerId"]),
        team=tuple(sorted(team)),
        industry=account.get(fields.industry),
        region=fields.regions.get(country, country) if country else None,
        size=size_band(int(employees)) if employees is not None else None,
        language=fields.languages.get(language, language) if language else None,
        competitors=_list(row.get(fields.competitors)),
        products=_list(row.get(fields.products)),
        modified_at=moment(row["SystemModstamp"]),
    )


def to_contact(row: Row) -> Contact:
    person: Row = row["Contact"] or {}
    return Contact(
        deal_id=sf_id(row["OpportunityId"]),
        id=sf_id(row["ContactId"]),
        name=person.get("Name") or "",
        email=(person.get("Email") or "").lower(),
        role=row["Role"] or "",
    )


def moment(value: str) -> datetime:
    """Return a Salesforce date-time ("2026-11-20T09:30:00.000+0000") as an aware UTC moment."""
    return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value)).astimezone(UTC)


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;,]", value or "") if part.strip())
