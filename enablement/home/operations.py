"""How the installation is, as those who run it see it on their Home tab; and for administrators who is what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.health import Check, Health, checks, measure
from enablement.incidents import RULES
from enablement.model import Audit, Role, Run, Waiting
from enablement.ports import Services
from enablement.retrying import RETRY
from enablement.roles import role_sources

# Looked at by a person; where they are shown as well, what changes by the second would be drawn by the second.
WAITS = timedelta(seconds=15)
CHECKED_WITHIN = timedelta(days=2)
WRITES = ("crm.touch", "crm.asset", "crm.suggest", "crm.summary")
NAMES_SHOWN = 5
_AUDITS_LOOKED_AT = 20


@dataclass(frozen=True)
class Wrong:
    """What needs somebody: a check or an incident, since when if that is known, and what was said of it in English."""

    kind: str
    subject: str
    since: datetime | None
    said: str


@dataclass(frozen=True)
class RoleSource:
    """A group, a profile, a permission set, or the settings themselves (no `source`), and who has a role by it."""

    role: Role
    source: str
    names: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class OpsPart:
    """The installation at a moment, to the minute: no customer, deal or content is named in it.

    `dead` counts dead letters by kind, `failed` today's failed calls by integration (UTC); `slowest` is how many
    seconds the slowest change of the last hour took from Salesforce to the suggestions. `roles` is for admins alone.
    """

    wrong: tuple[Wrong, ...]
    dead: tuple[tuple[str, int], ...]
    retried: Audit | None
    overdue: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    read: datetime | None
    written: datetime | None
    hooked: datetime | None
    compared: datetime | None
    slowest: int | None
    failed: tuple[tuple[str, int], ...]
    indexed: int
    published: int | None
    learned: Run | None
    roles: tuple[RoleSource, ...] | None = None


def ops_part(services: Services, *, now: datetime, is_admin: bool) -> OpsPart:
    """Look at the installation as `touchline status` does."""
    health, figures = measure(services, now=now), services.homes.figures()
    found = checks(health, read_every_s=services.schedules.get("deals.sync", 0))
    dead: dict[str, int] = {}
    for one in health.dead:
        dead[one.kind] = dead.get(one.kind, 0) + one.count
    return OpsPart(
        wrong=_wrong(health, found),
        dead=tuple(sorted(dead.items())),
        retried=_retried(services, now),
        overdue=health.overdue,
        waiting=tuple(one for one in health.waiting if one.state == "due" and now - one.oldest > WAITS),
        read=_minute(health.last_reading),
        written=_minute(_last(services, WRITES, now)),
        hooked=_minute(health.hooks.last_event),
        compared=_minute(_last(services, ("crm.check", "crm.check_all"), now)),
        slowest=None if health.hooks.lasted is None else round(health.hooks.lasted),
        failed=tuple((one.name, one.errors) for one in health.days if one.day == now.date() and one.errors),
        indexed=services.index.stands_at(),
        published=figures.published if figures else None,
        learned=health.learned,
        roles=_roles(services) if is_admin else None,
    )


def _wrong(health: Health, found: Iterable[Check]) -> tuple[Wrong, ...]:
    """Return what is wrong now, and what was told and no check looks at; what is well again is told a minute later."""
    opened = {(one.kind, one.subject): one for one in health.open}
    looked = {(one.kind, one.subject): one for one in found}
    # What passes by itself is wrong only when it lasts.
    wrong = [at for at, one in looked.items() if one.is_wrong and (at in opened or one.kind not in RULES)]
    others = [at for at in opened if at not in looked]
    return tuple(
        Wrong(
            *at,
            since=opened[at].opened_at if at in opened else None,
            said=looked[at].said if at in looked else opened[at].summary,
        )
        for at in (*wrong, *others)
    )


def _last(services: Services, kinds: tuple[str, ...], now: datetime) -> datetime | None:
    done = services.journal.lasted(kinds, since=now - CHECKED_WITHIN, limit=1)
    return max((at for at, _ in done), default=None)


def _retried(services: Services, now: datetime) -> Audit | None:
    """Return who tried again last, today."""
    audits = services.journal.audits(limit=_AUDITS_LOOKED_AT, since=now - timedelta(days=1))
    return next((one for one in audits if one.action == RETRY), None)


def _roles(services: Services) -> tuple[RoleSource, ...]:
    return tuple(
        RoleSource(role, source, tuple(names[:NAMES_SHOWN]), len(names))
        for role, source, names in role_sources(services)
    )


def _minute(at: datetime | None) -> datetime | None:
    return at and at.replace(second=0, microsecond=0)
