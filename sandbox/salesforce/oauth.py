"""Log clients in and out: JWT bearer, client credentials and refresh; revocation and introspection."""

import base64
import binascii
import hmac
import time
from typing import Any

import jwt
from flask import Blueprint, Response, request

from sandbox.salesforce.clock import real_time
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, bearer_token
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.permissions import known_viewer

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LONGEST_LIFE = 300
_SCOPE = "api id"
_FIELDS = frozenset({"grant_type", "assertion", "client_id", "client_secret", "format", "refresh_token"})


class OAuthError(Exception):
    """A refusal in the words of OAuth."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


def oauth_door(org: Org) -> Blueprint:
    """Return the routes under /services/oauth2 and /id."""
    door = Blueprint("oauth", __name__)

    @door.post("/services/oauth2/token")
    def token() -> Response:
        unknown = set(request.form) - _FIELDS
        if unknown:
            raise OAuthError("invalid_request", f"unknown parameter: {', '.join(sorted(unknown))}")
        grant = request.form.get("grant_type", "")
        if grant == _JWT_BEARER:
            return answer(_session(org, _user_of_assertion(org, request.form.get("assertion", ""))))
        if grant == "client_credentials":
            _check_client(org)
            return answer(_session(org, org.config.integration_username))
        if grant == "refresh_token":
            return answer(_refreshed(org, request.form.get("refresh_token", "")))
        raise OAuthError("unsupported_grant_type", "grant type not supported")

    @door.route("/services/oauth2/revoke", methods=["GET", "POST"])
    def revoke() -> Response:
        if not org.sessions.end(request.values.get("token", "")):
            raise OAuthError("invalid_token", "invalid token")
        return Response(status=200)

    @door.post("/services/oauth2/introspect")
    def introspect() -> Response:
        _check_client(org)
        return answer(_about_token(org, request.form.get("token", "")))

    @door.route("/services/oauth2/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        return answer(_identity(org, org.viewer(bearer_token()).user_id))

    @door.get("/id/<organization_id>/<user_id>")
    def identity(organization_id: str, user_id: str) -> Response:
        viewer = org.viewer(bearer_token())
        if (organization_id, user_id) != (org.organization_id, viewer.user_id):
            raise not_found()
        return answer(_identity(org, user_id))

    @door.errorhandler(OAuthError)
    def refused(error: OAuthError) -> Response:
        return answer({"error": error.error, "error_description": error.description}, 400)

    return door


def _user_of_assertion(org: Org, assertion: str) -> str:
    if org.config.public_key_pem is None:
        raise OAuthError("invalid_client", "no certificate is configured for this client")
    try:
        # The claims are judged below: clients write exp as a text or in milliseconds, which PyJWT refuses.
        options: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
        claims = jwt.decode(assertion, org.config.public_key_pem, algorithms=["RS256"], options=options)
    except jwt.InvalidTokenError as cause:
        raise OAuthError("invalid_grant", "invalid assertion") from cause
    if claims.get("iss") != org.config.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    audience = str(claims.get("aud", "")).rstrip("/")
    own = org.config.base_url.rstrip("/")
    if audience not in ("https://login.salesforce.com", "https://test.salesforce.com", own):
        raise OAuthError("invalid_grant", "audience is invalid")
    left = _seconds(claims.get("exp")) - time.time()
    if left <= 0:
        raise OAuthError("invalid_grant", "expired authorization code")
    if left > _LONGEST_LIFE:
        raise OAuthError("invalid_grant", "assertion expires too late")
    return str(claims.get("sub", ""))


def _seconds(expires: object) -> float:
    try:
        moment = float(str(expires))
    except ValueError as cause:
        raise OAuthError("invalid_grant", "exp is not a time") from cause
    return moment / 1000 if moment > 1e11 else moment


def _check_client(org: Org) -> None:
    client_id, client_secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, client_secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as cause:
            raise OAuthError("invalid_client", "malformed Authorization header") from cause
    if client_id != org.config.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(client_secret.encode(), org.config.client_secret.encode()):
        raise OAuthError("invalid_client", "invalid client credentials")


def _refreshed(org: Org, token: str) -> dict[str, str]:
    # Clients that were given a secret must show it; the flow of the sandbox always gives one.
    _check_client(org)
    user_id = org.sessions.refreshing(token)
    if user_id is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    return _session_of(org, user_id, refreshed_by=token)


def _about_token(org: Org, token: str) -> dict[str, Any]:
    user_id = org.sessions.refreshing(token)
    left = org.sessions.seconds_left(token)
    if user_id is None and left <= 0:
        return {"active": False}
    user_id = user_id or org.sessions.user_of(token)
    user = org.store.read(org.schema.get("User"), user_id) or {}
    base = org.config.base_url.rstrip("/")
    about: dict[str, Any] = {
        "active": True,
        "scope": _SCOPE,
        "client_id": org.config.client_id,
        "username": user.get("Username"),
        "sub": f"{base}/id/{org.organization_id}/{user_id}",
        "token_type": "access_token" if left > 0 else "refresh_token",
    }
    return {**about, "exp": int(time.time() + left)} if left > 0 else about


def _session(org: Org, username: str) -> dict[str, str]:
    users = org.schema.get("User")
    user = org.store.find(users, users.fields["username"], username)
    if user is None:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return _session_of(org, user["Id"])


def _session_of(org: Org, user_id: str, *, refreshed_by: str = "") -> dict[str, str]:
    if known_viewer(org.store, user_id) is None:
        raise OAuthError("invalid_grant", "inactive user")
    base = org.config.base_url.rstrip("/")
    return {
        "access_token": org.sessions.open(user_id, refreshed_by=refreshed_by),
        "instance_url": base,
        "id": f"{base}/id/{org.organization_id}/{user_id}",
        "token_type": "Bearer",
        "scope": _SCOPE,
        "issued_at": str(int(real_time().timestamp() * 1000)),
    }


def _identity(org: Org, user_id: str) -> dict[str, Any]:
    user = org.store.read(org.schema.get("User"), user_id)
    if user is None:
        raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")
    base = org.config.base_url.rstrip("/")
    identity = f"{base}/id/{org.organization_id}/{user_id}"
    return {
        "id": identity,
        "sub": identity,
        "user_id": user_id,
        "organization_id": org.organization_id,
        "preferred_username": user["Username"],
        "username": user["Username"],
        "name": user["Name"],
        "display_name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "zoneinfo": user["TimeZoneSidKey"],
        "locale": user["LocaleSidKey"],
        "language": user["LanguageLocaleKey"],
        "active": bool(user["IsActive"]),
        "is_app_installed": True,
        "user_type": "STANDARD",
        "asserted_user": True,
        "urls": {
            "rest": f"{base}/services/data/v{{version}}/",
            "query": f"{base}/services/data/v{{version}}/query/",
            "sobjects": f"{base}/services/data/v{{version}}/sobjects/",
            "metadata": f"{base}/services/Soap/m/{{version}}/{org.organization_id}",
            "recent": f"{base}/services/data/v{{version}}/recent/",
            "profile": f"{base}/{user_id}",
        },
    }
