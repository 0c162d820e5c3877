"""Tell enablement of new requests, and those who waited what became of theirs."""

import logging
from collections.abc import Sequence

from enablement.model import Claimed, key
from enablement.people import speaking_to
from enablement.ports import Services, Undeliverable
from enablement.requests import NewRequests, decided_for, those_who_decide, untold
from jobs.lanes import Outcome

log = logging.getLogger(__name__)


def tell_enablement(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Send everybody who decides requests one message of all that came lately; who can't be reached is left out."""
    for row in rows:
        if found := untold(services):
            for email in those_who_decide(services):
                _tell_one(email, NewRequests(found), row, services)
            services.requests.told([one.request.id for one in found], at=services.clock())
    return {row.id: None for row in rows}


def tell_asker(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Tell each who waited what became of their request, if they may hear of it now."""
    for row in rows:
        now = services.clock()
        said = decided_for(row.subject, services, now=now)
        if said:
            first = services.ledger.begin_delivery(row.id, at=now)
            with speaking_to(said.asker.slack_id, services, now=now):
                services.messenger.tell(said, to=said.asker.slack_id, mark=row.id, again=not first)
    return {row.id: None for row in rows}


def _tell_one(email: str, said: NewRequests, row: Claimed, services: Services) -> None:
    now = services.clock()
    member = services.messenger.find(email, now=now)
    if member is None or member.standing != "member":
        log.warning("one who decides requests is no member of the workspace: not told")
        return
    mark = key(row.id, email)
    first = services.ledger.begin_delivery(mark, at=now)
    try:
        with speaking_to(member.slack_id, services, now=now):
            services.messenger.tell(said, to=member.slack_id, mark=mark, again=not first)
    except Undeliverable as error:
        log.warning("one who decides requests was not told: %s", error)
