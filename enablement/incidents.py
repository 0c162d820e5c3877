"""What keeps going wrong: counted cheaply where it happens, weighed once a minute, told as one message each."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from enablement.model import Incident, IntegrationDay, Signal, key
from enablement.ports import Clock, Journal, Messenger, TryLater, Undeliverable

log = logging.getLogger(__name__)
WRITE_EVERY_S = 5.0
# What comes back within this time is the same incident, with the same message.
COMES_BACK_WITHIN = timedelta(hours=1)
CALLS = "calls"
LONGEST_SUMMARY = 500
TOLD_AT_ONCE = 20


@dataclass(frozen=True)
class Rule:
    """An incident opens from so many failures on, if they are this share (0..1) of all; below the share it is over."""

    least: int = 1
    share: float = 0.0


# A single call may fail, and the index is behind for half a minute after each upload. That Slack lets the app in again
# is heard once, perhaps in the same minute as the refusal; while it does not, a refusal is heard each minute.
RULES = {CALLS: Rule(5, 0.25), "index": Rule(5, 0.25), "slack": Rule(1, 1.0)}
_ANY = Rule()


class Incidents:
    """Hears of each failure and success; cheap and safe to call from any thread, never waits for the database.

    What was heard is written at most every few seconds, in the background. What the process did not come to write when
    it was killed is lost: these are observations, not records.
    """

    def __init__(self, journal: Journal, clock: Clock, *, write_every_s: float = WRITE_EVERY_S) -> None:
        self._journal = journal
        self._clock = clock
        self._write_every_s = write_every_s
        self._lock = threading.Lock()
        self._signals: dict[tuple[str, str], Signal] = {}
        self._days: dict[tuple[str, date], IntegrationDay] = {}
        self._timer: threading.Timer | None = None

    def failed(self, kind: str, subject: str, summary: str) -> None:
        """Say that something went wrong; the summary is for operators, without secrets and without content."""
        self._hear(Signal(kind, subject, 1, 0, summary[:LONGEST_SUMMARY], self._clock()))

    def worked(self, kind: str, subject: str) -> None:
        """Say that what may have failed before works."""
        self._hear(Signal(kind, subject, 0, 1, "", self._clock()))

    def called(self, name: str, ok: bool, used: int | None = None, allowed: int | None = None) -> None:
        """Say that an integration was called, and what it said of its daily limit, if it did."""
        now = self._clock()
        signal = Signal(CALLS, name, int(not ok), int(ok), "", now)
        self._hear(signal, IntegrationDay(name, now.date(), 1, int(not ok), used, allowed))

    def flush(self) -> None:
        """Write what was heard; what can't be written now is kept for the next time."""
        with self._lock:
            signals, self._signals = self._signals, {}
            days, self._days = self._days, {}
            self._timer = None
        if not signals and not days:
            return
        try:
            self._journal.note(signals.values(), days.values())
        except Exception as error:
            # Whatever the database raises: what is counted here must never break the work that is counted.
            log.info("what failed and worked can't be written now: %s", type(error).__name__)
            for signal in signals.values():
                self._hear(signal)
            for day in days.values():
                self._hear(None, day)

    def _hear(self, signal: Signal | None, day: IntegrationDay | None = None) -> None:
        with self._lock:
            if signal:
                at = (signal.kind, signal.subject)
                self._signals[at] = add_signals(self._signals.get(at), signal)
            if day:
                of = (day.name, day.day)
                self._days[of] = add_days(self._days.get(of), day)
            if self._timer is None:
                self._timer = threading.Timer(self._write_every_s, self.flush)
                self._timer.daemon = True
                self._timer.start()


def add_signals(was: Signal | None, new: Signal) -> Signal:
    """Return both as one; the later summary stands."""
    if was is None:
        return new
    first, last = (was, new) if was.last_at <= new.last_at else (new, was)
    return replace(
        last,
        failed=was.failed + new.failed,
        worked=was.worked + new.worked,
        summary=last.summary or first.summary,
    )


def add_days(was: IntegrationDay | None, new: IntegrationDay) -> IntegrationDay:
    """Return both as one; the newer word on the limit stands."""
    if was is None:
        return new
    said = new if new.used is not None else was
    return replace(said, calls=was.calls + new.calls, errors=was.errors + new.errors)


@dataclass(frozen=True)
class Weighed:
    """The incidents that are new or changed, and the signals (kind, subject) that are used up."""

    incidents: tuple[Incident, ...]
    spent: tuple[tuple[str, str], ...]


def weigh(signals: Iterable[Signal], known: Iterable[Incident], *, now: datetime) -> Weighed:
    """Decide what the signals mean. `known` are the incidents that are open or ended within the last hour.

    Failures that are too few to tell stay in the scales, unless something worked meanwhile.
    """
    latest = {(one.kind, one.subject): one for one in sorted(known, key=lambda one: one.opened_at)}
    incidents, spent = [], []
    for signal in signals:
        rule = RULES.get(signal.kind, _ANY)
        was = latest.get((signal.kind, signal.subject))
        if was and was.resolved_at and was.resolved_at < now - COMES_BACK_WITHIN:
            was = None
        is_open = was is not None and was.resolved_at is None
        if not is_open and not signal.worked and signal.failed < rule.least:
            continue
        spent.append((signal.kind, signal.subject))
        total = signal.failed + signal.worked
        enough = signal.failed >= (1 if is_open else rule.least)
        if enough and signal.failed >= rule.share * total:
            incidents.append(_seen(was, signal, now))
        elif was and is_open:
            incidents.append(replace(was, resolved_at=now, told=False))
    return Weighed(tuple(incidents), tuple(spent))


def _seen(was: Incident | None, signal: Signal, now: datetime) -> Incident:
    total = signal.failed + signal.worked
    summary = signal.summary or f"{signal.failed} of {total} calls to {signal.subject} failed"
    if was is None:
        return Incident(
            id=key("incident", signal.kind, signal.subject, now.isoformat()),
            kind=signal.kind,
            subject=signal.subject,
            summary=summary,
            count=signal.failed,
            opened_at=now,
            last_at=signal.last_at,
            resolved_at=None,
            channel="",
            ts="",
        )
    count, last_at = was.count + signal.failed, max(was.last_at, signal.last_at)
    return replace(was, summary=summary, count=count, last_at=last_at, resolved_at=None, told=False)


def keep_told(journal: Journal, messenger: Messenger, *, channel: str, now: datetime) -> None:
    """Bring the message of each changed incident up to date; what Slack does not take now is told the next time.

    Without a channel the log alone tells.
    """
    for incident in journal.untold(limit=TOLD_AT_ONCE):
        here = incident if incident.channel == channel else replace(incident, channel=channel, ts="")
        if not channel:
            journal.keep(replace(here, told=True))
            continue
        if not here.ts:
            # Before and after: what may be there from before a crash is looked for.
            journal.keep(here)
        try:
            ts = messenger.report(here, again=here == incident and not here.ts, now=now)
        except TryLater as error:
            log.warning("incidents will be told later: %s", error)
            return
        except Undeliverable as error:
            log.error("an incident can't be told: %s", error)  # noqa: TRY400 - expected, its trace tells nothing
            continue
        journal.keep(replace(here, ts=ts, told=True))
