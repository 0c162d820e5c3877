"""Where somebody is in their Home tab: they open it, turn to a tab, a page or one deal, and it is drawn anew."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime, timedelta

from enablement.model import HomeState, HomeTab, Lane, Task, key
from enablement.ports import Services, Turning
from enablement.roles import Role

SHOW, FOLLOW, COUNT = "home.show", "home.follow", "home.count"
# Who comes back within so long goes on looking: what changed stays marked, and the page stays.
ONE_LOOK = timedelta(minutes=30)
# So long after somebody opened it, or pressed something in it, a Home tab is kept up with what happens.
KEPT_UP = timedelta(minutes=15)
TABS: tuple[HomeTab, ...] = ("rep", "manager", "enablement", "ops")


def tabs_of(roles: Set[Role]) -> tuple[HomeTab, ...]:
    """Return the tabs that somebody has, the first one first."""
    return tuple(one for one in TABS if one in roles or (one == "ops" and "admin" in roles))


def open_home(slack_id: str, services: Services, *, request: str, shown: str, now: datetime) -> None:
    """Note that somebody opened their Home tab, and have it drawn; the same request again changes nothing.

    `shown` is Slack's hash of what stands there. After a while they begin anew: on their tab, with its first page.
    """

    def opened(was: HomeState) -> HomeState:
        if was.opened_at and now - was.opened_at < ONE_LOOK:
            return replace(was, opened_at=now, hash=shown)
        looking = replace(was, opened_at=now, looked_at=now, looked_before=was.looked_at, hash=shown)
        return replace(looking, page=1, deal_id="")

    _change(slack_id, opened, services, request=request, now=now)


def turn(
    slack_id: str,
    services: Services,
    *,
    request: str,
    now: datetime,
    tab: HomeTab | None = None,
    page: int = 1,
    deal_id: str = "",
) -> None:
    """Note what somebody wants to see in their Home tab, and have it drawn; the same request again changes nothing."""

    def turned(was: HomeState) -> HomeState:
        return replace(
            was,
            tab=was.tab if tab is None else tab,
            page=max(1, page),
            deal_id=deal_id,
            opened_at=now,
            looked_at=was.looked_at or now,
        )

    _change(slack_id, turned, services, request=request, now=now)


def stay(slack_id: str, services: Services, *, request: str, now: datetime) -> None:
    """Have a Home tab drawn anew as it is, because of what the person did elsewhere."""

    def stayed(was: HomeState) -> HomeState:
        return replace(was, opened_at=now, looked_at=was.looked_at or now)

    _change(slack_id, stayed, services, request=request, now=now)


def show_task(slack_id: str, why: str, lane: Lane = "reply") -> Task:
    """Return the work of drawing a Home tab; of one person two are never worked on at once."""
    return Task(key(SHOW, slack_id, why), SHOW, lane, slack_id, f"home {slack_id}")


def _change(slack_id: str, how: Turning, services: Services, *, request: str, now: datetime) -> None:
    def asked(was: HomeState) -> HomeState:
        return replace(how(was), asked=was.asked + 1)

    if services.homes.change(slack_id, asked, now=now, tasks=[show_task(slack_id, request)]):
        services.work.wake("reply")
