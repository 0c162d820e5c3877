"""Make SOQL statements: seeded, valid by construction, and spoilt ones.

`python -m tests.sandbox.salesforce.statements FILE [COUNT] [SEED]` writes a corpus as JSON lines, for parsers in other
languages: {"n", "soql", "kind": "generated" or "mutated", "accepted", "why"}, the last two by the parser of the org.
"""

# ruff: noqa: S608 - statements are what this file makes

import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql_parser import parse
from tests.sandbox.salesforce.conditions import FIELDS, condition, rendered

_MUTATIONS = 3
_WORDS = (
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "EXCLUDES", "GROUP", "BY", "HAVING",
    "ORDER", "ASC", "DESC", "NULLS", "FIRST", "LAST", "LIMIT", "OFFSET", "FOR", "VIEW", "ALL", "ROWS", "WITH",
    "USER_MODE", "null", "true", "TODAY", "LAST_N_DAYS", ":", "(", ")", ",", "=", "!=", "<>", "<", ">=", "'x'", "5",
    "-1", "1.5", "Name", "Id", "Account.Name", "COUNT()", "SUM(Amount)", "2026-01-01", "2026-01-01T00:00:00Z",
)  # fmt: skip
_CHARACTERS = "'\"()[]{},.:;=<>!%_\\/*+-#@ \n\tax0é"


@dataclass(frozen=True)
class Statement:
    """A statement and whether it was spoilt."""

    soql: str
    mutated: bool


def corpus(count: int, seed: int = 1) -> Iterator[Statement]:
    """Yield so many different statements, half of them spoilt."""
    rng = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        mutated = len(seen) % 2 == 1
        soql = generated(rng)
        if mutated:
            soql = spoilt(rng, soql)
        if soql not in seen:
            seen.add(soql)
            yield Statement(soql, mutated)


