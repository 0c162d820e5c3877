"""SOQL in bulk: nothing makes the parser or the org stumble, and rows are those a naive reading gives."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce import OrgConfig, create_app
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_parser import parse
from sandbox.salesforce.soql_sql import compile_query
from tests.sandbox.salesforce.client import log_in
from tests.sandbox.salesforce.conditions import (
    DATES,
    FIELDS,
    NUMBERS,
    TEXTS,
    Row,
    condition,
    holds,
    ordered,
    rendered,
)
from tests.sandbox.salesforce.statements import corpus, refusal, write_corpus

SEED = 20260102
EVERYBODY = Viewer("", sees_all=True)


@pytest.fixture(scope="module")
def filled(config: OrgConfig) -> Iterator[tuple[Org, list[dict[str, Any]]]]:
    """Return an org with a few rows, and the same rows as plain values in the order of their creation."""
    app = create_app(config)
    org, rng = log_in(app), random.Random(SEED)
    texts = [text for text in TEXTS if text]
    accounts: list[dict[str, Any]] = []
    for _ in range(8):
        account: dict[str, Any] = {
            "Name": rng.choice(texts),
            "Industry": rng.choice([None, "Energy", "Banking"]),
        }
        account["NumberOfEmployees"] = rng.choice([None, 1, 10, 100])
        accounts.append({"Id": org.create("Account", **account), **account})
    rows = []
    for _ in range(60):
        account = rng.choice([*accounts, {}])
        row: dict[str, Any] = {
            "Name": rng.choice(texts),
            "StageName": rng.choice(["Prospecting", "Closed Won"]),
            "NextStep": rng.choice([None, *texts]),
            "Amount": rng.choice([None, *NUMBERS]),
            "CloseDate": rng.choice(DATES),
        }
        row["Id"] = org.create("Opportunity", **row, **({"AccountId": account["Id"]} if account else {}))
        row["IsClosed"] = row["StageName"] == "Closed Won"
        rows.append(
            row | {f"Account.{name}": account.get(name) for name in ("Name", "Industry", "NumberOfEmployees")}
        )
    yield app.extensions["org"], rows
    app.extensions["org"].store.close()


def ids(org: Org, soql: str) -> list[str]:
    compiled = compile_query(
        parse(soql), org.schema, EVERYBODY, today=org.clock.now().date(), with_deleted=False
    )
    return [row[0] for row in org.store.select(compiled.sql, compiled.values)]


def outcome(org: Org, soql: str) -> str:
    """Return how far a statement comes; anything but a refusal in the platform's words is let fly."""
    if refusal(soql) is not None:
        return "refused by the parser"
    try:
        ids(org, soql)
    except ApiError as error:
        return "refused by the schema" if error.status == 400 else str(error)
    return "ran"


def test_rows_are_those_a_naive_reading_gives(filled: tuple[Org, list[dict[str, Any]]]) -> None:
    org, rows = filled
    rng = random.Random(SEED)
    sizes = set()
    for _ in range(2_000):
        cond = condition(rng)
        order = [(name, rng.random() < 0.5, rng.random() < 0.5) for name in rng.sample(sorted(FIELDS), 2)]
        limit, offset = rng.choice([None, 0, 3, 30]), rng.choice([0, 0, 2])
        keys = ", ".join(
            f"{name} {'DESC' if descending else 'ASC'} NULLS {'LAST' if last else 'FIRST'}"
            for name, descending, last in order
        )
        soql = f"SELECT Id FROM Opportunity WHERE {rendered(cond)} ORDER BY {keys}"  # noqa: S608 a statement of this test
        soql += ("" if limit is None else f" LIMIT {limit}") + (f" OFFSET {offset}" if offset else "")
        wanted: list[Row] = ordered([row for row in rows if holds(cond, row)], order)
        wanted = wanted[offset : None if limit is None else offset + limit]

        found = ids(org, soql)

        assert found == [row["Id"] for row in wanted], soql
        sizes.add(len(found))
    assert len(sizes) > 20  # the conditions are neither all true nor all false


def test_no_statement_makes_the_org_stumble(filled: tuple[Org, list[dict[str, Any]]]) -> None:
    org, _ = filled
    verdicts = {"ran": 0, "refused by the schema": 0, "refused by the parser": 0}
    for statement in corpus(6_000, SEED):
        verdict = outcome(org, statement.soql)
        verdicts[verdict] += 1
        assert statement.mutated or verdict == "ran", statement.soql
    assert all(count > 100 for count in verdicts.values()), verdicts


def test_the_same_seed_writes_the_same_corpus(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one", "two", "other")]
    for path, seed in zip(files, (1, 1, 2), strict=True):
        write_corpus(path, 200, seed)

    one, two, other = (path.read_text(encoding="utf-8") for path in files)

    assert one == two != other
    lines = [json.loads(line) for line in one.splitlines()]
    assert len({line["soql"] for line in lines}) == 200
    assert {line["kind"] for line in lines} == {"generated", "mutated"}
    assert all(line["accepted"] == (line["why"] is None) for line in lines)
