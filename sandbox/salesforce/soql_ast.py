"""A SOQL statement as data."""

from dataclasses import dataclass
from typing import Literal as OneOf

Direction = OneOf["ASC", "DESC"]


@dataclass(frozen=True)
class FieldPath:
    """A field, maybe of a parent: `Account.Owner.Email`."""

    names: tuple[str, ...]
    position: int

    @property
    def text(self) -> str:
        """Return the path as written."""
        return ".".join(self.names)


@dataclass(frozen=True)
class Aggregate:
    """COUNT(), COUNT(field), COUNT_DISTINCT, SUM, AVG, MIN or MAX."""

    function: str
    argument: FieldPath | None
    position: int

    @property
    def text(self) -> str:
        """Return the call as it may be written."""
        return f"{self.function}({self.argument.text if self.argument else ''})"


@dataclass(frozen=True)
class DateFunction:
    """CALENDAR_YEAR(field) and its kin; `converted` when the field stands in convertTimezone()."""

    function: str
    argument: FieldPath
    converted: bool
    position: int

    @property
    def text(self) -> str:
        """Return the call as it may be written."""
        inner = f"convertTimezone({self.argument.text})" if self.converted else self.argument.text
        return f"{self.function}({inner})"


@dataclass(frozen=True)
class Literal:
    """A value in a condition. Kinds: string, number, boolean, null, date, datetime, relative."""

    kind: str
    value: str | float | bool | None
    position: int
    count: int = 0
    """The n of LAST_N_DAYS:n."""


@dataclass(frozen=True)
class Comparison:
    """field = value and its kin; for LIKE the value is a pattern with `\\` as escape."""

    subject: "Subject"
    operator: str
    value: Literal


@dataclass(frozen=True)
class Membership:
    """field IN (values) or NOT IN."""

    subject: "FieldPath | DateFunction"
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class SemiJoin:
    """field IN (SELECT …) or NOT IN."""

    subject: FieldPath
    negated: bool
    query: "Query"


@dataclass(frozen=True)
class Includes:
    """multipicklist INCLUDES ('a;b', 'c') or EXCLUDES: each text is a set that must be there as a whole."""

    subject: FieldPath
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Not:
    """NOT condition."""

    condition: "Condition"


@dataclass(frozen=True)
class Logic:
    """Conditions joined by AND or by OR, never by both."""

    operator: OneOf["AND", "OR"]
    conditions: "tuple[Condition, ...]"


Subject = FieldPath | Aggregate | DateFunction
Condition = Comparison | Membership | SemiJoin | Includes | Not | Logic


@dataclass(frozen=True)
class Selected:
    """One entry of the SELECT list."""

    item: "FieldPath | Aggregate | DateFunction | Query"
    alias: str = ""


@dataclass(frozen=True)
class Ordering:
    """One entry of ORDER BY; nulls come first unless told otherwise."""

    subject: Subject
    direction: Direction
    nulls: OneOf["FIRST", "LAST"]


@dataclass(frozen=True)
class Query:
    """A whole statement or the inside of a subquery."""

    text: str
    selected: tuple[Selected, ...]
    source: str
    source_position: int
    alias: str = ""
    where: Condition | None = None
    group_by: tuple[FieldPath | DateFunction, ...] = ()
    having: Condition | None = None
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
    seen: OneOf["", "VIEW", "REFERENCE"] = ""
    """FOR VIEW or FOR REFERENCE."""
    all_rows: bool = False
