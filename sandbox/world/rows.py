"""Turn the nouns of a world into Salesforce rows; ids the org gave are handed in."""

from collections.abc import Mapping

from sandbox.world.model import Account, Contact, Opportunity, Person, StageChange
from sandbox.world.names import slug

Row = dict[str, object]
Ids = Mapping[str, str]

_USER_LANGUAGES = {"fr-FR": "fr", "th-TH": "th", "ko-KR": "ko"}


def user_row(person: Person, *, profile_id: str, role_id: str, manager_id: str | None) -> Row:
    """Write a colleague as a User; the e-mail is also the user name."""
    locale = person.locale.replace("-", "_")
    return {
        "Username": person.email,
        "Email": person.email,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Alias": (person.first_name[0] + slug(person.last_name)).lower()[:8],
        "Title": person.title,
        "ProfileId": profile_id,
        "UserRoleId": role_id,
        "ManagerId": manager_id,
        "TimeZoneSidKey": person.time_zone,
        "LocaleSidKey": locale,
        "LanguageLocaleKey": _USER_LANGUAGES.get(person.locale, locale),
        "EmailEncodingKey": "UTF-8",
    }


def account_row(account: Account, users: Ids) -> Row:
    """Write a customer as an Account."""
    return {
        "Name": account.name,
        "Industry": account.industry,
        "BillingCity": account.city,
        "BillingCountry": account.country,
        "NumberOfEmployees": account.employees,
        "AnnualRevenue": account.revenue,
        "Website": f"https://www.{account.domain}",
        "Language__c": account.language,
        "OwnerId": users[account.owner],
    }


def contact_row(contact: Contact, accounts: Ids) -> Row:
    """Write somebody at a customer as a Contact."""
    return {
        "AccountId": accounts[contact.account],
        "FirstName": contact.first_name,
        "LastName": contact.last_name,
        "Title": contact.title,
        "Email": contact.email,
    }


def new_opportunity_row(deal: Opportunity, users: Ids, accounts: Ids) -> Row:
    """Write a deal as it stood on the day it was created."""
    return {
        "Name": deal.name,
        "AccountId": accounts[deal.account],
        "OwnerId": users[deal.owner],
        "Type": deal.kind,
        "LeadSource": deal.lead_source,
        "MainCompetitors__c": "; ".join(deal.competitors),
        "Product_Interest__c": "; ".join(deal.products),
        **_standing(deal, deal.history[0]),
    }


def stage_change_row(deal: Opportunity, change: StageChange, opportunity_id: str) -> Row:
    """Write one later step of a deal; a lost one says why."""
    row = {"id": opportunity_id, **_standing(deal, change)}
    if deal.loss_reason and change == deal.history[-1]:
        row["Description"] = f"Lost: {deal.loss_reason}"
    return row


def contact_role_rows(deal: Opportunity, opportunity_id: str, contacts: Ids) -> list[Row]:
    """Write who at the customer plays which part in a deal."""
    return [
        {
            "OpportunityId": opportunity_id,
            "ContactId": contacts[part.contact],
            "Role": part.role,
            "IsPrimary": part.is_primary,
        }
        for part in deal.contact_roles
    ]


def team_rows(deal: Opportunity, opportunity_id: str, users: Ids) -> list[Row]:
    """Write which colleagues help with a deal and so may read it."""
    return [
        {
            "OpportunityId": opportunity_id,
            "UserId": users[email],
            "TeamMemberRole": "Sales Rep",
            "OpportunityAccessLevel": "Read",
        }
        for email in deal.team
    ]


def _standing(deal: Opportunity, change: StageChange) -> Row:
    row: Row = {
        "StageName": change.stage,
        "Amount": change.amount,
        "CloseDate": change.close_date.isoformat(),
    }
    if deal.next_step and change == deal.history[-1]:
        row["NextStep"] = deal.next_step
    return row
