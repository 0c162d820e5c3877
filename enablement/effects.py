"""What content does to deals as a person reads it: verdicts in words, points, plain counts, in the spoken language."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from babel import numbers

from enablement import wording
from enablement.language import _, ngettext, spoken_locale
from enablement.model import Effect, Interval, Plain, Reason, Verdict

# What a suggestion keeps of the evidence that it was made with.
EVIDENCE = "evidence"


@dataclass(frozen=True)
class Finding:
    """What was known of an asset's effect on winning when it was suggested.

    `interval` is None where there is no estimate at all. `segment` is empty for all deals; `too_thin` is the segment
    of the deal that knew too little, for which this stands in. `run` is the round of learning that it comes from.
    """

    verdict: Verdict
    interval: Interval | None
    deals: int
    segment: str = ""
    too_thin: str = ""
    plain: Plain | None = None
    run: str = ""


def finding(reasons: Sequence[Reason]) -> Finding | None:
    """Return the evidence among a suggestion's reasons, None where there is none that this version can read."""
    for one in reasons:
        if one.kind == EVIDENCE:
            try:
                return _read(one.values)
            except (ValueError, IndexError):
                return None
    return None


def verdict(found: Verdict) -> str:
    """Return a verdict in words, as a heading or a legend says it."""
    match found:
        case "helps":
            return _("Helps")
        case "hurts":
            return _("Hurts")
        case "no_clear_effect":
            return _("No clear effect")
        case "not_enough":
            return _("Not enough evidence yet")


def line(found: Finding) -> str:
    """Return a verdict with its size and the number of deals behind it, on one line."""
    if found.verdict == "not_enough" or found.interval is None:
        if not found.deals:
            return _("Not enough evidence yet (used in no closed deal)")
        return ngettext(
            "Not enough evidence yet (used in one deal)",
            "Not enough evidence yet (used in {n} deals)",
            found.deals,
        )
    used = ngettext("used in one deal", "used in {n} deals", found.deals)
    return " · ".join((_size(found.verdict, found.interval), _where(found.segment), used))


def in_short(reasons: Sequence[Reason]) -> tuple[str, str]:
    """Return the two strongest reasons as a sentence, and the verdict on its line; what is not known is empty."""
    found = finding(reasons)
    return wording.sentence(reasons), line(found) if found else ""


def quietly(reasons: Sequence[Reason]) -> tuple[str, str, str]:
    """Return the two strongest reasons as a sentence, a verdict worth a line, and else what is to be said aside.

    What is not known, and what makes no difference, is no news to who has seconds to spare: a few words are enough.
    """
    said, found = wording.sentence(reasons), finding(reasons)
    if found is None:
        return said, "", ""
    if found.interval and found.verdict in ("helps", "hurts"):
        return said, line(found), ""
    return said, "", _aside(found)


def why(reasons: Sequence[Reason]) -> list[str]:
    """Return all that is said for an asset as phrases, the strongest first, and the verdict at the end."""
    found = finding(reasons)
    return [*wording.phrases(reasons), *([line(found)] if found else [])]


def points(share: float, *, digits: int = 0) -> str:
    """Return a change of a share (0.06 is six points) in points, without a sign where it is none: “+6”, “−2”."""
    rounded = round(100 * share, digits)
    sign = "+" if rounded > 0 else "\N{MINUS SIGN}" if rounded < 0 else ""
    return f"{sign}{numbers.format_decimal(abs(rounded), locale=spoken_locale())}"


def counts(plain: Plain) -> str:
    """Return the plain counts as a sentence: nothing is adjusted in them."""
    return _(
        "Used in {used_won} of {won} won and in {used_lost} of {lost} lost deals that reached {stage}.",
        used_won=plain.used_won,
        won=plain.won,
        used_lost=plain.used_lost,
        lost=plain.lost,
        stage=plain.stage,
    )


def speed(effect: Effect) -> str:
    """Return what an asset does to how fast deals move on, as a sentence; nothing where too little is known."""
    if effect.verdict == "not_enough":
        return ""
    said = {name: times(value) for name, value in vars(effect.interval).items()}
    if effect.verdict == "no_clear_effect":
        return _(
            "No clear effect on speed: deals move on {estimate} times as fast ({low} to {high}).", **said
        )
    if effect.verdict == "helps":
        return _("Faster: deals move on {estimate} times as fast ({low} to {high}).", **said)
    return _("Slower: deals move on {estimate} times as fast ({low} to {high}).", **said)


def trial(effect: Effect) -> str:
    """Return what the suggestions that were shown or not by lot say, as a sentence; nothing where there were none."""
    if effect.trial is None:
        return ""
    return ngettext(
        "Experiment: shown or not by lot in one deal, {estimate} points ({low} to {high}).",
        "Experiment: shown or not by lot in {n} deals, {estimate} points ({low} to {high}).",
        effect.trial_deals,
        **_in_points(effect.trial),
    )


def hidden(effect: Effect) -> str:
    """Return what would overturn a verdict on winning, as a sentence; nothing where there is none to overturn."""
    if effect.hidden is None:
        return ""
    return _(
        "To overturn this, something we can't see would have to multiply both the odds that it is used and the odds "
        "to win by {times}.",
        times=times(effect.hidden),
    )


def times(ratio: float) -> str:
    """Return a factor with two digits after the point, or comma."""
    return str(numbers.format_decimal(ratio, format="#,##0.00", locale=spoken_locale()))


def _aside(found: Finding) -> str:
    if found.verdict != "not_enough" and found.interval:
        return ngettext("no clear effect (one deal)", "no clear effect ({n} deals)", found.deals)
    if not found.deals:
        return _("no evidence yet")
    return ngettext("not enough evidence yet (one deal)", "not enough evidence yet ({n} deals)", found.deals)


def _size(found: Verdict, interval: Interval) -> str:
    said = _in_points(interval)
    match found:
        case "helps":
            return _("Helps to win: {estimate} points ({low} to {high})", **said)
        case "hurts":
            return _("Hurts winning: {estimate} points ({low} to {high})", **said)
    return _("No clear effect on winning ({low} to {high} points)", low=said["low"], high=said["high"])


def _where(name: str) -> str:
    return _("in deals like this ({segment})", segment=wording.segment(name)) if name else _("in all deals")


def _in_points(interval: Interval) -> dict[str, str]:
    # Less than a point is said with its tenths: “helps, 0 points” would be no news.
    digits = 0 if abs(interval.estimate) >= 0.01 else 1
    return {name: points(value, digits=digits) for name, value in vars(interval).items()}


def _read(values: Sequence[str]) -> Finding:
    """Return what the values of a reason say; raises ValueError or IndexError for those of another version."""
    judged = next((one for one in get_args(Verdict) if one == values[0]), None)
    said = [float(value) for value in values[1:4] if value]
    if judged is None or not all(map(math.isfinite, said)):
        raise ValueError(f"not evidence of this version: {values}")
    used = [int(value) for value in values[7:11] if value]
    return Finding(
        verdict=judged,
        interval=Interval(*said) if len(said) == 3 else None,
        deals=int(values[4]),
        segment=values[5],
        too_thin=values[6],
        plain=Plain(values[11], *used) if len(used) == 4 else None,
        run=values[12] if len(values) > 12 else "",
    )
