"""The session under the client: one login for many, one replay, one host, an end to waiting."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, redirect, request

from crm.client import SalesforceClient
from crm.session import Login, open_session
from enablement.ports import TryLater, Undeliverable
from sandbox import salesforce
from sandbox.slack.server import Server
from stack import free_port
from tests.crm.conftest import Org
from tests.doors import CLIENT_ID, CLIENT_SECRET, INTEGRATION, Late, org_config

QUERY = "SELECT Id FROM User"
DATA = "/services/data"
# How a call may end that would have led elsewhere.
REFUSED = (requests.exceptions.InvalidURL, TryLater, Undeliverable)


@pytest.fixture
def canary() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve a stranger who keeps the headers of all that comes."""
    heard: list[dict[str, str]] = []
    app = Flask("canary")

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PATCH"])
    @app.route("/<path:path>", methods=["GET", "POST", "PATCH"])
    def hear(path: str) -> str:
        heard.append(dict(request.headers))
        return "{}"

    with Server(app) as server:
        yield server.url, heard


def query(client: SalesforceClient) -> list[Any]:
    return list(client.query(QUERY))


def test_the_first_query_signs_in_and_the_next_ones_do_not(org: Org) -> None:
    before = org.logins()

    for _ in range(3):
        assert query(org.client)

    assert org.logins() == before + 1


def test_an_expired_session_costs_one_login_however_many_ask(org: Org) -> None:
    query(org.client)
    before, asked = org.logins(), len(org.calls())
    org.fault("expire_session", path_prefix=DATA)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(query, [org.client] * 32))

    assert all(answers)
    assert org.logins() == before + 1
    refused = [call for call in org.calls()[asked:] if call["status"] == 401]
    assert 1 <= len(refused) <= 32
    assert len(org.calls()) == asked + 32 + len(refused)


def test_a_client_that_nobody_has_used_yet_signs_in_once_however_many_ask(org: Org) -> None:
    before = org.logins()

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(query, [org.client] * 32))

    assert org.logins() == before + 1


def test_a_session_that_is_always_refused_is_asked_twice_and_no_more(org: Org) -> None:
    query(org.client)
    before, asked = org.logins(), len(org.calls())
    org.fault("error_code", times=-1, error_code="INVALID_SESSION_ID", path_prefix=DATA)

    with pytest.raises(TryLater, match="INVALID_SESSION_ID"):
        query(org.client)

    assert [call["status"] for call in org.calls()[asked:]] == [401, 401]
    assert org.logins() == before + 1


def test_a_refused_login_is_said_and_not_hammered(org: Org) -> None:
    client = SalesforceClient(Login(org.url, CLIENT_ID, "wrong"))
    before = org.logins()

    for _ in range(5):
        with pytest.raises(TryLater, match="refused the login"):
            query(client)

    assert org.logins() == before + 1


def test_a_login_page_that_is_down_is_tried_later(org: Org) -> None:
    org.fault("status", path_prefix="/services/oauth2")

    with pytest.raises(TryLater):
        query(org.client)

    assert query(org.client), "the next attempt is a new one"


def test_a_writing_call_is_replayed_with_its_body_after_a_new_login(org: Org) -> None:
    query(org.client)
    [deal] = org.hand.insert(
        "Opportunity", [{"Name": "Norfield", "StageName": "Prospecting", "CloseDate": "2027-01-01"}]
    )
    org.fault("expire_session", path_prefix=f"{DATA}/v62.0/composite")
    row: dict[str, Any] = {
        "External_Ref__c": "r1",
        "Opportunity__c": deal,
        "Kind__c": "Shared",
        "Occurred_At__c": "2026-11-20T09:30:00Z",
    }
    row |= {"Asset_Title__c": "T", "Asset_Ref__c": "a", "Asset_Version__c": 1, "Actor_Name__c": "Maya"}

    [made] = org.client.upsert("Content_Touch__c", "External_Ref__c", [row])

    assert isinstance(made, str)
    assert len(org.hand.query("SELECT Id FROM Content_Touch__c")) == 1


def test_a_reading_call_survives_a_passing_503(org: Org) -> None:
    query(org.client)
    org.fault("status", times=2, path_prefix=DATA)

    assert query(org.client)


def test_a_writing_call_is_left_to_the_queue(org: Org) -> None:
    query(org.client)
    asked = len(org.calls())
    org.fault("status", path_prefix=DATA)

    with pytest.raises(TryLater, match="503"):
        org.client.upsert("Content_Touch__c", "External_Ref__c", [{"External_Ref__c": "r1"}])

    assert len(org.calls()) == asked + 1


def test_a_cut_connection_is_tried_later(org: Org) -> None:
    query(org.client)
    org.fault("drop", times=-1, path_prefix=DATA)

    with pytest.raises(TryLater):
        org.client.upsert("Content_Touch__c", "External_Ref__c", [{"External_Ref__c": "r1"}])


def test_an_org_that_is_not_there_is_tried_later() -> None:
    client = SalesforceClient(Login(f"http://127.0.0.1:{free_port()}", CLIENT_ID, CLIENT_SECRET))

    with pytest.raises(TryLater):
        query(client)


