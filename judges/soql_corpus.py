"""Draw SOQL statements from a seed: whole ones by the grammar, and the same with something broken in them."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

_FIELDS = (
    "Id",
    "Name",
    "Amount",
    "StageName",
    "CloseDate",
    "CreatedDate",
    "IsClosed",
    "Owner.Name",
    "Account.Name",
)
_OBJECTS = ("Opportunity", "Account", "Contact", "Content_Touch__c")
_CHILDREN = ("Contacts", "OpportunityContactRoles", "Content_Touches__r")
_TEXTS = (
    "''",
    "'x'",
    "'O\\'Neill'",
    "'50\\%'",
    "'a\\\\b'",
    "'é漢'",
    "'%ing'",
    "'(AND)'",
    "'\\u00e9'",
    "'\"'",
)
_DATES = ("TODAY", "YESTERDAY", "THIS_WEEK", "LAST_QUARTER", "NEXT_FISCAL_YEAR", "LAST_90_DAYS")
_COUNTED_DATES = ("LAST_N_DAYS", "NEXT_N_MONTHS", "N_DAYS_AGO", "LAST_N_FISCAL_QUARTERS")
_DATE_PARTS = ("CALENDAR_YEAR", "CALENDAR_MONTH", "DAY_IN_WEEK", "FISCAL_QUARTER", "HOUR_IN_DAY")
_STRAY = (
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP", "BY", "ORDER", "LIMIT", "OFFSET"),
    *("NULLS", "FIRST", "HAVING", "ALL", "ROWS", "FOR", "VIEW", "x", "7", "null"),
    *"(),=<':",
)
_T = TypeVar("_T")
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|[A-Za-z0-9_.:+-]+|<=|>=|!=|<>|\S|\s+")


def statements(*, seed: int, whole: int, broken: int) -> Iterator[str]:
    """Return so many statements by the grammar, then so many mutated ones; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a drawn corpus, not a secret
    for _ in range(whole):
        yield _Grammar(chance).query()
    for _ in range(broken):
        statement = _Grammar(chance).query()
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            statement = _mutated(statement, chance)
        yield statement


