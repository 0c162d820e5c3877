"""The HTTP session under simple-salesforce: one host, timeouts, one login at a time, one replay after a 401."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util.retry import Retry

TIMEOUT_S = (3.05, 30)
ASSERTION_LASTS_S = 180
# A stranger's login page is never worth asking twice within this time.
LOGIN_PAUSE_S = 5
_REPLAYED = "X-Touchline-Replayed"
Heard = Callable[[Mapping[str, str]], object]


class LoginRefused(Exception):
    """Salesforce does not let the integration user in; the message says what it answered."""


@dataclass(frozen=True)
class Login:
    """How the integration user signs in: JWT bearer when there is a private key, else client credentials."""

    url: str
    client_id: str
    client_secret: str = ""
    username: str = ""
    private_key: str = ""
    audience: str = "https://login.salesforce.com"

    def __repr__(self) -> str:
        return f"Login({self.url!r}, client_id={self.client_id!r}, …)"


class Token(AuthBase):
    """Signs requests with an access token, fetched when first needed and once again when it was refused."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._lock = threading.Lock()
        self._value = ""
        self._refused_at = 0.0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._value or self._renew('')}"
        request.hooks["response"].append(self._replay)
        return request

    def _replay(self, response: requests.Response, **options: Any) -> requests.Response:
        sent = response.request
        if response.status_code != requests.codes.unauthorized or _REPLAYED in sent.headers:
            return response
        refused = str(sent.headers.get("Authorization", "")).removeprefix("Bearer ")
        _ = response.content  # read to the end, so that the connection can be used again
        again = sent.copy()
        again.headers["Authorization"] = f"Bearer {self._renew(refused)}"
        again.headers[_REPLAYED] = "1"
        replayed = response.connection.send(again, **options)
        replayed.history.append(response)
        replayed.request = again
        return replayed

    def _renew(self, refused: str) -> str:
        """Return a token that is not the refused one; many who ask at once cause one login."""
        with self._lock:
            if self._value and self._value != refused:
                return self._value
            if time.monotonic() - self._refused_at < LOGIN_PAUSE_S:
                raise LoginRefused("Salesforce refused the login a moment ago.")
            self._value = ""
            self._value = self._fetch()
            return self._value

    def _fetch(self) -> str:
        answer = requests.post(
            f"{self._login.url}/services/oauth2/token",
            data=self._form(),
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
        if answer.status_code == requests.codes.ok:
            return str(answer.json()["access_token"])
        if answer.status_code >= requests.codes.server_error:
            answer.raise_for_status()
        self._refused_at = time.monotonic()
        # Should something on the way quote what it was sent.
        said = _oauth_error(answer).replace(self._login.client_secret or "\0", "…")
        raise LoginRefused(f"Salesforce refused the login: {said}")

    def _form(self) -> Mapping[str, str]:
        login = self._login
        if not login.private_key:
            return {
                "grant_type": "client_credentials",
                "client_id": login.client_id,
                "client_secret": login.client_secret,
            }
        claims = {
            "iss": login.client_id,
            "sub": login.username,
            "aud": login.audience,
            "exp": int(time.time()) + ASSERTION_LASTS_S,
        }
        assertion = jwt.encode(claims, login.private_key, algorithm="RS256")
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


class HostLocked(HTTPAdapter):
    """Sends to one host only, at its real scheme and port, with timeouts; repeats what is safe to repeat.

    `heard` is given the headers of each answer.
    """

    def __init__(self, url: str, heard: Heard) -> None:
        self._base = urlsplit(url)
        self._heard = heard
        safe = Retry(
            total=2,
            backoff_factor=0.2,
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=("GET", "HEAD"),
            raise_on_status=False,
        )
        super().__init__(max_retries=safe)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        asked = urlsplit(request.url or "")
        if asked.netloc != self._base.netloc:
            raise requests.exceptions.InvalidURL(f"the Salesforce session speaks to {self._base.netloc} only")
        # simple-salesforce writes https:// into every address; a local org may listen on plain HTTP.
        request.url = asked._replace(scheme=self._base.scheme).geturl()
        if options.get("timeout") is None:
            options["timeout"] = TIMEOUT_S
        answer = super().send(request, *args, **options)
        self._heard(answer.headers)
        return answer


def open_session(login: Login, *, heard: Heard = lambda _: None) -> requests.Session:
    """Return a session that is signed in to the org at `login.url` and speaks to nobody else.

    `heard` is given the headers of each answer.
    """
    session = requests.Session()
    session.trust_env = False
    session.auth = Token(login)
    session.max_redirects = 0
    adapter = HostLocked(login.url, heard)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _oauth_error(answer: requests.Response) -> str:
    try:
        said = answer.json()
        return f"{said['error']}: {said.get('error_description', '')}".strip(": ")
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"
