"""The CRM against the ledger and the mirror: what differs, in words and numbers, and what is done about it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from enablement.copying import ASSET, tell_again
from enablement.following import SUGGEST_IN_CRM
from enablement.model import Task, key
from enablement.ports import CopyCheck, DealCheck, Services, TouchCheck
from enablement.sharing import crm_task

# What was written a moment ago may not be in an answer that was asked for before.
SETTLES_WITHIN = timedelta(minutes=1)
_AT_ONCE = 1000
_NAMED = 5


@dataclass(frozen=True)
class Checked:
    """What a comparison found. `waiting` touches are on their way, `given_up` ones are dead letters."""

    touches: TouchCheck
    deals: DealCheck
    copies: CopyCheck
    waiting: int
    given_up: int

    @property
    def differs(self) -> bool:
        """Say whether anything is wrong that can be put right here."""
        copies = self.copies
        return bool(
            to_write(self.touches)
            or self.deals.differing
            or self.deals.gone
            or copies.missing
            or copies.changed
            or copies.deals
        )


def check(services: Services, *, since: datetime | None, now: datetime) -> Checked:
    """Compare touches and deals since a moment, or all (None), and all copies; changes nothing; raises TryLater."""
    waiting = services.outbox.unsettled("crm.touch")
    return Checked(
        touches=check_touches(services, since=since, now=now),
        deals=services.crm.check_deals(since=since),
        copies=check_copies(services, now=now),
        waiting=sum(state != "dead" for state in waiting.values()),
        given_up=sum(state == "dead" for state in waiting.values()),
    )


def check_touches(
    services: Services, *, since: datetime | None = None, begins: str = "", now: datetime
) -> TouchCheck:
    """Compare touches; `begins` takes only those whose id begins so: a slice of a whole that takes long."""
    waiting = services.outbox.unsettled("crm.touch")
    return services.crm.check_touches(
        since=since, begins=begins, waiting=waiting, before=now - SETTLES_WITHIN
    )


def check_copies(services: Services, *, now: datetime) -> CopyCheck:
    """Compare the CRM's assets and suggestions with what they should be; raises TryLater."""
    waiting = services.outbox.unsettled(ASSET) | services.outbox.unsettled(SUGGEST_IN_CRM)
    return services.crm.check_copies(on=now.date(), waiting=waiting)


def to_write(found: TouchCheck) -> list[str]:
    """Return the touches that the CRM must be told again."""
    return [*found.missing, *found.changed, *found.taken_back]


def mend_touches(services: Services, found: TouchCheck, *, now: datetime) -> int:
    """Make what differs due again, and return how much; rows that nobody here knows are left alone."""
    ids = to_write(found)
    for start in range(0, len(ids), _AT_ONCE):
        touches = services.ledger.touches(ids[start : start + _AT_ONCE])
        tasks = [crm_task(touch, why=f"mend {now.isoformat()}") for touch in touches]
        services.outbox.add(tasks, now=now)
    if ids:
        services.work.wake("write")
    return len(ids)


def mend_copies(services: Services, found: CopyCheck, *, now: datetime) -> int:
    """Make assets and suggestions that differ due again, and return of how many assets and deals."""
    assets = [*found.missing, *found.changed]
    tell_again(services, assets=assets, deals=found.deals, now=now)
    return len(assets) + len(found.deals)


def mend_deals(services: Services, found: DealCheck) -> int:
    """Read again the deals that differ, and return how many; raises TryLater."""
    ids = [*found.differing, *found.gone]
    if ids:
        services.crm.refresh(ids)
    return len(ids)


def summary_tasks(deal_ids: Sequence[str], *, now: datetime) -> list[Task]:
    """Return the work of writing what deals' touches add up to: once a day and deal, whatever happens."""
    return [
        Task(key("crm.summary", deal_id, now.date()), "crm.summary", "write", deal_id, partition=deal_id)
        for deal_id in deal_ids
    ]


def sentences(found: Checked) -> list[str]:
    """Say for people what was found."""
    touches, deals = found.touches, found.deals
    said = [
        f"{touches.touches} touches should be in Salesforce, {touches.rows} are there.",
        *_listed("are missing there", touches.missing),
        *_listed("are not as they were written", list(touches.changed)),
        *_listed("were taken back and are still there", touches.taken_back),
        *_listed("are there and unknown here: look at them yourself, nothing deletes them", touches.extra),
    ]
    if found.waiting:
        said.append(f"{found.waiting} touches are on their way.")
    if found.given_up:
        said.append(f"{found.given_up} touches were given up: touchline outbox says why.")
    said.append(f"{deals.known} deals are known here, {deals.there} were looked at in Salesforce.")
    said += _listed("changed there since they were read", deals.differing, "deals")
    said += _listed("are no longer there", deals.gone, "deals")
    return [*said, *_of_copies(found.copies)]


def as_json(found: Checked) -> dict[str, object]:
    """Return the same for programs."""
    return {**asdict(found), "differs": found.differs}


def _of_copies(copies: CopyCheck) -> list[str]:
    return [
        f"{copies.assets} assets should be in Salesforce, {copies.assets_there} are there.",
        *_listed("are missing there", copies.missing, "assets"),
        *_listed("are not as they were written", list(copies.changed), "assets"),
        *_listed("are there and unknown here: nothing deletes them", copies.extra, "assets"),
        f"{copies.suggestions} suggestions should be in Salesforce, {copies.suggestions_there} are there.",
        *_listed("have other suggestions there", copies.deals, "deals"),
    ]


def _listed(what: str, ids: Sequence[str], noun: str = "touches") -> list[str]:
    if not ids:
        return []
    more = ", …" if len(ids) > _NAMED else ""
    return [f"{len(ids)} {noun} {what}: {', '.join(ids[:_NAMED])}{more}"]
