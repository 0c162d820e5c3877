"""The gateway to Salesforce: the only place that calls simple-salesforce; its dictionaries stay in crm."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.format import format_soql

from crm.session import Login, LoginRefused, open_session
from enablement.ports import TryLater, Undeliverable

API_VERSION = "62.0"
ROWS_A_CALL = 200
# What passes by itself, by Salesforce's error code.
PASSING = frozenset(
    {
        "UNABLE_TO_LOCK_ROW",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TIMEOUT",
        "SERVER_UNAVAILABLE",
        "UNKNOWN_EXCEPTION",
        "INVALID_SESSION_ID",
    }
)
DAILY_LIMIT = "REQUEST_LIMIT_EXCEEDED"
DAILY_LIMIT_PAUSE_S = 300
_PASSING_STATUS = frozenset({406, 420, 429})
# Bytes that drip for longer than this are asked for anew: nobody may be kept waiting behind them.
DOWNLOAD_LASTS_S = 60
_CHUNK = 1 << 20

Row = dict[str, Any]


class SalesforceClient:
    """Queries and writes rows; every failure is either TryLater or Undeliverable."""

    def __init__(self, login: Login) -> None:
        self._session = open_session(login)
        self._salesforce = Salesforce(
            instance_url=f"https://{urlsplit(login.url).netloc}",
            session_id="managed by the session",
            session=self._session,
            version=API_VERSION,
        )

    def query(self, soql: str, *, timeout: float | None = None, **values: Any) -> Iterator[Row]:
        """Yield the rows of a query; values enter through `{name}` and are quoted. `timeout` in seconds."""
        statement = format_soql(soql, **values) if values else soql
        page = self._call("query", statement, timeout=timeout)
        while True:
            yield from page["records"]
            if page["done"]:
                return
            page = self._call("query_more", page["nextRecordsUrl"], True, timeout=timeout)

    def describe(self, name: str) -> Row:
        """Return what Salesforce says of an object."""
        return dict(self._call("restful", f"sobjects/{name}/describe"))

    def user_info(self) -> Row:
        """Return who is signed in."""
        return dict(self._call("oauth2", "userinfo"))

    def limits(self) -> Row:
        """Return the org's limits, each with what is left of it."""
        return dict(self._call("restful", "limits"))

    def upsert(self, name: str, external_id: str, rows: Sequence[Row]) -> list[Exception | str]:
        """Upsert at most 200 rows by external id; return for each, in order, its record id or what is wrong."""
        if not 0 < len(rows) <= ROWS_A_CALL:
            raise ValueError(f"{len(rows)} rows: a call takes 1 to {ROWS_A_CALL}")
        records = [{"attributes": {"type": name}, **row} for row in rows]
        path = f"composite/sobjects/{name}/{external_id}"
        results = self._call("restful", path, method="PATCH", json={"allOrNone": False, "records": records})
        if not isinstance(results, list) or len(results) != len(rows):
            raise TryLater(f"Salesforce answered {len(rows)} rows with something else")
        return [
            str(result["id"]) if result.get("success") else _error(result.get("errors") or [])
            for result in results
        ]

    def download(self, path: str, into: IO[bytes], *, most: int) -> None:
        """Write the bytes that a path below the version's gives into a file; more than `most` bytes are TryLater."""
        ends, size = time.monotonic() + DOWNLOAD_LASTS_S, 0
        with _failures(), self._session.get(f"{self._salesforce.base_url}{path}", stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise _from_status(answer.status_code, _said(answer))
            for chunk in answer.iter_content(_CHUNK):
                size += len(chunk)
                if size > most or time.monotonic() > ends:
                    raise TryLater(f"Salesforce sent more than {most} bytes, or took too long to send them")
                into.write(chunk)

    def _call(self, verb: str, /, *arguments: Any, **options: Any) -> Any:
        with _failures():
            return getattr(self._salesforce, verb)(*arguments, **options)


@contextmanager
def _failures() -> Iterator[None]:
    """Tell what goes wrong on the way to Salesforce as TryLater or Undeliverable."""
    try:
        yield
    except SalesforceError as error:
        raise _from_status(error.status, error.content) from error
    except LoginRefused as error:
        raise TryLater(str(error), seconds=60) from error
    except requests.exceptions.InvalidURL:
        raise
    except (requests.exceptions.RequestException, ValueError) as error:
        raise TryLater(f"Salesforce can't be reached: {type(error).__name__}") from error


def _said(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _from_status(status: int, content: Any) -> Exception:
    errors = content if isinstance(content, list) else []
    if errors and isinstance(errors[0], dict):
        return _error(errors)
    if status in _PASSING_STATUS or status >= requests.codes.server_error:
        return TryLater(f"Salesforce answered HTTP {status}")
    return Undeliverable(f"Salesforce answered HTTP {status}: {str(content)[:200]}")


def _error(errors: Sequence[Row]) -> Exception:
    """Return what a list of Salesforce's errors means: the code decides, not the status."""
    first = errors[0] if errors else {}
    code = str(first.get("statusCode") or first.get("errorCode") or "UNKNOWN_EXCEPTION")
    said = f"{code}: {first.get('message', '')}"
    if code == DAILY_LIMIT:
        return TryLater(said, seconds=DAILY_LIMIT_PAUSE_S)
    return TryLater(said) if code in PASSING else Undeliverable(said)
