"""The gateway to Salesforce: the only place that calls simple-salesforce; its dictionaries stay in crm."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.format import format_soql

from crm.session import Login, LoginRefused, open_session
from crm.usage import Allowance, ApiUsage
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
UNKNOWN_FIELD = "INVALID_FIELD"
_PASSING_STATUS = frozenset({406, 420, 429})
# Bytes that drip for longer than this are asked for anew: nobody may be kept waiting behind them.
DOWNLOAD_LASTS_S = 60
_CHUNK = 1 << 20

Row = dict[str, Any]
# Told of each call: the integration's name, whether it went well, calls used and allowed of the org's day.
OnCall = Callable[[str, bool, int | None, int | None], object]


class UnknownField(Undeliverable):
    """A query names a field that the org does not have, or hides from us."""


class DayIsSpent(TryLater):
    """The org takes no more calls for now."""


class SalesforceClient:
    """Queries and writes rows; every failure is either TryLater or Undeliverable.

    `allowance` says which calls must wait; those that are `urgent` never do.
    """

    def __init__(
        self, login: Login, *, allowance: Allowance | None = None, on_call: OnCall | None = None
    ) -> None:
        self._allowance = allowance or Allowance()
        self._on_call = on_call
        self._org_time: datetime | None = None
        self._session = open_session(login, heard=self._hear)
        self._salesforce = Salesforce(
            instance_url=f"https://{urlsplit(login.url).netloc}",
            session_id="managed by the session",
            session=self._session,
            version=API_VERSION,
        )

    def _hear(self, headers: Mapping[str, str]) -> None:
        self._allowance.heard(headers.get("Sforce-Limit-Info", ""))
        if said := headers.get("Date"):
            self._org_time = parsedate_to_datetime(said).astimezone(UTC)

    @property
    def url(self) -> str:
        """Return the org's address."""
        return f"https://{self._salesforce.sf_instance}"

    def org_time(self) -> datetime | None:
        """Return the org's own time as of its last answer, to the second."""
        return self._org_time

    def usage(self) -> ApiUsage | None:
        """Return what the org said last of its daily calls; None before it said anything."""
        return self._allowance.usage()

    def query(
        self,
        soql: str,
        *,
        timeout: float | None = None,
        urgent: bool = False,
        deleted: bool = False,
        **values: Any,
    ) -> Iterator[Row]:
        """Yield the rows of a query; values enter through `{name}` and are quoted. `timeout` in seconds.

        `urgent`: somebody waits for it. `deleted`: rows in the recycle bin too.
        """
        statement = format_soql(soql, **values) if values else soql
        page = self._call("query", statement, include_deleted=deleted, timeout=timeout, urgent=urgent)
        while True:
            yield from page["records"]
            if page["done"]:
                return
            page = self._call("query_more", page["nextRecordsUrl"], True, timeout=timeout, urgent=urgent)

    def count(self, name: str) -> int:
        """Return how many rows of an object there are."""
        return int(self._call("query", f"SELECT COUNT() FROM {name}")["totalSize"])  # noqa: S608 - a name of ours

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
        return self._collection(
            f"/{name}/{external_id}", len(rows), method="PATCH", json=_records(name, rows)
        )

    def update(self, name: str, rows: Sequence[Row]) -> list[Exception | str]:
        """Update at most 200 rows, each with its `Id`; return for each, in order, its id or what is wrong."""
        return self._collection("", len(rows), method="PATCH", json=_records(name, rows))

    def delete(self, ids: Sequence[str]) -> list[Exception | str]:
        """Delete at most 200 rows; return for each, in order, its id or what is wrong."""
        options = {"ids": ",".join(ids), "allOrNone": "false"}
        return self._collection("", len(ids), method="DELETE", params=options)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send what simple-salesforce has no verb for to a path below the version's."""
        with self._counted():
            answer = self._session.request(method, f"{self._salesforce.base_url}{path}", **options)
            if not answer.ok:
                raise _from_status(answer.status_code, _said(answer))
            return answer

    def start_job(self, soql: str, *, deleted: bool = False) -> str:
        """Order a query whose rows are fetched as tables later (Bulk API 2.0); return the job's id."""
        order = {"operation": "queryAll" if deleted else "query", "query": soql}
        return str(self._call("restful", "jobs/query", method="POST", json=order)["id"])

    def job(self, job_id: str) -> Row:
        """Return how far a job is."""
        return dict(self._call("restful", f"jobs/query/{job_id}"))

    def end_job(self, job_id: str) -> None:
        """Let the org forget a job and its tables."""
        self.send("DELETE", f"jobs/query/{job_id}")

    def download(self, path: str, into: IO[bytes], *, most: int) -> Mapping[str, str]:
        """Write the bytes that a path below the version's gives into a file; more than `most` bytes are TryLater.

        Returns the answer's headers.
        """
        ends, size = time.monotonic() + DOWNLOAD_LASTS_S, 0
        with self._counted(), self._session.get(f"{self._salesforce.base_url}{path}", stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise _from_status(answer.status_code, _said(answer))
            for chunk in answer.iter_content(_CHUNK):
                size += len(chunk)
                if size > most or time.monotonic() > ends:
                    raise TryLater(f"Salesforce sent more than {most} bytes, or took too long to send them")
                into.write(chunk)
            return answer.headers

    def _collection(self, path: str, count: int, **options: Any) -> list[Exception | str]:
        if not 0 < count <= ROWS_A_CALL:
            raise ValueError(f"{count} rows: a call takes 1 to {ROWS_A_CALL}")
        results = self._call("restful", f"composite/sobjects{path}", **options)
        if not isinstance(results, list) or len(results) != count:
            raise TryLater(f"Salesforce answered {count} rows with something else")
        return [
            str(result["id"]) if result.get("success") else _error(result.get("errors") or [])
            for result in results
        ]

    def _call(self, verb: str, /, *arguments: Any, urgent: bool = False, **options: Any) -> Any:
        with self._counted(urgent=urgent):
            return getattr(self._salesforce, verb)(*arguments, **options)

    @contextmanager
    def _counted(self, *, urgent: bool = False) -> Iterator[None]:
        """Let a call go when there are calls left, and say what came of it."""
        self._allowance.admit(urgent=urgent)
        went_well = False
        try:
            with _failures():
                yield
            went_well = True
        except DayIsSpent:
            self._allowance.refused()
            raise
        finally:
            self._allowance.ended()
            self._tell(went_well=went_well)

    def _tell(self, *, went_well: bool) -> None:
        if self._on_call:
            usage = self.usage() or ApiUsage(0, 0)
            self._on_call("salesforce", went_well, usage.used or None, usage.allowed or None)


def _records(name: str, rows: Sequence[Row]) -> Row:
    return {"allOrNone": False, "records": [{"attributes": {"type": name}, **_nested(row)} for row in rows]}


def _nested(row: Row) -> Row:
    """Return a row with each "Parent__r.Key__c" as the object that names the parent by that key."""
    nested: Row = {}
    for path, cell in row.items():
        parent, _, name = path.rpartition(".")
        nested[parent or name] = {name: cell} if parent else cell
    return nested


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
        return DayIsSpent(said, seconds=DAILY_LIMIT_PAUSE_S)
    if code == UNKNOWN_FIELD:
        return UnknownField(said)
    return TryLater(said) if code in PASSING else Undeliverable(said)
