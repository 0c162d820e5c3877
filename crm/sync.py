"""Bring the mirror up to date: everything at first, then what changed since, with an overlap for late commits."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from crm.client import Row, SalesforceClient
from crm.deals import CONTACTS, ROLES, TEAM, USERS, deals_query, moment, to_contact, to_deal, to_role, to_user
from crm.mapping import FieldMap
from enablement.ports import Mirror

# A transaction may commit minutes after the stamp that it bears.
OVERLAP = timedelta(minutes=10)
# An id list of this length stays well below the longest address that Salesforce takes.
DEALS_AT_ONCE = 200
WATERMARK = "deals"


def sync(client: SalesforceClient, fields: FieldMap, mirror: Mirror, *, full: bool) -> dict[str, int]:
    """Read people, roles and changed deals into the mirror; return how many rows of each were read.

    The watermark is Salesforce's own clock, as of the newest row that was read.
    """
    users = [to_user(row) for row in client.query(USERS)]
    roles = [to_role(row) for row in client.query(ROLES)]
    mirror.store(users=users, roles=roles)
    since = None if full else mirror.watermark(WATERMARK)
    newest, count = since, 0
    for rows in _batches(_changed(client, fields, since)):
        _store(rows, client, fields, mirror)
        count += len(rows)
        newest = max(filter(None, (newest, *(moment(row["SystemModstamp"]) for row in rows))))
        mirror.set_watermark(WATERMARK, newest)
    return {"people": len(users), "roles": len(roles), "deals": count}


def _changed(client: SalesforceClient, fields: FieldMap, since: datetime | None) -> Iterator[Row]:
    order = "ORDER BY SystemModstamp, Id"
    if since is None:
        return client.query(f"{deals_query(fields)} {order}")
    where = "WHERE SystemModstamp >= {since}"
    return client.query(f"{deals_query(fields)} {where} {order}", since=since - OVERLAP)


def _store(rows: list[Row], client: SalesforceClient, fields: FieldMap, mirror: Mirror) -> None:
    ids = [row["Id"] for row in rows]
    team: dict[str, list[str]] = defaultdict(list)
    if fields.team:
        for member in client.query(TEAM, ids=ids):
            team[member["OpportunityId"]].append(member["UserId"])
    contacts = [to_contact(row) for row in client.query(CONTACTS, ids=ids)]
    mirror.store(deals=[to_deal(row, fields, team[row["Id"]]) for row in rows], contacts=contacts)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == DEALS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
