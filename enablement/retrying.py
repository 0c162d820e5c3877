"""Trying again what was given up, at an operator's word."""

from collections.abc import Collection
from datetime import datetime

from enablement.model import LANES, Audit, key
from enablement.ports import Services

RETRY = "outbox.retry"


def retry(services: Services, *, by: str, now: datetime, ids: Collection[str] | None = None) -> int:
    """Make dead letters due again (all, when None) and note who did it; return how many."""
    count = services.outbox.revive(ids, now=now)
    if count:
        audit = key("audit", RETRY, by, now.isoformat())
        services.journal.record(Audit(audit, by, RETRY, "", f"dead letters: {count}", now))
        services.work.wake(*LANES)
    return count
