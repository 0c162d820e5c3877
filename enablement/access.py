"""Who may see what: the one place that decides, before anything is ranked, counted or said."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from enablement.model import Asset, Audience, CrmUser, Deal
from enablement.ports import Access, AccessUnknown, AssetFilter, Clock, Mirror, TryLater

log = logging.getLogger(__name__)
ASKED_AT_ONCE = 200
REMEMBERED = timedelta(seconds=60)
# So many may wait for a CRM that is slow.
WAITING = 8
_Readable = Callable[[str, Sequence[str]], frozenset[str]]


class CachedAccess:
    """Asks the CRM and remembers its answer for a minute. No answer means no."""

    def __init__(self, ask: _Readable, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[bool, datetime]] = {}
        self._lock = threading.Lock()

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        now = self._clock()
        with self._lock:
            known = {deal: self._known.get((user_id, deal)) for deal in deal_ids}
        fresh = {deal: entry[0] for deal, entry in known.items() if entry and now - entry[1] < REMEMBERED}
        unknown = [deal for deal in known if deal not in fresh]
        for start in range(0, len(unknown), ASKED_AT_ONCE):
            fresh |= self._learn(user_id, unknown[start : start + ASKED_AT_ONCE], now)
        return frozenset(deal for deal, allowed in fresh.items() if allowed)

    def _learn(self, user_id: str, deal_ids: Sequence[str], now: datetime) -> dict[str, bool]:
        allowed = self._answer(user_id, deal_ids)
        learnt = {deal: deal in allowed for deal in deal_ids}
        with self._lock:
            self._known = {key: entry for key, entry in self._known.items() if now - entry[1] < REMEMBERED}
            self._known |= {(user_id, deal): (seen, now) for deal, seen in learnt.items()}
        return learnt

    def _answer(self, user_id: str, deal_ids: Sequence[str]) -> Collection[str]:
        """Return which of these deals the CRM says that a user may read; whatever goes wrong is AccessUnknown."""
        try:
            allowed: object = self._ask(user_id, deal_ids)
        except TryLater as error:
            raise AccessUnknown(str(error)) from error
        except Exception as error:
            # A bug, too, must not open anything.
            log.exception("the CRM could not be asked who may read")
            raise AccessUnknown("the CRM could not be asked") from error
        if not isinstance(allowed, Set) or not allowed <= set(deal_ids):
            log.error("the CRM's answer on who may read is none")
            raise AccessUnknown("the CRM's answer is none")
        return allowed


class HurriedAccess:
    """Asks another `Access`, and takes a slow answer for none: for who waits for no longer than `within_s` seconds."""

    def __init__(self, access: Access, *, within_s: float) -> None:
        self._access = access
        self._within_s = within_s
        self._pool = ThreadPoolExecutor(WAITING, thread_name_prefix="access")

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        asked = self._pool.submit(self._access.readable, user_id, deal_ids)
        try:
            return asked.result(self._within_s)
        except TimeoutError as error:
            asked.cancel()
            raise AccessUnknown("the CRM takes too long") from error


def plausible_deals(user: CrmUser, mirror: Mirror) -> list[Deal]:
    """Return the open deals that owner, team or role hierarchy make likely for a user, newest change first.

    Only a narrowing: each deal must still be confirmed by `Access.readable`.
    """
    below = roles_below(user.role_id, {role.id: role.parent_id for role in mirror.roles()})
    owners = {user.id, *(other.id for other in mirror.users(roles=below))}
    return mirror.deals_of(owners, team_member=user.id)


def roles_below(role_id: str | None, parents: dict[str, str | None]) -> set[str]:
    """Return the roles under a role, itself left out; a circle in the data ends the climb."""
    return (
        {role for role in parents if role != role_id and _is_above(role_id, role, parents)}
        if role_id
        else set()
    )


def asset_filter(*, shared_outside: bool, now: datetime, without: tuple[str, ...] = ()) -> AssetFilter:
    """Return which assets may be shown to a colleague; where outsiders read along, only what customers may have."""
    audiences: tuple[Audience, ...] = ("customer",) if shared_outside else ("customer", "internal")
    return AssetFilter(audiences=audiences, on=now.date(), without=without)


def may_show(asset: Asset, only: AssetFilter) -> bool:
    """Say whether an asset passes a filter: what the search does inside, for an asset already at hand."""
    return asset.audience in only.audiences and asset.id not in only.without and is_valid(asset, on=only.on)


def is_valid(asset: Asset, *, on: date) -> bool:
    """Say whether an asset is published, released and not expired on a day; the last day counts."""
    in_time = (asset.released is None or asset.released <= on) and (
        asset.expires is None or on <= asset.expires
    )
    return asset.status == "published" and in_time


def _is_above(superior: str, role: str, parents: dict[str, str | None]) -> bool:
    climbed: set[str] = set()
    above = parents.get(role)
    while above and above not in climbed:
        if above == superior:
            return True
        climbed.add(above)
        above = parents.get(above)
    return False
