"""The org: schema, rows, clock, sessions and faults, and the rows it is born with."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.salesforce import schema as facts
from sandbox.salesforce.clock import Clock, as_text, real_time
from sandbox.salesforce.components import remembered, remembered_objects
from sandbox.salesforce.config import OrgConfig
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.faults import Faults
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.permission_files import keep_permission_file, permission_files
from sandbox.salesforce.permissions import known_viewer, open_new_fields
from sandbox.salesforce.row_locks import RowLocks
from sandbox.salesforce.schema import Schema
from sandbox.salesforce.sfdx import deploy, grown
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.store import Store
from sandbox.salesforce.writer import Writer, Written

# Every local org is this one.
ORGANIZATION_ID = make_id("00D", 1)
CALLS_PER_DAY = 1_000_000
SESSION_SECONDS = 7200

BARE_ORG = Path(__file__).parent / "org"
"""The source of an org into which no package was deployed: fields that a customer has."""
_MOST_KEPT_CALLS = 50_000
_MOST_CURSORS = 50


class Sessions:
    """Access tokens; they live by real time, for clients know no other, and refresh tokens, which live on."""

    def __init__(self) -> None:
        self.seconds: float = SESSION_SECONDS
        self._tokens: dict[str, tuple[str, float, str]] = {}
        self._refresh: dict[str, str] = {}

    def open(self, user_id: str, *, refreshed_by: str = "") -> str:
        """Return a new token for a user."""
        token = f"00D!{secrets.token_urlsafe(32)}"
        self._tokens[token] = (user_id, time.monotonic() + self.seconds, refreshed_by)
        return token

    def allow_refresh(self, user_id: str) -> str:
        """Return a refresh token, as a user who approves the client in the browser gives it."""
        token = f"5Aep{secrets.token_urlsafe(48)}"
        self._refresh[token] = user_id
        return token

    def refreshing(self, token: str) -> str | None:
        """Return the user a refresh token belongs to, or None."""
        return self._refresh.get(token)

    def end(self, token: str) -> bool:
        """Make a token worthless, a refresh token with all that came of it; tell whether it was known."""
        if self._refresh.pop(token, None) is not None:
            self._tokens = {each: facts for each, facts in self._tokens.items() if facts[2] != token}
            return True
        return self._tokens.pop(token, None) is not None

    def end_all(self) -> None:
        """Make every access token worthless; refresh tokens stay."""
        self._tokens.clear()

    def seconds_left(self, token: str) -> float:
        """Return how long a token lives; 0 when it is unknown or too old."""
        return max(0.0, self._tokens.get(token, ("", 0.0, ""))[1] - time.monotonic())

    def user_of(self, token: str) -> str:
        """Return the user a token belongs to; raise INVALID_SESSION_ID when it is unknown or too old."""
        user_id, expires, _ = self._tokens.get(token, ("", 0.0, ""))
        if time.monotonic() >= expires:
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")
        return user_id


class Received:
    """What clients asked for, without their tokens and the rows they sent."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=_MOST_KEPT_CALLS)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, call: dict[str, Any]) -> None:
        """Keep one call under the next number."""
        with self._lock:
            self._count += 1
            self._calls.append({"n": self._count, **call})

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the calls after that number, oldest first."""
        with self._lock:
            return [call for call in self._calls if call["n"] > number]


class Cursors:
    """Results of queries that did not fit into one answer; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, Any]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def add(self, user_id: str, result: Any) -> str:
        """Keep a result for the user who asked, and return its locator."""
        with self._lock:
            self._count += 1
            locator = make_id("01g", self._count)
            self._open[locator] = (user_id, result)
            while len(self._open) > _MOST_CURSORS:
                self._open.pop(next(iter(self._open)))
        return locator

    def get(self, user_id: str, locator: str) -> Any:
        """Return a result; raise INVALID_QUERY_LOCATOR when it is gone or another's."""
        owner, result = self._open.get(locator, ("", None))
        if owner != user_id:
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return result


class Usage:
    """The count of API calls of the org's present day; `limit` is how many a day has."""

    def __init__(self) -> None:
        self.limit = CALLS_PER_DAY
        self._day = ""
        self._count = 0
        self._lock = threading.Lock()

    def count(self, day: str) -> int:
        """Count a call and return how many the day has seen; 403 beyond the limit."""
        with self._lock:
            self._begin(day)
            if self._count >= self.limit:
                raise ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            self._count += 1
            return self._count

    def left(self, day: str) -> int:
        """Return how many calls a day still has."""
        with self._lock:
            self._begin(day)
            return max(0, self.limit - self._count)

    def _begin(self, day: str) -> None:
        if day != self._day:
            self._day, self._count = day, 0


