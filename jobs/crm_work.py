"""What is written to the CRM, and how it is kept true: touches, their sums on deals, comparison and mending."""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from enablement.copying import ASSET, begin_round, follow, renew
from enablement.following import SUGGEST_IN_CRM, shown_in_crm
from enablement.model import Claimed, Task, key
from enablement.ports import Services, TryLater, Undeliverable
from enablement.recommend import MOST
from enablement.reconcile import (
    check_copies,
    check_touches,
    mend_copies,
    mend_deals,
    mend_touches,
    summary_tasks,
)
from jobs.lanes import Kind, Outcome, drain, stop

log = logging.getLogger(__name__)
TOUCHES_A_CALL = 200
# Enough for a bulk job to pay; what it holds nobody else may write meanwhile.
TOUCHES_A_JOB = 5000
# What waits for longer than this has become a dead letter, or the nightly comparison finds it.
RECENT = timedelta(hours=6)
# The index waits in the same lane, where there is one worker for two slices: the next one was begun before it.
RENEW_SLICE = timedelta(seconds=5)
# The whole is compared in as many parts as an id can begin: each is over before a wake-up is.
SLICES = tuple("0123456789abcdef")
_SUMMARISED = "summaries"
# A deal that was touched while the last sums were drawn is summed up again.
_OVERLAP = timedelta(minutes=5)


def write_touches(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Make the CRM say of each touch what the ledger says: there, or taken back.

    Both in one handler: the withdrawal was committed with its row, so whichever row comes first, both end the same.
    """
    touches = services.ledger.touches({row.subject for row in rows})
    taken_back = {one.touch_id for one in services.ledger.withdrawals({touch.id for touch in touches})}
    wanted = [touch for touch in touches if touch.id not in taken_back]
    outcome: dict[str, Exception | None] = {}
    # What one of the two calls could not do says nothing of the other's rows.
    if wanted:
        outcome |= _tried(services.crm.write_touches, wanted, [touch.id for touch in wanted])
    if taken_back:
        outcome |= _tried(services.crm.withdraw_touches, sorted(taken_back), taken_back)
    return {
        row.id: outcome.get(row.subject, Undeliverable(f"there is no touch {row.subject}")) for row in rows
    }


def write_assets(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Make the CRM show assets as they stand today."""
    assets = services.catalog.assets({row.subject for row in rows})
    written = services.crm.write_assets(assets, on=services.clock().date())
    return {row.id: written.get(row.subject) for row in rows}


def write_suggestions(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Make the CRM show of deals' suggestions what is kept now; of a closed deal nothing."""
    now = services.clock()
    ids = {row.subject for row in rows}
    deals = {deal.id: deal for deal in services.mirror.deals(ids)}
    shown = {deal_id: shown_in_crm(deals.get(deal_id), services, now=now) for deal_id in ids}
    written = services.crm.write_suggestions(shown)
    return {row.id: written[row.subject] for row in rows}


def write_backlog(services: Services, *, owner: str) -> int:
    """Write all that waits now, thousands of rows at once through bulk jobs; return how many touches."""
    for kind in (
        {ASSET: Kind(write_assets, TOUCHES_A_JOB)},
        {SUGGEST_IN_CRM: Kind(write_suggestions, TOUCHES_A_JOB // MOST, gathers=True)},
    ):
        _drain_whole(kind, services, owner)
    return _drain_whole({"crm.touch": Kind(write_touches, TOUCHES_A_JOB)}, services, owner)


def follow_library(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Have the CRM told of what changed in the library, and once a day of what changed with the day."""
    try:
        follow(services, now=services.clock())
    except TryLater as error:
        # The next look comes within a minute.
        log.warning("what Salesforce shows of the library was not looked at: %s", error)
    return {row.id: None for row in rows}


def begin_renewal(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Begin to choose anew for the open deals after the one that is named, or for all."""
    (row,) = rows
    begin_round(row.subject, services, task_id=row.id)
    return {row.id: None}


def renew_suggestions(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Choose anew for a slice of the open deals, for some seconds; the rest in a row of its own."""
    (row,) = rows
    until = services.clock() + RENEW_SLICE
    with _uncollected():
        renew(row.subject, services, until=until, task_id=row.id, stops=stop.is_set)
    return {row.id: None}


def check_recent(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Compare the touches and deals of the last hours, and mend what differs."""
    now = services.clock()
    try:
        _mend_touches(services, since=now - RECENT)
        _mend_deals(services, since=now - RECENT)
    except TryLater as error:
        # The next comparison comes by itself.
        log.warning("Salesforce was not compared: %s", error)
    return {row.id: None for row in rows}


def check_all(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Make the work of comparing everything, part by part."""
    now = services.clock()
    parts = [
        Task(key("crm.check_part", part, now.date()), "crm.check_part", "compute", part)
        for part in (*SLICES, "deals", "copies")
    ]
    services.outbox.add(parts, now=now)
    return {row.id: None for row in rows}


def check_part(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Compare one part of the whole, and mend what differs."""
    for row in rows:
        if row.subject == "deals":
            _mend_deals(services)
        elif row.subject == "copies":
            _mend_copies(services)
        else:
            _mend_touches(services, begins=row.subject)
    return {row.id: None for row in rows}


def sum_up(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Make the work of writing what touches add up to onto the deals that were touched since the last time."""
    now = services.clock()
    since = services.mirror.watermark(_SUMMARISED)
    deals = services.ledger.deals_touched(since=since - _OVERLAP if since else None)
    services.outbox.add(summary_tasks(deals, now=now), now=now)
    services.mirror.set_watermark(_SUMMARISED, now)
    services.work.wake("write")
    return {row.id: None for row in rows}


def write_summaries(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Write what touches add up to now onto deals."""
    summaries = services.ledger.deal_summaries({row.subject for row in rows})
    written = services.crm.write_summaries(summaries)
    return {row.id: written[row.subject] for row in rows}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no circular garbage meanwhile.

    A large library and what was learned of it are a million objects that stay: to walk through them again and again is
    a quarter of the work. What a slice leaves in circles is little, and found after it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _drain_whole(kinds: Mapping[str, Kind], services: Services, owner: str) -> int:
    handled = 0
    while some := drain("write", kinds, services, owner=owner):
        handled += some
    return handled


def _mend_copies(services: Services) -> None:
    now = services.clock()
    if count := mend_copies(services, check_copies(services, now=now), now=now):
        log.warning("Salesforce differed in what it shows of %d assets and deals: it is told again", count)


def _mend_touches(services: Services, **which: Any) -> None:
    now = services.clock()
    found = check_touches(services, now=now, **which)
    if count := mend_touches(services, found, now=now):
        log.warning(
            "Salesforce differed in %d touches, which are written again: %d were missing, %d changed, %d taken back",
            *(count, len(found.missing), len(found.changed), len(found.taken_back)),
        )
    if found.extra:
        log.warning("%d touches in Salesforce are not known here: touchline deals check", len(found.extra))


def _mend_deals(services: Services, **which: Any) -> None:
    if count := mend_deals(services, services.crm.check_deals(**{"since": None, **which})):
        log.warning("%d deals differed from Salesforce and were read again", count)


def _tried(call: Callable[[Any], Outcome], given: object, ids: Iterable[str]) -> Outcome:
    try:
        return call(given)
    except TryLater as error:
        return dict.fromkeys(ids, error)
