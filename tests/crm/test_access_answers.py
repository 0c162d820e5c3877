"""What Salesforce may answer to who may read what: a row that says yes in so many words opens, nothing else does."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask, jsonify

from crm.client import SalesforceClient
from crm.gateway import SalesforceCrm
from crm.mapping import load_field_map
from crm.session import Login
from enablement.access import CachedAccess
from enablement.ports import AccessUnknown
from sandbox.slack.server import Server
from tests.fakes import FakeClock

USER = "005Hs00000000AbIAI"
FIRST, SECOND, OTHER = "006Hs00000000AbIAI", "006Hs00000000AcIAI", "006Hs00000000AdIAI"


def row(record: object, says: object = True) -> dict[str, object]:
    return {"attributes": {"type": "UserRecordAccess"}, "RecordId": record, "HasReadAccess": says}


def page(*rows: object, done: object = True, **more: object) -> dict[str, object]:
    return {"totalSize": len(rows), "done": done, "records": list(rows), **more}


class Org(Flask):
    """An org that lets everybody in and answers each query with what it was told to."""

    answers: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__("org")
        self.add_url_rule(
            "/services/oauth2/token", "token", lambda: jsonify(access_token="t"), methods=["POST"]
        )
        self.add_url_rule("/services/data/<path:rest>", "data", lambda **_: self.answers())


@pytest.fixture
def org() -> Iterator[tuple[Org, CachedAccess]]:
    app = Org()
    with Server(app) as server:
        client = SalesforceClient(Login(server.url, "id", "secret"))
        nothing = cast("Any", None)
        crm = SalesforceCrm(
            client,
            load_field_map(None),
            catalog=nothing,
            mirror=nothing,
            ledger=nothing,
            copies=nothing,
            clock=FakeClock(),
        )
        yield app, CachedAccess(crm.readable, FakeClock())


def test_a_yes_is_a_yes_for_that_record_alone(org: tuple[Org, CachedAccess]) -> None:
    app, access = org
    app.answers = lambda: jsonify(page(row(FIRST), row(SECOND, says=False)))

    assert access.readable(USER, [FIRST, SECOND]) == {FIRST}


@pytest.mark.parametrize(
    "said",
    [
        page(),
        page(row(FIRST, says=False)),
        *(page(row(FIRST, says=one)) for one in ("true", "false", 1, "1", None, [], [True], {"a": 1})),
        page(row(OTHER)),
        page(row(FIRST), row(OTHER)),
        page(row(None), row(FIRST)),
        page(row("006"), row(FIRST)),
        page({"RecordId": FIRST}),
        page({"HasReadAccess": True}),
        page("yes", row(FIRST)),
        {"records": [row(FIRST)]},
        {"done": True},
        page(row(FIRST), done=False),
        page(row(FIRST), done=False, nextRecordsUrl="http://elsewhere.example/query/1"),
        [],
        "true",
        True,
        None,
    ],
)
def test_whatever_else_it_says_opens_nothing(said: object, org: tuple[Org, CachedAccess]) -> None:
    app, access = org
    app.answers = lambda: jsonify(said)

    assert opened(access) == frozenset()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<html>Down for maintenance</html>", 200),
        ("", 200),
        ('{"done": true, "records": [{"RecordId": "' + FIRST, 200),
        ('[{"errorCode": "SERVER_UNAVAILABLE", "message": "?"}]', 503),
        ('[{"errorCode": "INVALID_SESSION_ID", "message": "?"}]', 401),
        ('[{"errorCode": "MALFORMED_QUERY", "message": "?"}]', 400),
        ("?", 302),
    ],
)
def test_what_is_no_answer_opens_nothing(text: str, status: int, org: tuple[Org, CachedAccess]) -> None:
    app, access = org
    app.answers = lambda: (text, status)

    assert opened(access) == frozenset()


def opened(access: CachedAccess) -> frozenset[str]:
    try:
        return access.readable(USER, [FIRST, SECOND])
    except AccessUnknown:
        return frozenset()
