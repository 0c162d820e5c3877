"""Salesforce's rows become our nouns: people, roles, stages, deals with their history, contacts."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from crm.client import Row
from crm.ids import sf_id
from crm.mapping import FieldMap
from enablement.facets import size_band
from enablement.model import Contact, CrmRole, CrmUser, Deal, Stage, StageHop

USERS = "SELECT Id, Email, Name, IsActive, UserType, UserRoleId, SystemModstamp FROM User"
ROLES = "SELECT Id, Name, ParentRoleId FROM UserRole"
STAGES = "SELECT ApiName, SortOrder, IsClosed, IsWon FROM OpportunityStage ORDER BY SortOrder"
CONTACTS = (
    "SELECT Id, OpportunityId, ContactId, Role, Contact.Name, Contact.Email FROM OpportunityContactRole"
)
TEAM = "SELECT Id, OpportunityId, UserId FROM OpportunityTeamMember"
HISTORY = (
    "SELECT Id, OpportunityId, StageName, Amount, CloseDate, CreatedById, CreatedDate FROM OpportunityHistory"
)
LONGEST_REASON = 255
# Partners, customers and machines have users of other types.
EMPLOYEE = "Standard"
# Of a date ("2026-11-20") or a date-time, what says the day.
DAY = 10
_FLAGS = ("IsClosed", "IsWon", "IsDeleted")


def deals_query(fields: FieldMap) -> str:
    """Return the SELECT … FROM of all that is read of an opportunity."""
    account = [f"Account.{name}" for name in fields.fields()["Account"]]
    names = [
        *("Id", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "OwnerId", "AccountId"),
        *("CreatedDate", "SystemModstamp", "IsDeleted"),
        *fields.fields()["Opportunity"],
        "Account.Name",
        *account,
    ]
    # Two meanings may stand in one field.
    return f"SELECT {', '.join(dict.fromkeys(names))} FROM Opportunity"  # noqa: S608 - names from the administrator's mapping


def to_user(row: Row) -> CrmUser:
    role = row["UserRoleId"]
    return CrmUser(
        id=sf_id(row["Id"]),
        email=(row["Email"] or "").lower(),
        name=row["Name"],
        role_id=sf_id(role) if role else None,
        is_active=row["IsActive"] and row["UserType"] == EMPLOYEE,
    )


def to_role(row: Row) -> CrmRole:
    parent = row["ParentRoleId"]
    return CrmRole(sf_id(row["Id"]), sf_id(parent) if parent else None, row["Name"])


def to_stages(rows: Iterable[Row], fields: FieldMap) -> list[Stage]:
    """Return the sales process: first the stages that the mapping puts in order, then the others in the org's order."""
    told = {name: place for place, name in enumerate(fields.stages)}
    ordered = sorted(rows, key=lambda row: (told.get(row["ApiName"], len(told)), row["SortOrder"]))
    return [
        Stage(row["ApiName"], position, row["IsClosed"], row["IsWon"])
        for position, row in enumerate(ordered, 1)
    ]


def to_hop(row: Row) -> StageHop:
    return StageHop(
        id=sf_id(row["Id"]),
        deal_id=sf_id(row["OpportunityId"]),
        stage=row["StageName"],
        amount=row["Amount"],
        close_date=_date(row["CloseDate"]),
        by=sf_id(row["CreatedById"]),
        at=moment(row["CreatedDate"]),
    )


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
        close_date=_date(row["CloseDate"]),
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
        account_id=sf_id(row["AccountId"]) if row["AccountId"] else "",
        created_at=moment(row["CreatedDate"]),
        loss_reason=(row.get(fields.loss_reason) or "")[:LONGEST_REASON] or None,
        trial_ends=_date((row.get(fields.trial_ends) or "")[:DAY]),
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


def from_table(cells: Mapping[str, str], fields: FieldMap) -> Row:
    """Return a row of a table (all texts, parents' fields as "Account.Name") as the REST API would give it."""
    numbers = ("Amount", f"Account.{fields.employees}")
    row: Row = {}
    for path, text in cells.items():
        parent, _, name = path.rpartition(".")
        value: object = text or None
        if path in _FLAGS:
            value = text == "true"
        elif text and path in numbers:
            value = float(text)
        (row.setdefault(parent, {}) if parent else row)[name] = value
    return row


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;,]", value or "") if part.strip())