class _Grammar:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def query(self) -> str:
        if self._may(0.15):
            return self._grouped()
        selected = [self._pick(_FIELDS) for _ in range(self._count(4))]
        if self._may(0.2):
            selected.append(self._child())
        alias = self._pick(("o", "opp")) if self._may(0.1) else ""
        scope = "USING SCOPE mine" if self._may(0.02) else ""
        fields = self._pick(("FIELDS(ALL)", "FIELDS(STANDARD)")) if self._may(0.02) else ", ".join(selected)
        what = "COUNT()" if self._may(0.05) else fields
        return _joined(
            *("SELECT", what, "FROM", self._pick(_OBJECTS), alias, scope),
            *(self._where(), self._security(), self._order(self._field), self._window(), self._ending()),
        )

    def _grouped(self) -> str:
        keys = [self._pick((self._field, self._date_part))() for _ in range(self._count(2))]
        amounts = [f"{self._aggregate()}{self._pick(('', '', ' total'))}" for _ in range(self._count(2))]
        by = ", ".join(keys)
        if self._may(0.1):
            by = f"{self._pick(('ROLLUP', 'CUBE'))}({by})"
        having = f"HAVING {self._aggregate()} > {self._number()}" if self._may(0.4) else ""
        return _joined(
            *("SELECT", ", ".join((*keys, *amounts)), "FROM", self._pick(_OBJECTS)),
            *(self._where(), self._security(), "GROUP BY", by, having),
            *(self._order(self._aggregate), self._window()),
        )

    def _child(self) -> str:
        fields = ", ".join(self._pick(_FIELDS) for _ in range(self._count(2)))
        limit = f"LIMIT {self._count(50)}" if self._may(0.3) else ""
        part = (
            "SELECT",
            fields,
            "FROM",
            self._pick(_CHILDREN),
            self._where(),
            self._order(self._field),
            limit,
        )
        return f"({_joined(*part)})"

    def _semi_join(self) -> str:
        inner = _joined("SELECT", self._field(), "FROM", self._pick(_OBJECTS), self._where())
        return f"Id {self._pick(('IN', 'NOT IN'))} ({inner})"

    def _where(self) -> str:
        return f"WHERE {self._condition(2)}" if self._may(0.7) else ""

    def _condition(self, depth: int) -> str:
        if depth == 0 or self._may(0.4):
            return self._simple()
        if self._may(0.15):
            return f"NOT {self._simple()}" if self._may(0.5) else f"(NOT {self._simple()})"
        joint = self._pick((" AND ", " OR "))
        parts = [self._condition(depth - 1) for _ in range(self._count(2) + 1)]
        return joint.join(part if re.fullmatch(r"[\w.]+ \S+ \S+", part) else f"({part})" for part in parts)

    def _simple(self) -> str:
        field = self._pick(_FIELDS)
        kinds: Sequence[Callable[[], str]] = (
            lambda: f"{field} {self._pick(('=', '!=', '<>', '<', '<=', '>', '>='))} {self._value()}",
            lambda: f"{field} LIKE {self._pick(_TEXTS)}",
            lambda: f"{field} {self._pick(('IN', 'NOT IN'))} ({self._values()})",
            self._semi_join,
            lambda: f"Tags__c {self._pick(('INCLUDES', 'EXCLUDES'))} ({self._pick(_TEXTS)}, 'a;b')",
            lambda: f"{self._date_part()} = {self._count(12)}",
        )
        return self._chance.choices(kinds, weights=(6, 2, 2, 1, 1, 1))[0]()

    def _value(self) -> str:
        return self._pick(
            (
                self._pick(_TEXTS),
                self._number(),
                self._pick(("true", "FALSE", "null", "NULL")),
                self._pick(("2026-01-31", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000+02:00")),
                self._pick(_DATES),
                f"{self._pick(_COUNTED_DATES)}:{self._count(30)}",
            )
        )

    def _values(self) -> str:
        return ", ".join(self._pick(_TEXTS) for _ in range(self._count(3)))

    def _number(self) -> str:
        return self._pick(("0", "7", "-7", "12.50", "-0.5", "1000000"))

    def _aggregate(self) -> str:
        return (
            f"{self._pick(('COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'COUNT_DISTINCT', 'count'))}({self._field()})"
        )

    def _date_part(self) -> str:
        return f"{self._pick(_DATE_PARTS)}(CreatedDate)"

    def _field(self) -> str:
        return self._pick(_FIELDS)

    def _security(self) -> str:
        return (
            self._pick(("WITH USER_MODE", "WITH SECURITY_ENFORCED", "with user_mode"))
            if self._may(0.1)
            else ""
        )

    def _order(self, by: Callable[[], str]) -> str:
        if not self._may(0.4):
            return ""
        keys = [
            by()
            + self._pick(("", " ASC", " DESC", " desc"))
            + self._pick(("", "", " NULLS FIRST", " NULLS LAST"))
            for _ in range(self._count(2))
        ]
        return f"ORDER BY {', '.join(keys)}"

    def _window(self) -> str:
        limit = f"LIMIT {self._count(2000)}" if self._may(0.4) else ""
        return _joined(limit, f"OFFSET {self._count(2000)}" if self._may(0.1) else "")

    def _ending(self) -> str:
        return self._pick(("FOR VIEW", "FOR REFERENCE", "FOR UPDATE", "ALL ROWS")) if self._may(0.08) else ""

    def _may(self, share: float) -> bool:
        return self._chance.random() < share

    def _pick(self, among: Sequence[_T]) -> _T:
        return self._chance.choice(among)

    def _count(self, most: int) -> int:
        return self._chance.randint(1, most)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _mutated(statement: str, chance: random.Random) -> str:
    pieces = _TOKEN.findall(statement)
    places = [place for place, piece in enumerate(pieces) if not piece.isspace()]
    if len(places) < 2:
        return statement
    at = chance.choice(places)
    match chance.randrange(7):
        case 0:
            pieces[at] = ""
        case 1:
            pieces[at] += f" {pieces[at]}"
        case 2:
            other = chance.choice(places)
            pieces[at], pieces[other] = pieces[other], pieces[at]
        case 3:
            pieces[at] = chance.choice(_STRAY)
        case 4:
            pieces[at] += f" {chance.choice(_STRAY)}"
        case 5:
            del pieces[at:]
        case _:
            letters = list(pieces[at])
            letters[chance.randrange(len(letters))] = chance.choice("'\\()%_=<9z. ")
            pieces[at] = "".join(letters)
    return "".join(pieces)
