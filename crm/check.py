"""Is the org as Touchline needs it? Each check names what is amiss and how to mend it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.client import Row, SalesforceClient
from crm.deals import CONTACTS, HISTORY, ROLES, STAGES, TEAM, USERS, deals_query
from crm.files import NEWEST, libraries_seen
from crm.ids import sf_id
from crm.mapping import FieldMap
from crm.plugin import NEEDED, Plugin
from crm.touches import EXTERNAL_ID, KINDS, OBJECT
from enablement.ports import Undeliverable

# What crm.touches writes; a test holds the two together.
TOUCH_FIELDS = (
    *("External_Ref__c", "Opportunity__c", "Asset_Title__c", "Asset_Ref__c", "Asset_Version__c", "Kind__c"),
    *("Actor__c", "Actor_Name__c", "Recipient__c", "Channel__c", "Share_Ref__c", "Occurred_At__c"),
)
DEPLOY = (
    "Deploy crm/salesforce again and give the integration user the permission set Touchline_Integration "
    "(docs/install.md)."
)
FILES_OFF = (
    "Switch Salesforce Files on and give the integration user access to it (docs/install.md), or leave "
    "SALESFORCE_FILE_LIBRARIES empty."
)
_TEAM_OBJECT = "OpportunityTeamMember"
_SELECT = re.compile(r"SELECT (?P<names>.+?) FROM (?P<object>\w+)")


@dataclass(frozen=True)
class Problem:
    """What is amiss in the org, and what an administrator does about it."""

    said: str
    mend: str


def touch_problems(client: SalesforceClient) -> Iterator[Problem]:
    """Yield what keeps touches from being written."""
    try:
        fields = _fields(client.describe(OBJECT))
    except Undeliverable as error:
        yield Problem(f"{OBJECT} is not there, or hidden from us ({error})", DEPLOY)
        return
    there = [fields[name] for name in TOUCH_FIELDS if name in fields]
    if missing := [name for name in TOUCH_FIELDS if name not in fields]:
        yield Problem(f"{OBJECT} lacks {', '.join(missing)}, or hides it", DEPLOY)
    if fixed := [row["name"] for row in there if not (row["createable"] and row["updateable"])]:
        yield Problem(f"{OBJECT} does not let us write {', '.join(fixed)}", DEPLOY)
    key = fields.get(EXTERNAL_ID)
    if key and not (key["externalId"] and key["unique"]):
        said = f"{OBJECT}.{EXTERNAL_ID} is no unique external id: touches would appear twice"
        yield Problem(said, DEPLOY)
    kind = fields.get("Kind__c")
    if kind and kind["restrictedPicklist"]:
        known = {value["value"] for value in kind["picklistValues"] if value["active"]}
        if unknown := sorted(set(KINDS.values()) - known):
            yield Problem(f"{OBJECT}.Kind__c does not know the value {', '.join(unknown)}", DEPLOY)


def copy_problems(client: SalesforceClient) -> Iterator[Problem]:
    """Yield what keeps assets and suggestions from being shown; touches are written all the same."""
    plugin = Plugin(client)
    for name, needed in NEEDED.items():
        if not (lacking := plugin.lacks(name)):
            continue
        if lacking == needed and name != OBJECT:
            yield Problem(f"{name} is not there, or hidden from us", DEPLOY)
        else:
            yield Problem(f"{name} lacks {', '.join(lacking)}, or does not let us write it", DEPLOY)


def reading_problems(client: SalesforceClient, fields: FieldMap, *, mapping: str) -> Iterator[Problem]:
    """Yield what keeps deals and people from being read; `mapping` is what to call the mapping file."""
    mapped = {name for names in fields.fields().values() for name in names}
    for name, columns in fields_read(fields).items():
        try:
            there = _fields(client.describe(name))
        except Undeliverable:
            mend = f"Set “team: false” in {mapping}, or switch team selling on."
            yield Problem(f"{name} is not there, or hidden from us", mend if name == _TEAM_OBJECT else DEPLOY)
            continue
        if missing := [column for column in columns if column not in there]:
            mend = "Give the integration user read access to it."
            if mapped & set(missing):
                mend = f"Correct the name in {mapping}, leave it empty there, or give us read access to it."
            yield Problem(f"{name} lacks {', '.join(missing)}, or hides it", mend)


def org_problems(client: SalesforceClient, org_id: str) -> Iterator[Problem]:
    """Yield that hooks are taken from another org than the one that we read."""
    ours = [sf_id(row["Id"]) for row in client.query("SELECT Id FROM Organization")]
    if ours != [org_id]:
        said = f"hooks are taken from {org_id}, but we are signed in to {', '.join(ours)}"
        yield Problem(said, "Put the id at Setup → Company Information into SALESFORCE_ORG_ID.")


def access_problems(client: SalesforceClient) -> Iterator[Problem]:
    """Yield what keeps us from asking who may read a deal."""
    user = next(client.query("SELECT Id FROM User WHERE IsActive = true LIMIT 1"), None)
    deal = next(client.query("SELECT Id FROM Opportunity LIMIT 1"), None)
    if user is None or deal is None:
        mend = "Give the integration user the permission set Touchline_Integration; or is the org empty?"
        yield Problem("we see no Opportunity, so nobody can be shown one", mend)
        return
    asked = (
        "SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = {user} AND RecordId IN {deals}"
    )
    if not list(client.query(asked, user=user["Id"], deals=[deal["Id"]])):
        said = "UserRecordAccess says nothing about a deal, so nobody can be shown one"
        yield Problem(said, "The integration user must see all users and all Opportunities.")


def file_problems(client: SalesforceClient, libraries: Sequence[str]) -> Iterator[Problem]:
    """Yield what keeps the files of these libraries from being read."""
    try:
        there = _fields(client.describe("ContentVersion"))
        _, unseen = libraries_seen(client, libraries)
    except Undeliverable as error:
        yield Problem(f"Salesforce Files is switched off, or hidden from us ({error})", FILES_OFF)
        return
    read = [column for name, column in _columns(NEWEST) if name == "ContentVersion"]
    if missing := [column for column in read if column not in there]:
        yield Problem(f"ContentVersion lacks {', '.join(missing)}, or hides it", FILES_OFF)
    for name in unseen:
        mend = (
            "Add the integration user to its members (Files → Libraries → Manage Members), or correct the "
            "name in SALESFORCE_FILE_LIBRARIES."
        )
        yield Problem(f"there is no library “{name}”, or we are not a member: its files are not read", mend)


def fields_read(fields: FieldMap) -> dict[str, list[str]]:
    """Return the fields that are read of each object, taken from the very queries that read them."""
    read: dict[str, list[str]] = defaultdict(list)
    always = (deals_query(fields), CONTACTS, HISTORY, STAGES, USERS, ROLES)
    for soql in (*always, *([TEAM] if fields.team else [])):
        for name, column in _columns(soql):
            read[name].append(column)
    return read


def _columns(soql: str) -> Iterator[tuple[str, str]]:
    """Yield (object, field) of all that a query selects; of a parent, its relationship stands for the object."""
    if found := _SELECT.match(soql):
        for name in found["names"].split(", "):
            parent, _, column = name.rpartition(".")
            yield parent or found["object"], column


def _fields(described: Row) -> dict[str, Row]:
    return {row["name"]: row for row in described["fields"]}
