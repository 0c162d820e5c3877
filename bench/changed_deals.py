"""Changes of deals as reps make them in Salesforce, and when each had its effect here."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select

from bench.figures import BenchFailed
from crm.deals import moment
from enablement.access import asset_filter
from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.following import SUGGEST, kept
from enablement.model import Deal
from enablement.ports import Services
from sandbox.world import COMPETITORS, OPEN_STAGES
from sandbox.world.org_client import OrgClient

DONE_WITHIN_S = 120.0
LOOK_EVERY_S = 0.25
IDS_A_QUERY = 200
MORE_DAYS = timedelta(days=30)
_rows = tables.outbox.c


@dataclass(frozen=True)
class Change:
    """What is written to a deal's Opportunity, and the fact of ours that is another for it."""

    deal_id: str
    row: Mapping[str, object]
    fact: str
    value: object

    def write(self, org: OrgClient) -> None:
        org.update("Opportunity", [{"id": self.deal_id, **self.row}])


def draw(deals: Sequence[Deal], known: Collection[Deal], chance: Random) -> list[Change]:
    """Draw a change for each of these open deals: stage, amount, industry, competitor, owner, close date in turn.

    Owners and accounts are those of `known`; an industry changes with the account.
    """
    owners = sorted({deal.owner_id for deal in known})
    accounts = {deal.account_id: deal.industry for deal in known if deal.industry}
    return [_change(number, deal, owners, accounts, chance) for number, deal in enumerate(deals)]


def _change(
    number: int, deal: Deal, owners: Sequence[str], accounts: Mapping[str, str | None], chance: Random
) -> Change:
    match number % 6:
        case 0:
            stage = _other(OPEN_STAGES, deal.stage, chance)
            return Change(deal.id, {"StageName": stage}, "stage", stage)
        case 1:
            amount = (deal.amount or 0.0) + 1000
            return Change(deal.id, {"Amount": amount}, "amount", amount)
        case 2:
            account = chance.choice([one for one, what in accounts.items() if what != deal.industry])
            return Change(deal.id, {"AccountId": account}, "industry", accounts[account])
        case 3:
            name = _other(COMPETITORS, "; ".join(deal.competitors), chance)
            return Change(deal.id, {"MainCompetitors__c": name}, "competitors", (name,))
        case 4:
            owner = _other(owners, deal.owner_id, chance)
            return Change(deal.id, {"OwnerId": owner}, "owner_id", owner)
        case _:
            day = (deal.close_date or deal.modified_at.date()) + MORE_DAYS
            return Change(deal.id, {"CloseDate": day.isoformat()}, "close_date", day)


def _other(values: Iterable[str], than: str, chance: Random) -> str:
    return chance.choice([one for one in values if one != than])


def waits(
    changes: Sequence[Change], *, org: OrgClient, services: Services, database: Database, since: datetime
) -> list[float]:
    """Wait until each deal's suggestions were chosen anew; return the seconds since its commit in Salesforce.

    The end is when the work of choosing was settled, a moment after what it chose was stored. Raises BenchFailed
    when a deal's are not there, or are not those of what the deal is now.
    """
    ends = time.monotonic() + DONE_WITHIN_S
    ids = [one.deal_id for one in changes]
    while len(done := _settled(ids, database, since)) < len(changes):
        if time.monotonic() > ends:
            raise BenchFailed(
                f"Of {len(changes)} changed deals {len(changes) - len(done)} had no new suggestions after "
                f"{DONE_WITHIN_S:.0f} s."
            )
        time.sleep(LOOK_EVERY_S)
    while services.journal.waiting(now=services.clock(), kinds=[SUGGEST]):
        # An account's change reaches its other deals too.
        if time.monotonic() > ends:
            raise BenchFailed(f"Suggestions were still being chosen after {DONE_WITHIN_S:.0f} s.")
        time.sleep(LOOK_EVERY_S)
    _judge(changes, services)
    committed = _committed(org, ids)
    return [(done[one.deal_id] - committed[one.deal_id]).total_seconds() for one in changes]


def suggested(database: Database, since: datetime) -> int:
    """Return how often suggestions were to be chosen anew since then."""
    with database.reading() as connection:
        query = select(func.count()).where(_rows.kind == SUGGEST, _rows.created_at >= since)
        return connection.scalar(query) or 0


def _settled(deal_ids: Sequence[str], database: Database, since: datetime) -> dict[str, datetime]:
    query = select(_rows.subject, func.min(_rows.settled_at).label("at")).group_by(_rows.subject)
    is_done = (_rows.kind == SUGGEST) & (_rows.created_at >= since) & (_rows.state == "done")
    with database.reading() as connection:
        rows = connection.execute(query.where(is_done, _rows.subject.in_(deal_ids)))
        return {row.subject: row.at for row in rows}


def _committed(org: OrgClient, deal_ids: Sequence[str]) -> dict[str, datetime]:
    """Return the stamp that the org gave to each deal's last change, in the transaction that committed it."""
    found: dict[str, datetime] = {}
    for start in range(0, len(deal_ids), IDS_A_QUERY):
        some = ", ".join(f"'{one}'" for one in deal_ids[start : start + IDS_A_QUERY])
        rows = org.query(f"SELECT Id, SystemModstamp FROM Opportunity WHERE Id IN ({some})")  # noqa: S608 - the org's own ids
        found |= {row["Id"]: moment(row["SystemModstamp"]) for row in rows}
    return found


def _judge(changes: Sequence[Change], services: Services) -> None:
    only = asset_filter(shared_outside=False, now=services.clock())
    deals = {deal.id: deal for deal in services.mirror.deals([one.deal_id for one in changes])}
    for one in changes:
        deal = deals[one.deal_id]
        if getattr(deal, one.fact) != one.value:
            raise BenchFailed(
                f"The {one.fact} of deal {deal.id} is {getattr(deal, one.fact)}, not {one.value}."
            )
        if kept(deal, services, only=only) is None:
            raise BenchFailed(f"What is kept for deal {deal.id} was not chosen for what it is now.")
