"""Conditions as data: drawn at random, written as SOQL, and judged the slow and simple way."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

FIELDS = {
    "Name": "text",
    "StageName": "text",
    "NextStep": "text",
    "Amount": "number",
    "CloseDate": "date",
    "IsClosed": "boolean",
    "Account.Name": "text",
    "Account.Industry": "text",
    "Account.NumberOfEmployees": "number",
}
TEXTS = (
    "alpha",
    "Alpha",
    "BETA",
    "beta x",
    "50%",
    "a_b",
    "it's",
    "back\\slash",
    "Ünï",
    "Energy",
    "Prospecting",
    "",
)
NUMBERS = (0, 1, -1, 2.5, 10, 100, 1000.25)
DATES = ("2025-12-31", "2026-01-01", "2026-01-15", "2026-02-28", "2026-03-01")
_PATTERNS = ("a%", "%a", "%a%", "_lpha", "%\\%", "a\\_b", "%", "beta", "%'%", "%\\\\%", "ü%")


@dataclass(frozen=True)
class Compared:
    """field operator value"""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Like:
    """field LIKE pattern, in SOQL's own escapes"""

    field: str
    pattern: str


@dataclass(frozen=True)
class Among:
    """field [NOT] IN (values)"""

    field: str
    negated: bool
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Negated:
    """NOT (condition)"""

    inner: "Cond"


@dataclass(frozen=True)
class Joined:
    """conditions joined by one word"""

    word: str
    inner: "tuple[Cond, ...]"


Cond = Compared | Like | Among | Negated | Joined


def condition(rng: random.Random, depth: int = 0) -> Cond:
    """Draw a condition on the fields above."""
    kind = rng.random()
    if depth < 3 and kind < 0.3:
        return Joined(
            rng.choice(["AND", "OR"]), tuple(condition(rng, depth + 1) for _ in range(rng.randint(2, 3)))
        )
    if depth < 3 and kind < 0.4:
        return Negated(condition(rng, depth + 1))
    field = rng.choice(sorted(FIELDS))
    values = _values(FIELDS[field])
    if FIELDS[field] == "text" and kind < 0.55:
        return Like(field, rng.choice(_PATTERNS))
    if FIELDS[field] != "boolean" and kind < 0.7:
        return Among(field, rng.random() < 0.5, tuple(rng.choices([*values, None], k=rng.randint(1, 3))))
    operators = ["=", "!="] if FIELDS[field] == "boolean" else ["=", "!=", "<", "<=", ">", ">="]
    operator = rng.choice(operators)
    may_be_null = operator in ("=", "!=") and FIELDS[field] != "boolean"
    return Compared(field, operator, rng.choice([*values, None] if may_be_null else values))


def rendered(cond: Cond) -> str:
    """Return a condition as SOQL."""
    match cond:
        case Compared(field, operator, value):
            return f"{field} {operator} {_literal(value)}"
        case Like(field, pattern):
            escaped = pattern.replace("'", "\\'")
            return f"{field} LIKE '{escaped}'"
        case Among(field, negated, values):
            return f"{field} {'NOT ' if negated else ''}IN ({', '.join(map(_literal, values))})"
        case Negated(inner):
            return f"(NOT ({rendered(inner)}))"
        case Joined(word, parts):
            return f" {word} ".join(
                f"({rendered(each)})" if isinstance(each, Joined) else rendered(each) for each in parts
            )


def holds(cond: Cond, row: Row) -> bool:
    """Tell whether a condition holds for a row: whatever is compared with null is false, NOT turns that round."""
    match cond:
        case Compared(field, operator, value):
            return _compare(_folded(row[field]), operator, _folded(value))
        case Like(field, pattern):
            text = row[field]
            return text is not None and re.fullmatch(_as_regex(pattern), _folded(text), re.DOTALL) is not None
        case Among(field, negated, values):
            return any(_compare(_folded(row[field]), "=", _folded(value)) for value in values) != negated
        case Negated(inner):
            return not holds(inner, row)
        case Joined(word, parts):
            return (all if word == "AND" else any)(holds(each, row) for each in parts)


def ordered(rows: Sequence[Row], order: Sequence[tuple[str, bool, bool]]) -> list[Row]:
    """Return rows by (field, descending, nulls last), those that are equal in the order given."""
    result = list(rows)
    for field, descending, nulls_last in reversed(order):
        known = [row for row in result if row[field] is not None]
        unknown = [row for row in result if row[field] is None]
        known.sort(key=lambda row: _folded(row[field]), reverse=descending)
        result = known + unknown if nulls_last else unknown + known
    return result


def _compare(one: Any, operator: str, other: Any) -> bool:
    if operator == "=":
        return bool(one == other)
    if operator == "!=":
        return bool(one != other)
    if one is None or other is None:
        return False
    verdicts = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
    return bool(verdicts[operator])


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower() or None  # an empty text is no text
    return value


def _as_regex(pattern: str) -> str:
    pieces = re.findall(r"\\.|.", pattern.lower(), re.DOTALL)
    marks = {"%": ".*", "_": "."}
    return "".join(
        re.escape(piece[1:]) if piece.startswith("\\") else marks.get(piece, re.escape(piece))
        for piece in pieces
    )


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return value
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return str(value)


def _values(kind: str) -> tuple[Any, ...]:
    return {"text": TEXTS, "number": NUMBERS, "date": DATES, "boolean": (True, False)}[kind]