def write_corpus(path: Path, count: int = 6_000, seed: int = 1) -> int:
    """Write a corpus as JSON lines with this org's verdicts, and return how many it accepts."""
    accepted = 0
    with path.open("w", encoding="utf-8") as file:
        for number, statement in enumerate(corpus(count, seed)):
            why = refusal(statement.soql)
            accepted += why is None
            line = {
                "n": number,
                "soql": statement.soql,
                "kind": "mutated" if statement.mutated else "generated",
                "accepted": why is None,
                "why": why,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return accepted


def refusal(soql: str) -> str | None:
    """Return the last line of what the org's parser says against a statement, or None."""
    try:
        parse(soql)
    except ApiError as error:
        return error.message.rpartition("\n")[2]
    return None


def generated(rng: random.Random) -> str:
    """Return a statement that the schema of the org knows."""
    return rng.choice(_KINDS)(rng)


def spoilt(rng: random.Random, soql: str) -> str:
    """Return a statement with one to three random changes; it may happen to be valid still."""
    for _ in range(rng.randint(1, _MUTATIONS)):
        soql = rng.choice(_SPOILERS)(rng, soql)
    return soql


# --- kinds of statements


def _plain(rng: random.Random) -> str:
    names = rng.sample(sorted(FIELDS), rng.randint(1, 5))
    where = f" WHERE {rendered(condition(rng))}" if rng.random() < 0.8 else ""
    mode = rng.choice(["", "", "", " WITH USER_MODE", " WITH SECURITY_ENFORCED"])
    return _cased(
        rng, f"SELECT {', '.join(names)} FROM Opportunity{where}{mode}{_order(rng, names)}{_window(rng)}"
    )


def _aliased(rng: random.Random) -> str:
    name = rng.choice(["o", "opp", "X1"])
    fields = ", ".join(f"{name}.{field}" for field in rng.sample(["Id", "Name", "Amount", "Account.Name"], 2))
    return f"SELECT {fields} FROM Opportunity {name} WHERE {name}.Amount > {rng.randint(0, 9)}"


def _grouped(rng: random.Random) -> str:
    group = rng.choice(
        ["StageName", "Account.Industry", "CALENDAR_YEAR(CloseDate)", "OwnerId", "DAY_ONLY(CreatedDate)"]
    )
    aggregate = rng.choice(
        ["COUNT(Id)", "SUM(Amount)", "AVG(Amount)", "MIN(CloseDate)", "COUNT_DISTINCT(AccountId)"]
    )
    alias = rng.choice(["", " n", " total"])
    numeric = not aggregate.startswith("MIN")
    having = f" HAVING {aggregate} > {rng.randint(0, 50)}" if numeric and rng.random() < 0.5 else ""
    order = rng.choice(["", f" ORDER BY {aggregate} DESC NULLS LAST", f" ORDER BY {group}"])
    where = f" WHERE {rendered(condition(rng))}" if rng.random() < 0.5 else ""
    return f"SELECT {group}, {aggregate}{alias} FROM Opportunity{where} GROUP BY {group}{having}{order}{_limit(rng)}"


def _counted(rng: random.Random) -> str:
    counted = rng.choice(["COUNT()", "COUNT(Id)", "COUNT(Amount) n", "MAX(Amount), MIN(Amount)"])
    return f"SELECT {counted} FROM Opportunity WHERE {rendered(condition(rng))}"


def _with_children(rng: random.Random) -> str:
    child = rng.choice(["OpportunityHistories", "OpportunityContactRoles", "Content_Touches__r"])
    inner = f"SELECT Id FROM {child}{rng.choice(['', ' WHERE Id != null'])}{rng.choice(['', ' ORDER BY Id DESC'])}"
    inner += _limit(rng)
    return f"SELECT Id, ({inner}) FROM Opportunity WHERE {rendered(condition(rng))}"


def _semi_joined(rng: random.Random) -> str:
    negated = rng.choice(["", "NOT "])
    inner = rng.choice(
        [
            "SELECT Id FROM Account WHERE Industry = 'Energy'",
            "SELECT AccountId FROM Contact WHERE Email LIKE '%@example.com'",
            "SELECT Id FROM Account",
        ]
    )
    joined = f"AccountId {negated}IN ({inner})"
    more = f" AND ({rendered(condition(rng))})" if rng.random() < 0.5 else ""
    return f"SELECT Id FROM Opportunity WHERE {joined}{more}{_limit(rng)}"


def _moments(rng: random.Random) -> str:
    literal = rng.choice(
        [
            "TODAY",
            "YESTERDAY",
            "TOMORROW",
            "THIS_WEEK",
            "LAST_MONTH",
            "NEXT_QUARTER",
            "THIS_YEAR",
            "LAST_90_DAYS",
        ]
        + [
            f"{name}:{rng.randint(1, 400)}"
            for name in ("LAST_N_DAYS", "NEXT_N_WEEKS", "N_MONTHS_AGO", "LAST_N_YEARS")
        ]
    )
    field = rng.choice(["CloseDate", "CreatedDate", "SystemModstamp", "LastStageChangeDate"])
    function = rng.choice(
        ["CALENDAR_MONTH(CloseDate) = 3", "HOUR_IN_DAY(convertTimezone(CreatedDate)) IN (9, 10)"]
    )
    return f"SELECT Id FROM Opportunity WHERE {field} {rng.choice(['=', '!=', '<', '>='])} {literal} AND {function}"


def _ended(rng: random.Random) -> str:
    ending = rng.choice(
        ["FOR VIEW", "FOR REFERENCE", "ALL ROWS", "LIMIT 1 FOR VIEW", "LIMIT 5 OFFSET 2 ALL ROWS"]
    )
    return f"SELECT Id, Name FROM {rng.choice(['Account', 'Contact', 'Opportunity'])} {ending}"


def _order(rng: random.Random, names: list[str]) -> str:
    if rng.random() < 0.4:
        return ""
    parts = [
        f"{name}{rng.choice(['', ' ASC', ' DESC'])}{rng.choice(['', ' NULLS FIRST', ' NULLS LAST'])}"
        for name in names[: rng.randint(1, 3)]
    ]
    return f" ORDER BY {', '.join(parts)}"


def _window(rng: random.Random) -> str:
    return _limit(rng) + rng.choice(["", "", f" OFFSET {rng.randint(0, 20)}"])


def _limit(rng: random.Random) -> str:
    return rng.choice(["", f" LIMIT {rng.randint(0, 30)}"])


def _cased(rng: random.Random, soql: str) -> str:
    """Write a statement's keywords small, or its blanks as other blanks, outside of texts."""
    if rng.random() < 0.7:
        return soql
    pieces = soql.split("'")
    change: Callable[[str], str] = rng.choice(
        [str.lower, lambda text: text.replace(" ", "  "), lambda text: text.replace(" FROM ", "\nFROM\t")]
    )
    return "'".join(
        change(piece) if place % 2 == 0 and "\\" not in soql else piece for place, piece in enumerate(pieces)
    )


_KINDS = (
    _plain,
    _plain,
    _plain,
    _aliased,
    _grouped,
    _counted,
    _with_children,
    _semi_joined,
    _moments,
    _ended,
)


# --- ways to spoil them


def _drop(rng: random.Random, soql: str) -> str:
    words = soql.split(" ")
    del words[rng.randrange(len(words))]
    return " ".join(words)


def _double(rng: random.Random, soql: str) -> str:
    words = soql.split(" ")
    place = rng.randrange(len(words))
    return " ".join([*words[: place + 1], *words[place:]])


def _swap(rng: random.Random, soql: str) -> str:
    words = soql.split(" ")
    if len(words) > 1:
        place = rng.randrange(len(words) - 1)
        words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def _replace(rng: random.Random, soql: str) -> str:
    words = soql.split(" ")
    words[rng.randrange(len(words))] = rng.choice(_WORDS)
    return " ".join(words)


def _insert_word(rng: random.Random, soql: str) -> str:
    words = soql.split(" ")
    words.insert(rng.randrange(len(words) + 1), rng.choice(_WORDS))
    return " ".join(words)


def _insert_character(rng: random.Random, soql: str) -> str:
    place = rng.randrange(len(soql) + 1)
    return soql[:place] + rng.choice(_CHARACTERS) + soql[place:]


def _cut(rng: random.Random, soql: str) -> str:
    return soql[: rng.randrange(len(soql) + 1)]


def _join_otherwise(rng: random.Random, soql: str) -> str:
    before, after = rng.choice([(" AND ", " OR "), (" OR ", " AND "), (" AND ", " AND NOT "), ("(", "")])
    return soql.replace(before, after, 1)


_SPOILERS = (_drop, _double, _swap, _replace, _insert_word, _insert_character, _cut, _join_otherwise)


if __name__ == "__main__":
    target, *numbers = sys.argv[1:]
    write_corpus(Path(target), *map(int, numbers))
