"""Date functions of SOQL, as SQL over the texts that dates and moments are kept as.

The fiscal year of this org is the calendar year; all days are UTC.
"""

from sandbox.salesforce.schema import Field

# Weeks count from the first day of the month or year, as on the platform: week 1 is the first seven days.
_WHOLE = {
    "CALENDAR_MONTH": "{m}",
    "CALENDAR_QUARTER": "({m} + 2) / 3",
    "CALENDAR_YEAR": "{y}",
    "DAY_IN_MONTH": "{d}",
    "DAY_IN_WEEK": "{w} + 1",
    "DAY_IN_YEAR": "{j}",
    "FISCAL_MONTH": "{m}",
    "FISCAL_QUARTER": "({m} + 2) / 3",
    "FISCAL_YEAR": "{y}",
    "HOUR_IN_DAY": "{h}",
    "WEEK_IN_MONTH": "({d} + 6) / 7",
    "WEEK_IN_YEAR": "({j} + 6) / 7",
}
_OF_MOMENTS = frozenset({"DAY_ONLY", "HOUR_IN_DAY"})
_PARTS = {"y": "%Y", "m": "%m", "d": "%d", "j": "%j", "w": "%w", "h": "%H"}

DATE_FUNCTIONS = frozenset(_WHOLE) | {"DAY_ONLY"}


def takes(function: str, field: Field, *, converted: bool) -> bool:
    """Tell whether a date function takes a field, whose time zone may be converted if it holds moments."""
    if function in _OF_MOMENTS or converted:
        return field.type == "datetime"
    return field.type in ("date", "datetime")


def function_sql(function: str, column: str) -> str:
    """Return a date function of a column; NULL stays NULL."""
    # SQLite reads `2026-01-02T03:04:05`, not the offset behind it.
    moment = f"substr({column}, 1, 19)"
    if function == "DAY_ONLY":
        return f"substr({column}, 1, 10)"
    parts = {name: f"CAST(strftime('{form}', {moment}) AS INTEGER)" for name, form in _PARTS.items()}
    return f"({_WHOLE[function].format(**parts)})"


def function_field(function: str) -> Field:
    """Return what the value of a date function is."""
    return Field(function, "date" if function == "DAY_ONLY" else "int")