def test_waiting_has_an_end(org: Org) -> None:
    query(org.client)
    org.fault("slow", times=9, seconds=3, path_prefix=DATA)
    begun = time.monotonic()

    with pytest.raises(TryLater, match="reached"):
        list(org.client.query(QUERY, timeout=0.2))

    assert time.monotonic() - begun < 3, "three attempts of 0.2 s and their pauses"


@pytest.mark.parametrize("path", ["/steal", "//x/steal", "/services/data/../../steal"])
def test_the_token_goes_to_no_other_host(
    org: Org, canary: tuple[str, list[dict[str, str]]], path: str
) -> None:
    url, heard = canary
    session = open_session(org.login)

    with pytest.raises(requests.exceptions.InvalidURL):
        session.get(url + path, timeout=5)
    with pytest.raises(requests.exceptions.InvalidURL):
        session.post(url.replace("http://", "https://") + path, json={}, timeout=5)

    assert heard == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, url: client.describe(f"{url}/steal"),
        lambda client, url: client.describe(f"//{url.removeprefix('http://')}/steal"),
        lambda client, url: client.upsert(f"{url}/steal", "External_Ref__c", [{"a": "b"}]),
        lambda client, url: client.upsert(
            "Content_Touch__c", f"//{url.removeprefix('http://')}/x", [{"a": "b"}]
        ),
    ],
)
def test_no_name_leads_the_client_to_another_host(
    org: Org, canary: tuple[str, list[dict[str, str]]], ask: Any
) -> None:
    url, heard = canary

    with pytest.raises(REFUSED):
        ask(org.client, url)

    assert heard == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_elsewhere_is_not_followed(canary: tuple[str, list[dict[str, str]]], status: int) -> None:
    url, heard = canary
    app = Flask("an org that sends away")

    @app.post("/services/oauth2/token")
    def token() -> dict[str, str]:
        return {"access_token": "secret-token", "instance_url": url}

    @app.get("/<path:path>")
    def away(path: str) -> Any:
        return redirect(f"{url}/{path}", status)

    with Server(app) as server, pytest.raises(REFUSED):
        query(SalesforceClient(Login(server.url, CLIENT_ID, CLIENT_SECRET)))

    assert heard == []


def test_a_login_that_sends_away_is_not_followed(canary: tuple[str, list[dict[str, str]]]) -> None:
    url, heard = canary
    app = Flask("an org that sends away")

    @app.post("/services/oauth2/token")
    def token() -> Any:
        return redirect(f"{url}/services/oauth2/token", 307)

    with Server(app) as server, pytest.raises(TryLater):
        query(SalesforceClient(Login(server.url, CLIENT_ID, CLIENT_SECRET)))

    assert heard == []


def test_a_page_that_points_elsewhere_is_not_followed(canary: tuple[str, list[dict[str, str]]]) -> None:
    url, heard = canary
    app = Flask("an org whose second page is elsewhere")

    @app.post("/services/oauth2/token")
    def token() -> dict[str, str]:
        return {"access_token": "secret-token"}

    @app.get("/services/data/v62.0/query/")
    def first() -> dict[str, Any]:
        return {
            "done": False,
            "records": [{"Id": "1"}],
            "nextRecordsUrl": f"//{url.removeprefix('http://')}/next",
        }

    with Server(app) as server, pytest.raises(REFUSED):
        query(SalesforceClient(Login(server.url, CLIENT_ID, CLIENT_SECRET)))

    assert heard == []


def test_a_login_that_answers_nonsense_is_tried_later() -> None:
    app = Flask("an org behind a captive portal")

    @app.post("/services/oauth2/token")
    def token() -> Response:
        return Response("<html>Welcome to our Wi-Fi</html>", 200)

    with Server(app) as server, pytest.raises(TryLater):
        query(SalesforceClient(Login(server.url, CLIENT_ID, CLIENT_SECRET)))


def test_secrets_stand_in_no_repr_and_no_log(org: Org, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    login = Login(org.url, CLIENT_ID, CLIENT_SECRET, private_key="", username="")
    session = open_session(login)
    token = (
        session.get(f"{org.url}{DATA}/v62.0/limits", timeout=5).request.headers["Authorization"].split()[1]
    )
    org.fault("expire_session", path_prefix=DATA)
    session.get(f"{org.url}{DATA}/v62.0/limits", timeout=5)

    said = f"{login!r} {session.auth!r} {session!r} {caplog.text}"
    assert len(token) > 10
    assert token not in said
    assert CLIENT_SECRET not in said


def test_a_private_key_signs_in_by_jwt_and_stands_in_no_repr() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    shell = Late("org")

    with Server(shell) as server:
        config = org_config(server.url, public_key_pem=public.decode())
        app = shell.extensions["late"] = salesforce.create_app(config)
        login = Login(server.url, CLIENT_ID, username=INTEGRATION, private_key=private, audience=server.url)
        client = SalesforceClient(login)
        who = client.user_info()
        app.extensions["org"].store.close()

    assert who["preferred_username"] == INTEGRATION
    assert "PRIVATE" not in repr(login)
