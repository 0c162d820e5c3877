"""What somebody chose for themselves: as lines on their Home tab, and as the form that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    InputBlock,
    Option,
    StaticSelectElement,
    TimePickerElement,
)
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import label, section
from enablement.language import _, in_a_row
from enablement.model import NUDGE_KINDS, NudgeKind, Preferences

FORM = "settings.form"
LANGUAGE, FROM, TO, NUDGES, DIGEST = "language", "quiet_from", "quiet_to", "nudges", "digest"
_AS_IN_SLACK = "slack"
# Each as those call it who speak it: whoever can't read the language of the form must find their own.
NAMES: Mapping[str, str] = {
    "en": "English",
    "fr": "Français",
    "pt-BR": "Português (Brasil)",
    "th": "ไทย",
    "zh-TW": "繁體中文",
    "ko": "한국어",
}


@dataclass(frozen=True)
class Chosen:
    """What somebody filled in."""

    language: str
    quiet_hours: tuple[time, time]
    muted: frozenset[NudgeKind]
    digest: bool


def settings_lines(chosen: Preferences, quiet_hours: tuple[time, time], time_zone: str) -> list[str]:
    """Return what somebody chose, a line each; the lines are not escaped yet."""
    language = NAMES.get(chosen.language) or _("as in Slack")
    heard = [nudge_kind(one) for one in NUDGE_KINDS if one not in chosen.muted]
    return [
        _("Language: {language}", language=language),
        _quiet(quiet_hours, time_zone),
        _("Tell me when: {events}", events=in_a_row(heard) or _("never")),
        _("Weekly digest: on") if chosen.digest else _("Weekly digest: off"),
    ]


def settings_in_short(chosen: Preferences, quiet_hours: tuple[time, time]) -> str:
    """Return what somebody chose in a line, as a reminder; not escaped yet."""
    begins, ends = quiet_hours
    heard = len([one for one in NUDGE_KINDS if one not in chosen.muted])
    told = _("all alerts") if heard == len(NUDGE_KINDS) else _("some alerts") if heard else _("no alerts")
    parts = [
        *([NAMES[chosen.language]] if chosen.language in NAMES else []),
        _("Quiet hours: none")
        if begins == ends
        else _("Quiet {hours}", hours=f"{begins:%H:%M}–{ends:%H:%M}"),
        told,
        _("weekly digest") if chosen.digest else _("no weekly digest"),
    ]
    return " · ".join(parts)


def settings_form(chosen: Preferences, quiet_hours: tuple[time, time], time_zone: str) -> View:
    """Draw the form, filled with what is chosen now."""
    languages = [
        Option(value=_AS_IN_SLACK, text=label(_("As in Slack"))),
        *(Option(value=tag, text=label(name)) for tag, name in NAMES.items()),
    ]
    language = next((one for one in languages if one.value == chosen.language), languages[0])
    nudges = [Option(value=one, text=label(nudge_kind(one))) for one in NUDGE_KINDS]
    heard = [one for one in nudges if one.value not in chosen.muted]
    digest = [Option(value=DIGEST, text=label(_("Once a week, what matters in a message")))]
    begins, ends = quiet_hours
    return View(
        type="modal",
        callback_id=FORM,
        title=label(_("Settings")),
        submit=label(_("Save")),
        close=label(_("Cancel")),
        blocks=[
            InputBlock(
                block_id=LANGUAGE,
                label=label(_("Language")),
                element=StaticSelectElement(action_id=LANGUAGE, options=languages, initial_option=language),
            ),
            InputBlock(
                block_id=FROM,
                label=label(_("Quiet from")),
                element=TimePickerElement(action_id=FROM, initial_time=f"{begins:%H:%M}"),
            ),
            InputBlock(
                block_id=TO,
                label=label(_("Quiet until")),
                hint=label(
                    _("By your clock in Slack: {zone}. The same time twice: never quiet.", zone=time_zone)
                ),
                element=TimePickerElement(action_id=TO, initial_time=f"{ends:%H:%M}"),
            ),
            InputBlock(
                block_id=NUDGES,
                label=label(_("Tell me when")),
                optional=True,
                element=CheckboxesElement(action_id=NUDGES, options=nudges, initial_options=heard or None),
            ),
            InputBlock(
                block_id=DIGEST,
                label=label(_("Weekly digest")),
                optional=True,
                element=CheckboxesElement(
                    action_id=DIGEST, options=digest, initial_options=digest if chosen.digest else None
                ),
            ),
        ],
    )


def saved_view(chosen: Preferences, quiet_hours: tuple[time, time], time_zone: str) -> View:
    """Draw what is chosen now, in place of the form."""
    lines = "\n".join(escape(one, most=400) for one in settings_lines(chosen, quiet_hours, time_zone))
    saved = _("Saved.")
    return View(
        type="modal",
        title=label(_("Settings")),
        close=label(_("Close")),
        blocks=[section(f"*{saved}*\n{lines}")],
    )


def read_settings(view: Mapping[str, Any]) -> Chosen:
    """Return what was filled in."""
    values = view["state"]["values"]

    def of(name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = values.get(name, {}).get(name) or {}
        return found

    def ticked(name: str) -> set[str]:
        return {str(one["value"]) for one in of(name).get("selected_options") or []}

    language = str((of(LANGUAGE).get("selected_option") or {}).get("value") or "")
    heard = ticked(NUDGES)
    return Chosen(
        language=language if language in NAMES else "",
        quiet_hours=(_time(of(FROM), time(20)), _time(of(TO), time(8))),
        muted=frozenset(one for one in NUDGE_KINDS if one not in heard),
        digest=DIGEST in ticked(DIGEST),
    )


def _time(said: Mapping[str, Any], otherwise: time) -> time:
    try:
        return time.fromisoformat(str(said.get("selected_time") or ""))
    except ValueError:
        return otherwise


def nudge_kind(one: NudgeKind) -> str:
    match one:
        case "deal_changed":
            return _("a deal of mine moves on")
        case "buyer_opened":
            return _("a buyer opens what I shared")
        case "replaced":
            return _("something I shared is replaced")
        case "battlecard":
            return _("a competitor's battlecard changes")


def _quiet(quiet_hours: tuple[time, time], time_zone: str) -> str:
    begins, ends = quiet_hours
    if begins == ends:
        return _("Quiet hours: none")
    hours = f"{begins:%H:%M}–{ends:%H:%M}"
    return _("Quiet hours: {hours} ({zone})", hours=hours, zone=time_zone)
