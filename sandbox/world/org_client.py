"""Speak to an org over its public REST API: sign in, insert, update, ask; and move a local org's clock."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import requests

Row = Mapping[str, object]

_API = "/services/data/v62.0"
_LARGEST_CALL = 200
_TIMEOUT_SECONDS = 60


class LoadError(Exception):
    """The org refused a call or a row; says which and why."""


class OrgClient:
    """A session of the integration user, signed in again whenever the org lets it expire."""

    def __init__(self, base_url: str, client_id: str, client_secret: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._credentials = (client_id, client_secret)
        self._http = requests.Session()
        self.calls = 0

    def __enter__(self) -> Self:
        self._sign_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def insert(self, object_name: str, rows: Sequence[Row]) -> list[str]:
        """Insert rows in calls of at most 200 and give their ids in the same order."""
        return [result["id"] for result in self._write("POST", object_name, rows)]

    def update(self, object_name: str, rows: Sequence[Row]) -> None:
        """Update rows, each with its `id`, in calls of at most 200."""
        for _ in self._write("PATCH", object_name, rows):
            pass

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Ask for rows; only for questions whose answer fits one page."""
        answer = self._call("GET", f"{_API}/query", params={"q": soql})
        records: list[dict[str, Any]] = answer["records"]
        return records

    def set_clock(self, moment: datetime | None) -> None:
        """Stop a local org's clock at a moment, or let it go on in real time."""
        self._call("POST", "/_sandbox/clock", json={"set": moment.isoformat() if moment else None})

    def _write(self, method: str, object_name: str, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
        for start in range(0, len(rows), _LARGEST_CALL):
            batch = rows[start : start + _LARGEST_CALL]
            records = [{"attributes": {"type": object_name}, **row} for row in batch]
            answer = self._call(
                method, f"{_API}/composite/sobjects", json={"allOrNone": True, "records": records}
            )
            for row, result in zip(batch, answer, strict=True):
                if not result["success"]:
                    raise LoadError(f"{object_name} {dict(row)}: {result['errors']}")
                yield result

    def _call(self, method: str, path: str, **content: Any) -> Any:
        answer = self._send(method, path, **content)
        if answer.status_code == requests.codes.unauthorized:
            self._sign_in()
            answer = self._send(method, path, **content)
        if not answer.ok:
            raise LoadError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **content: Any) -> requests.Response:
        self.calls += 1
        return self._http.request(method, self._base_url + path, timeout=_TIMEOUT_SECONDS, **content)

    def _sign_in(self) -> None:
        client_id, client_secret = self._credentials
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        answer = self._send("POST", "/services/oauth2/token", data=form)
        if not answer.ok:
            raise LoadError(f"signing in: {answer.status_code} {answer.text[:500]}")
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
