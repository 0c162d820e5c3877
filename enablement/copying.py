"""What the CRM shows of the library and of what fits deals: which of it is out of date, and the work of telling it."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from enablement.following import crm_task, suggest
from enablement.model import Copy, CopyKind, Task, key
from enablement.ports import Services
from enablement.recommend import MOST
from enablement.shelf import Shelf

ASSET, FOLLOW, RENEW, SLICE = "crm.asset", "crm.follow", "deals.renew", "deals.renew_slice"
CHANGES_AT_ONCE = 5_000
DEALS_AT_ONCE = 200
# What one worker takes at once of a round: some seconds' work, so that what it begins with (reading the library) is
# little beside it.
DEALS_A_SLICE = 1_000
# Under these names it is kept how far the library and the deals were followed.
_LIBRARY, _DEALS = "library", "deals"


def follow(services: Services, *, now: datetime) -> None:
    """Have the CRM told of assets that changed; on a new day of all whose standing did, and of what fits deals then.

    A CRM that has no room for them counts as never told, so that all is told once it has. Raises TryLater.
    """
    room = services.crm.copied()
    if "asset" in room:
        _follow_assets(services, now)
    else:
        _forget(services, "asset", _LIBRARY)
    if "suggestions" in room:
        _follow_deals(services, now)
    else:
        _forget(services, "suggestions", _DEALS)


def renew_all(services: Services, *, now: datetime) -> None:
    """Have what fits each open deal chosen anew, once on each day; where the CRM shows it, following it does that.

    Raises TryLater.
    """
    if not services.suggests_in_crm or "suggestions" not in services.crm.copied():
        services.outbox.add([renewal_of_all(now.date().isoformat())], now=now)


def renewal_of_all(occasion: str) -> Task:
    """Return the work of choosing anew for all open deals: one for the same occasion."""
    return _renewal("", occasion)


def begin_round(after: str, services: Services, *, task_id: str) -> None:
    """Have what fits the open deals after this id chosen anew, slice by slice."""
    _begin_slice(task_id, after, services)


def renew(
    subject: str,
    services: Services,
    *,
    until: datetime,
    task_id: str,
    stops: Callable[[], bool] = lambda: False,
) -> None:
    """Choose anew for one slice of the open deals, until a moment or told to stop; what is left becomes new work.

    The next slice is begun first: whatever worker is free takes it meanwhile, and only one ever waits.
    """
    round_id, after, last = json.loads(subject)
    _begin_slice(round_id, last, services)
    # What was learned since the last look counts.
    services.lessons.follow()
    shelf = Shelf(services.catalog, whole=True)
    while some := services.mirror.open_deals(after=after, limit=DEALS_AT_ONCE, last=last):
        now = services.clock()
        suggest(some, services, now=now, shelf=shelf)
        after = some[-1]
        if after != last and (now >= until or stops()):
            rest = _slice(round_id, after, last, key(SLICE, task_id))
            _add(services, [rest], now)
            break
    services.work.wake("write")


def tell_again(services: Services, *, assets: Sequence[str], deals: Sequence[str], now: datetime) -> None:
    """Have the CRM told of assets and deals whatever it was told last."""
    services.copies.keep("asset", {one: Copy("") for one in assets})
    # Nobody knows how many suggestions are there: all ranks are seen to.
    services.copies.keep("suggestions", {one: Copy("", MOST) for one in deals})
    _add(services, [*map(_asset_task, assets), *map(crm_task, deals)], now)


def _follow_assets(services: Services, now: datetime) -> None:
    today = now.date().isoformat()
    last = services.copies.told("followed").get(_LIBRARY)
    changes = services.catalog.changes(last.rows if last else 0, limit=CHANGES_AT_ONCE)
    is_new_day = last is None or last.digest != today
    if not changes and not is_new_day:
        return
    # What is due for review, expires or is released changes with the day, and no change tells of it.
    assets = services.catalog.assets(None if is_new_day else {asset_id for _, asset_id in changes})
    stale = services.crm.stale_assets(assets, on=now.date())
    _add(services, map(_asset_task, stale), now)
    position = changes[-1][0] if changes else last.rows if last else 0
    services.copies.keep("followed", {_LIBRARY: Copy(today, position)})


def _follow_deals(services: Services, now: datetime) -> None:
    seen = Copy(f"{now.date().isoformat()} {'on' if services.suggests_in_crm else 'off'}")
    if services.copies.told("followed").get(_DEALS) == seen:
        return
    told = [one for one, copy in services.copies.told("suggestions").items() if copy.rows or not copy.digest]
    known = {deal.id: deal for deal in services.mirror.deals(told)}
    # With the Opportunity its suggestions went.
    services.copies.forget("suggestions", [one for one in told if one not in known])
    over = [one.id for one in known.values() if one.is_closed or not services.suggests_in_crm]
    renewal = [_renewal("", uuid4().hex)] if services.suggests_in_crm else []
    _add(services, [*map(crm_task, over), *renewal], now)
    services.copies.keep("followed", {_DEALS: seen})


def _forget(services: Services, kind: CopyKind, name: str) -> None:
    if name in services.copies.told("followed"):
        services.copies.forget(kind)
        services.copies.forget("followed", [name])


def _asset_task(asset_id: str) -> Task:
    # An asset is never in two calls at once: which of them came last, nobody could say.
    return Task(key(ASSET, asset_id, uuid4().hex), ASSET, "write", asset_id, f"{ASSET} {asset_id}")


def _renewal(after: str, occasion: str) -> Task:
    return Task(key(RENEW, occasion), RENEW, "compute", after, RENEW)


def _begin_slice(round_id: str, after: str, services: Services) -> None:
    """Add the work on the next deals after this id; of a round it is the same row, however often it is begun."""
    if some := services.mirror.open_deals(after=after, limit=DEALS_A_SLICE):
        task = _slice(round_id, after, some[-1], key(SLICE, round_id, after))
        _add(services, [task], services.clock())


def _slice(round_id: str, after: str, last: str, task_id: str) -> Task:
    # Where it ends stands in the row: deals that come or close meanwhile move no slice.
    return Task(task_id, SLICE, "compute", json.dumps([round_id, after, last]))


def _add(services: Services, tasks: Iterable[Task], now: datetime) -> None:
    if due := list(tasks):
        services.outbox.add(due, now=now)
        services.work.wake(*sorted({task.lane for task in due}))
