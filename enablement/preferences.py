"""What somebody chose for themselves: read wherever they are spoken to, changed by them alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time

from enablement.model import LANGUAGES, NUDGE_KINDS, NudgeKind, Preferences
from enablement.ports import Services


def preferences_of(slack_id: str, services: Services) -> Preferences:
    """Return what a person chose; the defaults where nothing was chosen."""
    return services.preferences.of(slack_id)


def quiet_hours_of(slack_id: str, services: Services) -> tuple[time, time]:
    """Return a person's quiet hours, from when to when by their own clock: their own, else the installation's."""
    return preferences_of(slack_id, services).quiet_hours or services.quiet_hours


def choose(
    slack_id: str,
    services: Services,
    *,
    language: str,
    quiet_hours: tuple[time, time] | None,
    muted: Iterable[NudgeKind],
    digest: bool,
    now: datetime,
) -> Preferences:
    """Store all that a person chose in the form; the installation's own quiet hours are no choice."""
    if language and language not in LANGUAGES:
        raise ValueError(f"there is no language {language}")
    if quiet_hours == services.quiet_hours:
        quiet_hours = None

    def chosen(was: Preferences) -> Preferences:
        return replace(
            was,
            language=language,
            quiet_hours=quiet_hours,
            muted=frozenset(muted) & set(NUDGE_KINDS),
            digest=digest,
            changed_at=now,
        )

    return services.preferences.change(slack_id, chosen)


def mute(
    slack_id: str, kind: NudgeKind, services: Services, *, now: datetime, muted: bool = True
) -> Preferences:
    """Store that a person wants no nudges of a kind any more, or wants them again."""

    def chosen(was: Preferences) -> Preferences:
        kinds = was.muted | {kind} if muted else was.muted - {kind}
        return was if kinds == was.muted else replace(was, muted=kinds, changed_at=now)

    return services.preferences.change(slack_id, chosen)


def set_digest(slack_id: str, services: Services, *, wanted: bool, now: datetime) -> Preferences:
    """Store whether a person wants the weekly digest."""

    def chosen(was: Preferences) -> Preferences:
        return was if was.digest == wanted else replace(was, digest=wanted, changed_at=now)

    return services.preferences.change(slack_id, chosen)
