"""What people keep for later, what they miss, and the key of buttons, in SQL."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import add_tasks
from enablement.adapters.sql.query import Query, given
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Asker, Audit, ContentRequest, SavedAsset, SigningKey, Task, key

KEY_BYTES = 32
_saved, _requests, _askers = tables.saved, tables.content_requests, tables.request_askers
_keys = tables.signing_keys
_SAVED_BY = Query(
    SavedAsset, _saved, _saved.c.email == given("email"), order=(_saved.c.saved_at.desc(), _saved.c.id)
)


class SqlSaved:
    """What people keep at hand, a row for each person and asset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, saved: SavedAsset) -> None:
        with self._database.writing() as connection:
            insert_missing(connection, _saved, [to_row(saved)])

    def drop(self, *, email: str, asset_id: str) -> None:
        with self._database.writing() as connection:
            theirs = (_saved.c.email == email) & (_saved.c.asset_id == asset_id)
            connection.execute(delete(_saved).where(theirs))

    def of(self, email: str) -> list[SavedAsset]:
        with self._database.reading() as connection:
            return _SAVED_BY.all(connection, email=email)


class SqlRequests:
    """Requests and their askers; whatever depends on how one stands is decided under one lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        request: ContentRequest,
        asker: Asker,
        *,
        is_same: Callable[[ContentRequest], bool],
        tasks: Sequence[Task],
    ) -> ContentRequest:
        oldest = select(_requests).where(_requests.c.state == "open").order_by(*_BY_AGE)
        with self._database.writing(alone="requests") as connection:
            again = (
                connection.execute(select(_requests).where(_requests.c.id == request.id)).mappings().first()
            )
            if again:
                return from_row(ContentRequest, again)
            known = [from_row(ContentRequest, row) for row in connection.execute(oldest).mappings()]
            found = next(filter(is_same, known), None)
            if found is None:
                insert_missing(connection, _requests, [to_row(request)])
                add_tasks(connection, tasks, now=request.made_at)
                found = request
            joined = {
                **to_row(asker),
                "id": key("asker", found.id, asker.email, asker.deal_id),
                "request_id": found.id,
            }
            insert_missing(connection, _askers, [joined])
            return found

    def get(self, request_id: str) -> ContentRequest | None:
        return next(iter(self._some(_requests.c.id == request_id, _requests.c.id)), None)

    def asker(self, asker_id: str) -> Asker | None:
        return next(iter(self._waiting(_askers.c.id == asker_id)), None)

    def open(self) -> list[ContentRequest]:
        return self._some(_requests.c.state == "open", *_BY_AGE)

    def of(self, email: str, *, limit: int) -> list[ContentRequest]:
        theirs = select(_askers.c.request_id).where(_askers.c.email == email)
        return self._some(_requests.c.id.in_(theirs), *_NEWEST, limit=limit)

    def recent(self, *, limit: int) -> list[ContentRequest]:
        return self._some(_requests.c.state != "merged", *_NEWEST, limit=limit)

    def askers(self, request_ids: Collection[str]) -> list[Asker]:
        return self._waiting(_askers.c.request_id.in_(list(request_ids)))

    def decide(
        self,
        request_id: str,
        how: Callable[[ContentRequest], ContentRequest],
        *,
        tasks: Callable[[Sequence[Asker]], Sequence[Task]],
        now: datetime,
        audit: Audit | None = None,
    ) -> ContentRequest | None:
        waiting = select(_askers).where(_askers.c.request_id == request_id)
        with self._database.writing(alone="requests") as connection:
            row = _open(connection, request_id)
            if row is None:
                return None
            decided = how(from_row(ContentRequest, row))
            if decided.merged_into and _open(connection, decided.merged_into) is None:
                return None
            askers = connection.execute(waiting).mappings().all()
            put(connection, _requests, [to_row(decided)])
            add_tasks(connection, tasks([from_row(Asker, one) for one in askers]), now=now)
            if decided.merged_into:
                _hand_on(connection, decided, askers)
            if audit:
                insert_missing(connection, tables.audits, [to_row(audit)])
            return decided

    def told(self, request_ids: Collection[str], *, at: datetime) -> None:
        these = _requests.c.id.in_(list(request_ids)) & _requests.c.told_at.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(_requests).where(these).values(told_at=at))

    def _some(self, condition: Any, *order: Any, limit: int | None = None) -> list[ContentRequest]:
        query = select(_requests).where(condition).order_by(*order).limit(limit)
        with self._database.reading() as connection:
            return [from_row(ContentRequest, row) for row in connection.execute(query).mappings()]

    def _waiting(self, condition: Any) -> list[Asker]:
        query = select(_askers).where(condition).order_by(_askers.c.asked_at, _askers.c.id)
        with self._database.reading() as connection:
            return [from_row(Asker, row) for row in connection.execute(query).mappings()]


class SqlSigningKeys:
    """The key of buttons, minted by whichever process is first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, *, now: datetime) -> SigningKey:
        query = select(_keys).where(_keys.c.name == "buttons")
        with self._database.reading() as connection:
            known = connection.execute(query).first()
        if known is None:
            minted = {"name": "buttons", "key": secrets.token_bytes(KEY_BYTES), "born_at": now}
            with self._database.writing() as connection:
                insert_missing(connection, _keys, [minted])
                known = connection.execute(query).one()
        return SigningKey(known.key, known.born_at)


def _open(connection: Connection, request_id: str) -> Mapping[Any, Any] | None:
    is_open = (_requests.c.id == request_id) & (_requests.c.state == "open")
    return connection.execute(select(_requests).where(is_open)).mappings().first()


def _hand_on(connection: Connection, merged: ContentRequest, askers: Sequence[Mapping[Any, Any]]) -> None:
    """Let those who waited for a merged request wait for the other one, each once for each deal."""
    into = merged.merged_into
    moved = [
        {**one, "id": key("asker", into, one["email"], one["deal_id"]), "request_id": into} for one in askers
    ]
    insert_missing(connection, _askers, moved)
    connection.execute(delete(_askers).where(_askers.c.request_id == merged.id))


_BY_AGE = (_requests.c.made_at, _requests.c.id)
_NEWEST = (_requests.c.made_at.desc(), _requests.c.id)
