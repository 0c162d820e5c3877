"""How the installation is: what waits and for how long, what fails, and whether that needs a person."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from enablement.incidents import keep_told
from enablement.model import (
    LANES,
    DeadLetters,
    Incident,
    IntegrationDay,
    Lane,
    QualityPart,
    Run,
    Signal,
    Waiting,
)
from enablement.ports import Services
from enablement.quality import score

log = logging.getLogger(__name__)
DAYS_SHOWN = 7
# How long due work may wait, in seconds: people wait for a reply; embedding a library takes its time.
LATE_S: dict[Lane, float] = {"reply": 60, "write": 300, "compute": 1800}
# A changed deal is to be read, and its suggestions made, within seconds.
FOLLOWING = ("deals.refresh", "deals.suggest")
FOLLOWING_LATE_S = 60
LASTED_OF, LASTED_WITHIN = 1000, timedelta(hours=1)
READINGS_WITHIN = timedelta(days=30)
HOOKS_SILENT = timedelta(hours=1)
BUDGET_SHARE = 0.8
# So long after the next round of a schedule is due, the one before is missed: other checks speak sooner.
OVERDUE = timedelta(minutes=15)
# Readings of the deals may be missed this often, and a slow one is no trouble.
READINGS_MISSED, READING_LATE = 3, timedelta(minutes=15)
BEHIND_COUNTED = 1000
HOOKS = "salesforce"


@dataclass(frozen=True)
class Check:
    """What was looked at, and what is said when it is wrong."""

    kind: str
    subject: str
    is_wrong: bool
    said: str


@dataclass(frozen=True)
class Trouble:
    """What needs a person, in one sentence, and its incident where one is open."""

    said: str
    incident: Incident | None


@dataclass(frozen=True)
class Hooks:
    """How soon changes in the CRM arrive. `lasted` is the longest (seconds) of the last tasks that followed one."""

    last_event: datetime | None
    last_deal_change: datetime | None
    waiting: int
    oldest: datetime | None
    lasted: float | None


@dataclass(frozen=True)
class Health:
    """The figures of one moment."""

    at: datetime
    days: tuple[IntegrationDay, ...]
    waiting: tuple[Waiting, ...]
    dead: tuple[DeadLetters, ...]
    hooks: Hooks
    last_reading: datetime | None
    relay_runs: bool
    # Schedules whose next round is due although the last one is not done.
    overdue: tuple[str, ...]
    behind: int
    open: tuple[Incident, ...]
    # The last round of learning from deals, and the one whose findings are in use.
    learned: Run | None
    in_use: Run | None


@dataclass(frozen=True)
class Quality:
    """What the deals lack; the score is 0..100, None without deals."""

    score: int | None
    parts: tuple[QualityPart, ...]


def measure(services: Services, *, now: datetime) -> Health:
    """Look at everything that is quickly looked at."""
    journal = services.journal
    readings = journal.lasted(["deals.sync"], since=now - READINGS_WITHIN, limit=1)
    return Health(
        at=now,
        days=tuple(journal.days(since=now.date() - timedelta(days=DAYS_SHOWN - 1))),
        waiting=tuple(journal.waiting(now=now)),
        dead=tuple(journal.dead_letters()),
        hooks=_hooks(services, now),
        last_reading=max((at for at, _ in readings), default=None),
        relay_runs=journal.is_held("relay", now=now),
        overdue=_overdue(services, now),
        behind=len(services.catalog.changes(services.index.stands_at(), limit=BEHIND_COUNTED)),
        open=tuple(one for one in journal.incidents(since=now) if one.resolved_at is None),
        learned=next(iter(services.evidence.runs(limit=1)), None),
        in_use=services.evidence.current(),
    )


def quality(services: Services, *, on: date, loss_reasons: bool, examples: int) -> Quality:
    """Look at the deals; `loss_reasons`: the CRM keeps why a deal was lost."""
    parts = services.journal.quality(on=on, loss_reasons=loss_reasons, examples=examples)
    return Quality(score(parts), tuple(parts))


def checks(health: Health, *, read_every_s: int) -> list[Check]:
    """Return what the figures mean, against what is expected of an installation that is well."""
    return [
        Check("relay", "", not health.relay_runs, "No relay runs: deals are not read and nobody keeps watch"),
        *(_lane(lane, health) for lane in LANES),
        _dead_letters(health.dead),
        _following(health),
        _hooks_speak(health.hooks),
        _reading(health, read_every_s),
        _schedules(health.overdue),
        _index(health.behind),
        *_budgets(health),
    ]


def troubles(health: Health, found: Iterable[Check]) -> list[Trouble]:
    """Return what needs a person."""
    wrong = {(one.kind, one.subject): one.said for one in found if one.is_wrong}
    known = {(one.kind, one.subject): one for one in health.open}
    said = {at: one.summary for at, one in known.items()} | wrong
    return [Trouble(said[at], known.get(at)) for at in dict.fromkeys((*wrong, *known))]


def watch(services: Services, *, channel: str, read_every_s: int) -> None:
    """Look at everything once, open and close incidents, and tell them in Slack (or, without a channel, in the log)."""
    journal, now = services.journal, services.clock()
    found = checks(measure(services, now=now), read_every_s=read_every_s)
    journal.note(
        Signal(one.kind, one.subject, int(one.is_wrong), int(not one.is_wrong), one.said, now)
        for one in found
    )
    for incident in journal.weigh(now=now):
        if incident.resolved_at:
            log.info("resolved: %s", incident.summary)
        elif incident.opened_at == now:
            log.error("an incident: %s", incident.summary)
    keep_told(journal, services.messenger, channel=channel, now=now)


def _hooks(services: Services, now: datetime) -> Hooks:
    journal = services.journal
    waiting = [one for one in journal.waiting(now=now, kinds=FOLLOWING) if one.state != "dead"]
    lasted = journal.lasted(FOLLOWING, since=now - LASTED_WITHIN, limit=LASTED_OF)
    return Hooks(
        last_event=journal.last_event(HOOKS),
        last_deal_change=journal.last_deal_change(),
        waiting=sum(one.count for one in waiting),
        oldest=min((one.oldest for one in waiting), default=None),
        lasted=max((seconds for _, seconds in lasted), default=None),
    )


def _lane(lane: Lane, health: Health) -> Check:
    oldest = min(
        (one.oldest for one in health.waiting if one.lane == lane and one.state != "dead"), default=None
    )
    late = (health.at - oldest).total_seconds() if oldest else 0.0
    said = f"Work in the lane {lane} has waited for {_span(late)}: are its worker and the relay running?"
    return Check("lane", lane, late > LATE_S[lane], said)


def _dead_letters(dead: Iterable[DeadLetters]) -> Check:
    kinds: dict[str, int] = {}
    for one in dead:
        kinds[one.kind] = kinds.get(one.kind, 0) + one.count
    # Not the reasons: they may quote what people wrote.
    said = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return Check("dead letters", "", bool(kinds), f"Dead letters ({said}): `touchline outbox` says why")


def _following(health: Health) -> Check:
    oldest = health.hooks.oldest
    late = (health.at - oldest).total_seconds() if oldest else 0.0
    said = f"A changed deal has waited for {_span(late)} to be read or to have its suggestions made"
    return Check("following", "", late > FOLLOWING_LATE_S, said)


def _hooks_speak(hooks: Hooks) -> Check:
    event, change = hooks.last_event, hooks.last_deal_change
    is_wrong = bool(event and change and change - event > HOOKS_SILENT)
    said = (
        "Deals change in Salesforce, but its hooks have been silent for more than an hour: are they still on?"
    )
    return Check("hooks", HOOKS, is_wrong, said)


def _reading(health: Health, every_s: int) -> Check:
    last = health.last_reading
    if last is None:
        # A first reading takes its time; what keeps it from being made is seen in the other checks.
        return Check("reading", "", is_wrong=False, said="The deals have not been read yet")
    late = max(READING_LATE, timedelta(seconds=READINGS_MISSED * every_s))
    ago = (health.at - last).total_seconds()
    return Check("reading", "", ago > late.total_seconds(), f"The deals were last read {_span(ago)} ago")


def _overdue(services: Services, now: datetime) -> tuple[str, ...]:
    every = services.schedules
    begun = services.journal.unfinished(every)
    return tuple(
        kind for kind in sorted(begun) if now - begun[kind] > timedelta(seconds=every[kind]) + OVERDUE
    )


def _schedules(overdue: tuple[str, ...]) -> Check:
    said = f"Overdue by their schedules: {', '.join(overdue)}: the workers' logs say why"
    return Check("schedules", "", bool(overdue), said)


def _index(behind: int) -> Check:
    much = (
        f"{behind} or more changes" if behind == BEHIND_COUNTED else f"{behind} change{'s' * (behind != 1)}"
    )
    return Check("index", "", behind > 0, f"The index is {much} behind the library")


def _budgets(health: Health) -> Iterable[Check]:
    for day in health.days:
        if day.day == health.at.date() and day.used is not None and day.allowed:
            share = day.used / day.allowed
            said = f"{day.name}: {share:.0%} of the day's API calls are used, by all that share them"
            yield Check("budget", day.name, share >= BUDGET_SHARE, said)


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 2:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
