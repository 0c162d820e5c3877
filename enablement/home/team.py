"""How the people below a manager use content: what they shared, what buyers opened, which deals nobody touched."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.access import roles_below
from enablement.asked_deals import visible_deals
from enablement.model import CrmUser, Deal
from enablement.ports import Services

SHORT, LONG = timedelta(days=7), timedelta(days=30)
PEOPLE_ON_A_PAGE = 10
MOST_UNTOUCHED = 5
# Of so many deals that a team touched lately the CRM is asked who may see them.
DEALS_ASKED = 1_000


@dataclass(frozen=True)
class PersonUse:
    """What one person did within the last 7 and the last 30 days, and their open deals that nobody touched in 30."""

    name: str
    shared: tuple[int, int]
    opened: tuple[int, int]
    untouched: int
    deals: int


@dataclass(frozen=True)
class TeamUse:
    """The team, who did least first; all numbers are of deals that the viewer may see."""

    people: tuple[PersonUse, ...]
    shared: tuple[int, int]
    opened: tuple[int, int]
    # Open deals that nobody touched in 30 days, those with the largest amount first.
    untouched: tuple[Deal, ...]
    deals: int


def people_below(user: CrmUser, services: Services) -> list[CrmUser]:
    """Return the active users in CRM roles below somebody's, by name."""
    below = roles_below(user.role_id, {one.id: one.parent_id for one in services.mirror.roles()})
    found = [one for one in services.mirror.users(roles=below) if one.is_active] if below else []
    return sorted(found, key=lambda one: (one.name, one.id))


def team_use(user: CrmUser, services: Services, *, now: datetime) -> TeamUse:
    """Return how the people below somebody use content, as far as that person may see. Raises AccessUnknown."""
    team = people_below(user, services)
    ids = {one.id for one in team}
    deals = [
        one for one in visible_deals(user, services) if one.owner_id in ids or not ids.isdisjoint(one.team)
    ]
    emails = {one.email for one in team}
    touches = services.ledger.touches_by(emails, since=now - LONG)
    asked = list(dict.fromkeys(one.deal_id for one in touches if one.deal_id))[:DEALS_ASKED]
    seen = services.access.readable(user.id, asked) if asked else frozenset()
    counts: Counter[tuple[str, str, bool]] = Counter()
    for one in touches:
        if one.deal_id in seen:
            is_recent = one.occurred_at >= now - SHORT
            counts[one.email, one.kind, True] += is_recent
            counts[one.email, one.kind, False] += 1
    last = services.ledger.last_touches([one.id for one in deals])
    untouched = [one for one in deals if (at := last.get(one.id)) is None or at < now - LONG]

    def of(email: str, kind: str) -> tuple[int, int]:
        return counts[email, kind, True], counts[email, kind, False]

    people = [
        PersonUse(
            one.name,
            of(one.email, "shared"),
            of(one.email, "opened_by_buyer"),
            sum(deal.owner_id == one.id for deal in untouched),
            sum(deal.owner_id == one.id for deal in deals),
        )
        for one in team
    ]
    return TeamUse(
        tuple(sorted(people, key=lambda one: (one.shared[1], one.opened[1], one.name))),
        _sum([one.shared for one in people]),
        _sum([one.opened for one in people]),
        tuple(sorted(untouched, key=lambda one: (-(one.amount or 0.0), one.name, one.id))),
        len(deals),
    )


def _sum(some: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(one for one, _ in some), sum(one for _, one in some)
