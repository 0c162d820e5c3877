"""Relative dates of SOQL as half-open ranges of days."""

from collections.abc import Callable
from datetime import date, timedelta

Range = tuple[date, date]

_DAY = timedelta(days=1)


def days_meant(literal: str, count: int, *, today: date) -> Range:
    """Return the first day a relative date covers and the day after its last."""
    if literal in COUNTED:
        return COUNTED[literal](today, count)
    return UNCOUNTED[literal](today)


def _days(start: int, end: int) -> Callable[[date], Range]:
    return lambda today: (today + start * _DAY, today + end * _DAY)


def _weeks(today: date, start: int, end: int) -> Range:
    # Weeks begin on Sunday, as in the locale en_US of this org.
    sunday = today - (today.isoweekday() % 7) * _DAY
    return sunday + 7 * start * _DAY, sunday + 7 * end * _DAY


def _month(today: date, offset: int) -> date:
    years, month = divmod(today.month - 1 + offset, 12)
    return date(today.year + years, month + 1, 1)


def _months(today: date, start: int, end: int) -> Range:
    return _month(today, start), _month(today, end)


def _quarters(today: date, start: int, end: int) -> Range:
    into = (today.month - 1) % 3
    return _month(today, 3 * start - into), _month(today, 3 * end - into)


def _years(today: date, start: int, end: int) -> Range:
    return date(today.year + start, 1, 1), date(today.year + end, 1, 1)


_SPANS: dict[str, Callable[[date, int, int], Range]] = {
    "WEEK": _weeks,
    "MONTH": _months,
    "QUARTER": _quarters,
    "YEAR": _years,
    # The fiscal year of this org is the calendar year.
    "FISCAL_QUARTER": _quarters,
    "FISCAL_YEAR": _years,
}

UNCOUNTED: dict[str, Callable[[date], Range]] = {
    "TODAY": _days(0, 1),
    "YESTERDAY": _days(-1, 0),
    "TOMORROW": _days(1, 2),
    "LAST_90_DAYS": _days(-90, 1),
    "NEXT_90_DAYS": _days(1, 91),
}
COUNTED: dict[str, Callable[[date, int], Range]] = {
    "LAST_N_DAYS": lambda today, n: (today - n * _DAY, today + _DAY),
    "NEXT_N_DAYS": lambda today, n: (today + _DAY, today + (n + 1) * _DAY),
    "N_DAYS_AGO": lambda today, n: (today - n * _DAY, today - (n - 1) * _DAY),
}


def _add_span(name: str, span: Callable[[date, int, int], Range]) -> None:
    UNCOUNTED[f"LAST_{name}"] = lambda today: span(today, -1, 0)
    UNCOUNTED[f"THIS_{name}"] = lambda today: span(today, 0, 1)
    UNCOUNTED[f"NEXT_{name}"] = lambda today: span(today, 1, 2)
    COUNTED[f"LAST_N_{name}S"] = lambda today, n: span(today, -n, 0)
    COUNTED[f"NEXT_N_{name}S"] = lambda today, n: span(today, 1, n + 1)
    COUNTED[f"N_{name}S_AGO"] = lambda today, n: span(today, -n, 1 - n)


for _name, _span in _SPANS.items():
    _add_span(_name, _span)
