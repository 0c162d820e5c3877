"""What the record page of an opportunity shows, as plain data."""

import re
from typing import Any

from sandbox.salesforce.errors import not_found
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_parser import parse
from sandbox.salesforce.soql_shape import Record
from sandbox.salesforce.soql_sql import compile_query

# The page stands for a person at the screen of an administrator, so it sees all.
_ADMINISTRATOR = Viewer("", sees_all=True)
_MOST_LISTED = 200

_OPPORTUNITY = """
    SELECT Id, Name, StageName, Amount, CloseDate, Probability, Type, NextStep, LeadSource, Description,
        IsClosed, IsWon, ForecastCategoryName, MainCompetitors__c, Product_Interest__c, CreatedDate,
        LastModifiedDate, LastStageChangeDate, Owner.Name, Owner.Title, Account.Name, Account.Industry,
        Account.BillingCountry, Account.NumberOfEmployees, Account.AnnualRevenue, Account.Language__c,
        Account.Website,
        (SELECT ContactId, Contact.Name, Contact.Title, Contact.Email, Role, IsPrimary
            FROM OpportunityContactRoles ORDER BY IsPrimary DESC),
        (SELECT UserId, User.Name, User.Title, TeamMemberRole FROM OpportunityTeamMembers),
        (SELECT StageName, Amount, CloseDate, Probability, CreatedDate, CreatedBy.Name
            FROM OpportunityHistories ORDER BY CreatedDate DESC LIMIT 50){touches}{suggestions}
    FROM Opportunity WHERE"""
_TOUCHES = """,
        (SELECT Id, Name, Kind__c, Asset_Title__c, Asset_Version__c, Recipient__c, Actor_Name__c,
            Actor__r.Name, Channel__c, Occurred_At__c{status}
            FROM Content_Touches__r ORDER BY Occurred_At__c DESC LIMIT 200)"""
_STATUS = ", Content_Asset__r.Status__c"
# The panel's own words, and what it leaves out.
_SUGGESTIONS = """,
        (SELECT Id, Rank__c, Reason__c, Reasons__c, Basis__c, Suggested_At__c, Content_Asset__r.Title__c,
            Content_Asset__r.External_Ref__c, Content_Asset__r.Kind__c, Content_Asset__r.Language__c,
            Content_Asset__r.Audience__c, Content_Asset__r.Status__c, Content_Asset__r.Version__c,
            Content_Asset__r.Updated_On__c, Content_Asset__r.Link__c
            FROM Content_Suggestions__r WHERE Content_Asset__r.Status__c IN ('Published', 'Review due')
            ORDER BY Rank__c LIMIT 5)"""
_STAGES = """
    SELECT MasterLabel, IsClosed, IsWon, DefaultProbability FROM OpportunityStage
    WHERE IsActive = true ORDER BY SortOrder"""
_LISTED = """
    SELECT Id, Name, StageName, Amount, CloseDate, IsClosed, IsWon, Account.Name, Owner.Name
    FROM Opportunity"""


def opportunity_id(text: str) -> str:
    """Return an id of a path in its long form; raise NOT_FOUND when it is none."""
    try:
        return normal_id(text)
    except MalformedIdError:
        raise not_found() from None


def opportunity_page(org: Org, record_id: str) -> dict[str, Any]:
    """Return everything the page of one opportunity shows, and the revision it stands at."""
    record_id = opportunity_id(record_id)
    # Read before the rows: a write in between makes the page come again, never stay behind.
    revision = org.store.revision(record_id)
    found = _records(org, f"{_OPPORTUNITY.format(**_related(org))} Id = '{record_id}'")
    if not found:
        raise not_found()
    return {"revision": revision, "opportunity": found[0], "stages": _records(org, _STAGES)}


def _related(org: Org) -> dict[str, str]:
    """Return the lists of content; an org into which no package, or an older one, was deployed has less of them."""
    touch, suggestion = org.schema.find("Content_Touch__c"), org.schema.find("Content_Suggestion__c")
    has_status = touch is not None and touch.field("Content_Asset__c") is not None
    touches = _TOUCHES.format(status=_STATUS if has_status else "") if touch else ""
    return {"touches": touches, "suggestions": _SUGGESTIONS if suggestion else ""}


def opportunity_list(org: Org, *, search: str) -> dict[str, Any]:
    """Return the first opportunities whose name or account matches, open ones first."""
    words = re.sub(r"([\\'%_])", r"\\\1", search)
    where = f" WHERE Name LIKE '%{words}%' OR Account.Name LIKE '%{words}%'" if search else ""
    order = f" ORDER BY IsClosed, LastModifiedDate DESC LIMIT {_MOST_LISTED}"
    return {"opportunities": _records(org, _LISTED + where + order)}


def _records(org: Org, statement: str) -> list[Record]:
    today = org.clock.now().date()
    compiled = compile_query(parse(statement), org.schema, _ADMINISTRATOR, today=today, with_deleted=False)
    rows = org.store.select(compiled.sql, compiled.values)
    return [compiled.shape.record(row, version="v62.0") for row in rows]
