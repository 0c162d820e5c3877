"""Logging in."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from tests.sandbox.salesforce.client import SECRET, OrgClient

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def claims(**changed: Any) -> dict[str, Any]:
    return {
        "iss": "touchline",
        "sub": "touchline@example.com",
        "aud": "https://login.salesforce.com",
        "exp": str(int(time.time()) + 180),
        **changed,
    }


def answer_to(app: Flask, key: rsa.RSAPrivateKey, **changed: Any) -> tuple[int, str]:
    assertion = jwt.encode(claims(**changed), key, algorithm="RS256")
    form = {"grant_type": JWT_BEARER, "assertion": assertion}
    answer = app.test_client().post("/services/oauth2/token", data=form)
    payload = answer.get_json()
    return answer.status_code, payload.get("error", payload.get("token_type"))


def test_a_signed_assertion_opens_a_session_for_its_user(app: Flask, private_key: rsa.RSAPrivateKey) -> None:
    form = {"grant_type": JWT_BEARER, "assertion": jwt.encode(claims(), private_key, algorithm="RS256")}

    session = app.test_client().post("/services/oauth2/token", data=form).get_json()

    headers = {"Authorization": f"Bearer {session['access_token']}"}
    info = app.test_client().get("/services/oauth2/userinfo", headers=headers).get_json()
    assert info["preferred_username"] == "touchline@example.com"
    assert session.keys() == {"access_token", "instance_url", "id", "token_type", "scope", "issued_at"}


@pytest.mark.parametrize("audience", ["https://test.salesforce.com", "http://org.test", "http://org.test/"])
def test_other_audiences_of_the_org_are_taken(
    app: Flask, private_key: rsa.RSAPrivateKey, audience: str
) -> None:
    assert answer_to(app, private_key, aud=audience) == (200, "Bearer")


def test_milliseconds_are_taken_as_expiry(app: Flask, private_key: rsa.RSAPrivateKey) -> None:
    assert answer_to(app, private_key, exp=int(time.time() * 1000) + 120_000) == (200, "Bearer")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": "soon"},
        {"exp": int(time.time()) + 86_400},
        {"sub": "nobody@example.com"},
    ],
)
def test_a_wrong_claim_is_an_invalid_grant(
    app: Flask, private_key: rsa.RSAPrivateKey, changed: dict[str, Any]
) -> None:
    assert answer_to(app, private_key, **changed) == (400, "invalid_grant")


def test_a_forged_assertion_is_an_invalid_grant(app: Flask) -> None:
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert answer_to(app, other_key) == (400, "invalid_grant")


def test_an_unsigned_assertion_is_an_invalid_grant(app: Flask) -> None:
    form = {"grant_type": JWT_BEARER, "assertion": jwt.encode(claims(), "", algorithm="none")}

    answer = app.test_client().post("/services/oauth2/token", data=form)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_grant")


def test_client_credentials_come_by_basic_too(app: Flask) -> None:
    answer = app.test_client().post(
        "/services/oauth2/token", data={"grant_type": "client_credentials"}, auth=("touchline", SECRET)
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(("client_id", "secret"), [("touchline", "wrong"), ("other", SECRET)])
def test_wrong_credentials_are_refused(app: Flask, client_id: str, secret: str) -> None:
    answer = app.test_client().post(
        "/services/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
    )

    assert answer.status_code == 400
    assert answer.get_json()["error"] in ("invalid_client", "invalid_client_id")


def test_a_deactivated_user_loses_the_session(org: OrgClient) -> None:
    [me] = org.values("SELECT Id FROM User")
    org.call("PATCH", f"/sobjects/User/{me}", json={"IsActive": False})

    assert org.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")


def test_no_session_no_answer(app: Flask) -> None:
    assert OrgClient(app, "made up").refusal("GET", "/sobjects") == (401, "INVALID_SESSION_ID")


def refresh(app: Flask, token: str, **changed: str) -> tuple[int, Any]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": "touchline",
        "client_secret": SECRET,
    }
    answer = app.test_client().post("/services/oauth2/token", data={**form, **changed})
    return answer.status_code, answer.get_json()


def approved(org: OrgClient, name: str) -> str:
    answer: dict[str, str] = org.control("POST", "/refresh_tokens", json={"username": f"{name}@example.com"})
    return answer["refresh_token"]


def test_a_refresh_token_opens_sessions_of_its_user_until_it_is_revoked(app: Flask, org: OrgClient) -> None:
    rep = org.user("rep")
    token = approved(org, "rep")
    status, session = refresh(app, token)
    client = OrgClient(app, session["access_token"])
    assert (status, "refresh_token" in session) == (200, False)
    assert session["id"].endswith(rep)

    revoked = app.test_client().post("/services/oauth2/revoke", data={"token": token})

    assert (revoked.status_code, revoked.data) == (200, b"")
    assert client.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    assert refresh(app, token) == (
        400,
        {"error": "invalid_grant", "error_description": "expired access/refresh token"},
    )


def test_an_access_token_is_revoked_alone(app: Flask, org: OrgClient) -> None:
    revoked = app.test_client().get("/services/oauth2/revoke", query_string={"token": org.token})

    assert revoked.status_code == 200
    assert org.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    again = app.test_client().post("/services/oauth2/revoke", data={"token": org.token})
    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_token")


def test_refreshing_needs_the_secret(app: Flask, org: OrgClient) -> None:
    org.user("rep")

    status, answer = refresh(app, approved(org, "rep"), client_secret="wrong")

    assert (status, answer["error"]) == (400, "invalid_client")


def test_introspection_tells_living_tokens_from_dead(app: Flask, org: OrgClient) -> None:
    def about(token: str, secret: str = SECRET) -> Any:
        form = {"token": token, "client_id": "touchline", "client_secret": secret}
        return app.test_client().post("/services/oauth2/introspect", data=form).get_json()

    alive = about(org.token)

    assert (alive["active"], alive["username"], alive["client_id"]) == (
        True,
        "touchline@example.com",
        "touchline",
    )
    assert 0 < alive["exp"] - time.time() <= 7200
    assert about(approved(org, "touchline"))["token_type"] == "refresh_token"
    assert about("made up") == {"active": False}
    assert about(org.token, "wrong")["error"] == "invalid_client"


def test_the_identity_is_where_discovery_says(app: Flask, org: OrgClient) -> None:
    url = org.call("GET", "").get_json()["identity"]

    path = url.removeprefix("http://org.test")
    headers = {"Authorization": f"Bearer {org.token}"}
    identity = app.test_client().get(path, headers=headers).get_json()

    assert (identity["id"], identity["username"]) == (url, "touchline@example.com")
    assert identity["urls"]["metadata"].startswith("http://org.test/services/Soap/m/")
    assert app.test_client().get(path).status_code == 401
    assert app.test_client().get(path[:-3] + "AAA", headers=headers).status_code == 404