@dataclass(frozen=True)
class Org:
    """Everything the doors of the org share."""

    config: OrgConfig
    store: Store
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    sessions: Sessions = field(default_factory=Sessions)
    received: Received = field(default_factory=Received)
    cursors: Cursors = field(default_factory=Cursors)
    usage: Usage = field(default_factory=Usage)
    locks: RowLocks = field(init=False)
    listeners: list[Callable[[Written], object]] = field(default_factory=list)
    """Hear of every row that was created or changed, once it is kept."""
    when_deployed: list[Callable[[], object]] = field(default_factory=list)
    """Called once a deployment is taken."""
    schema_changes: list[datetime] = field(default_factory=list)
    """When the schema was changed, oldest first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "locks", RowLocks(self.clock))

    @property
    def schema(self) -> Schema:
        """Return the objects of the org."""
        return self.store.schema

    @property
    def schema_changed(self) -> datetime:
        """Return when the schema was last changed, by real time."""
        return self.schema_changes[-1]

    @property
    def organization_id(self) -> str:
        """Return the org's own id."""
        return ORGANIZATION_ID

    def viewer(self, token: str) -> Viewer:
        """Return the user behind a token."""
        found = known_viewer(self.store, self.sessions.user_of(token))
        if found is None:
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")
        return found

    @contextmanager
    def writing(self, viewer: Viewer) -> Iterator[Writer]:
        """Write for a user in one transaction whose rows share one stamp."""
        with self.store.transaction():
            stamp = as_text(self.clock.stamp())
            yield Writer(self.store, viewer, stamp=stamp, when_kept=self._tell)

    def _tell(self, written: Written) -> None:
        for hear in self.listeners:
            hear(written)


def open_org(config: OrgConfig, clock: Clock) -> Org:
    """Return the org of a configuration, filled with its first rows when it is new."""
    schema = deploy(facts.load_standard_objects(), [config.source, BARE_ORG])
    org = Org(config, Store(config.database, schema), clock, schema_changes=[real_time()])
    if org.store.read(schema.get("Organization"), org.organization_id) is None:
        _fill(org)
    with org.store.transaction():
        if deployed := remembered_objects(org.store):
            org.store.adopt(grown(schema, deployed))
        stamp = as_text(org.clock.stamp())
        open_new_fields(org.store, stamp=stamp)
        known = remembered(org.store).get("PermissionSet", frozenset())
        for file in permission_files(config.source, org.schema):
            if file.name not in known:  # What was deployed into the org is newer than its source.
                keep_permission_file(org.store, file, stamp=stamp)
    return org


def _fill(org: Org) -> None:
    rows = facts.initial_rows()
    with org.store.transaction():
        add = _adder(org)
        add("Organization", _ORGANIZATION)
        administrator, *_ = [add("Profile", row) for row in rows["Profile"]]
        user = add("User", _integration_user(org.config.integration_username, administrator))
        org.store.update(org.schema.get("User"), user, {"CreatedById": user, "LastModifiedById": user})
        for place, stage in enumerate(rows["OpportunityStage"], 1):
            names = {"ApiName": stage["MasterLabel"], "SortOrder": place, "IsActive": True}
            add("OpportunityStage", {"IsClosed": False, "IsWon": False, **names, **stage})


def _adder(org: Org) -> Callable[[str, dict[str, Any]], str]:
    stamp = as_text(org.clock.stamp())

    def add(name: str, row: dict[str, Any]) -> str:
        sobject = org.schema.get(name)
        record_id = make_id(sobject.prefix, org.store.next_number(name))
        stamps = {"CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp}
        org.store.insert(sobject, {"Id": record_id, **stamps, **row})
        return record_id

    return add


def _integration_user(username: str, profile_id: str) -> dict[str, Any]:
    return {
        "Username": username,
        "LastName": "Integration",
        "FirstName": "Touchline",
        "Name": "Touchline Integration",
        "Email": username,
        "Alias": "touchln",
        "IsActive": True,
        "UserType": "Standard",
        "ProfileId": profile_id,
        "TimeZoneSidKey": "GMT",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }


_ORGANIZATION = {
    "Name": "Local Org",
    "OrganizationType": "Developer Edition",
    "InstanceName": "LOCAL",
    "IsSandbox": True,
    "TimeZoneSidKey": "GMT",
    "LanguageLocaleKey": "en_US",
}
