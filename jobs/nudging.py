"""The outbox rows of nudges and digests: look for what is due, send one message."""

import logging
from collections.abc import Sequence

from enablement import digests
from enablement.coverage import coverage
from enablement.model import Claimed
from enablement.nudging import NudgeMessage, compose, drop, follow, told
from enablement.people import speaking_to
from enablement.ports import Services, TryLater, Undeliverable
from jobs.lanes import Outcome

log = logging.getLogger(__name__)


def look(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Find what gives cause to tell somebody something, and who is to be told now; once for all rows."""
    follow(services, now=services.clock())
    services.work.wake("write")
    return {row.id: None for row in rows}


def look_for_digests(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Find for whom Monday morning has come, once for all rows."""
    digests.follow(services, now=services.clock())
    return {row.id: None for row in rows}


def tell(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Tell somebody what is due, in one message."""
    for slack_id in dict.fromkeys(row.subject for row in rows):
        now = services.clock()
        message = compose(slack_id, services, now=now)
        if message:
            _send(message, services)
    return {row.id: None for row in rows}


def send_digests(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Send each row's digest; where content is missing is worked out once for all of them."""
    now = services.clock()
    found = coverage(services, now=now)
    outcome: dict[str, Exception | None] = {}
    for row in rows:
        try:
            said = digests.digest(row.subject, services, now=now, coverage=found)
            if said:
                to, what = said
                first = services.ledger.begin_delivery(row.id, at=now)
                with speaking_to(to, services, now=now):
                    services.messenger.send_digest(what, to=to, mark=row.id, again=not first)
            outcome[row.id] = None
        except (TryLater, Undeliverable) as error:
            outcome[row.id] = error
    return outcome


def _send(message: NudgeMessage, services: Services) -> None:
    now = services.clock()
    first = services.ledger.begin_delivery(message.id, at=now)
    try:
        with speaking_to(message.slack_id, services, now=now):
            services.messenger.nudge(message, again=not first)
    except Undeliverable as error:
        # Nobody else can be told instead, and nobody needs to act.
        log.warning("a nudge can't be delivered: %s", error)
        drop([one.nudge for one in message.news], "unreachable", services)
        return
    told(message, services, now=now)
