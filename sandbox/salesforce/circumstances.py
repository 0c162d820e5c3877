"""What only a sandbox has: the day's limit, sessions, locks, the recycle bin and people at their screens."""

from typing import Any

from flask import Blueprint, Response

from sandbox.salesforce.bulk.jobs import Jobs
from sandbox.salesforce.clock import as_text
from sandbox.salesforce.data_api import locking
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, body_object, empty
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.permissions import known_viewer
from sandbox.salesforce.recent import see
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.sharing import Viewer


def add_circumstances(door: Blueprint, org: Org, jobs: Jobs) -> None:
    """Add what changes the circumstances that calls meet."""
    _add_limits_and_sessions(door, org)
    _add_rows(door, org)

    @door.post("/bulk")
    def set_polls() -> Response:
        jobs.polls = int(_positive(_exactly(body_object(), {"polls"})["polls"]))
        return empty()


def _add_limits_and_sessions(door: Blueprint, org: Org) -> None:
    @door.post("/limits")
    def set_limit() -> Response:
        body = _exactly(body_object(), {"daily_api_requests"})
        org.usage.limit = int(_positive(body["daily_api_requests"]))
        return empty()

    @door.post("/sessions")
    def set_session_length() -> Response:
        org.sessions.seconds = _positive(_exactly(body_object(), {"seconds"})["seconds"])
        return empty()

    @door.delete("/sessions")
    def end_sessions() -> Response:
        org.sessions.end_all()
        return empty()

    @door.post("/refresh_tokens")
    def approve_client() -> Response:
        user_id = _user_id(org, _exactly(body_object(), {"username"})["username"])
        return answer({"refresh_token": org.sessions.allow_refresh(user_id)}, 201)

    @door.get("/locks")
    def locks() -> Response:
        return answer(org.locks.state())

    @door.post("/locks")
    def hold_rows() -> Response:
        body = body_object()
        seconds = body.pop("seconds", None)
        record_ids = _ids(_exactly(body, {"ids"})["ids"])
        org.locks.hold(record_ids, seconds=None if seconds is None else _positive(seconds))
        return empty()

    @door.delete("/locks")
    def let_rows_go() -> Response:
        org.locks.let_go()
        return empty()


def _add_rows(door: Blueprint, org: Org) -> None:
    @door.post("/undelete")
    def undelete() -> Response:
        record_ids = _ids(_exactly(body_object(), {"ids"})["ids"])
        with org.writing(Viewer(_integration_user(org), sees_all=True)) as writer:
            for record_id in record_ids:
                writer.undelete(_object_of(org, record_id), record_id)
        return empty()

    @door.post("/opportunity/<record_id>")
    def save(record_id: str) -> Response:
        [deal] = _ids([record_id])
        sobject, values = org.schema.get("Opportunity"), body_object()
        with locking(org, sobject, values, [deal]), org.writing(_at_the_screen(org, deal)) as writer:
            writer.update(sobject, deal, values)
        return empty()

    @door.post("/views")
    def view() -> Response:
        body = _exactly(body_object(), {"username", "id"})
        [record_id] = _ids([body["id"]])
        sobject = _object_of(org, record_id)
        if not sobject.name_field:
            raise ApiError("INVALID_PARAMETER", f"{sobject.name} has no page to look at")
        user_id = _user_id(org, body["username"])
        see(org.store, [record_id], sobject, user_id, at=as_text(org.clock.now()), kind="VIEW")
        return empty()


def _exactly(body: dict[str, Any], names: set[str]) -> dict[str, Any]:
    if body.keys() != names:
        raise ApiError("INVALID_PARAMETER", f"the body holds {', '.join(sorted(names))}")
    return body


def _positive(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ApiError("INVALID_PARAMETER", f"not a number from 0: {value}")
    return float(value)


def _ids(values: object) -> list[str]:
    try:
        return [normal_id(str(value)) for value in values] if isinstance(values, list) else []
    except MalformedIdError as malformed:
        raise ApiError("MALFORMED_ID", f"malformed id {malformed}") from malformed


def _object_of(org: Org, record_id: str) -> SObject:
    sobject = org.schema.of_id(record_id)
    if sobject is None:
        raise not_found()
    return sobject


def _user_id(org: Org, username: object) -> str:
    users = org.schema.get("User")
    found = org.store.find(users, users.fields["username"], username)
    if found is None:
        raise not_found()
    return str(found["Id"])


def _at_the_screen(org: Org, opportunity: str) -> Viewer:
    """Return who changes an opportunity on its page: its owner, or an administrator for an owner who left."""
    row = org.store.read(org.schema.get("Opportunity"), opportunity)
    owner = known_viewer(org.store, str(row["OwnerId"])) if row else None
    return owner or Viewer(_integration_user(org), sees_all=True)


def _integration_user(org: Org) -> str:
    return _user_id(org, org.config.integration_username)
