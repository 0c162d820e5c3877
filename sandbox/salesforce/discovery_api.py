"""The REST API: what there is to call, objects described, and what the user saw last."""

from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.salesforce import describe
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, version, viewer
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.soql_shape import attributes

_RESOURCES = ("sobjects", "limits", "query", "queryAll", "composite", "jobs", "recent", "tooling")
_RECENT = """
    SELECT Id, Name, Type FROM RecentlyViewed WHERE ViewerId = ? AND LastViewedDate IS NOT NULL
    ORDER BY LastViewedDate DESC, seq DESC LIMIT ?"""
_MOST_RECENT = 200


def known_object(org: Org, name: str) -> SObject:
    """Return the object a path names, if the user may read it."""
    sobject = org.schema.find(name)
    if sobject is None or not viewer().may("Read", sobject):
        raise not_found()
    return sobject


def add_discovery_routes(door: Blueprint, org: Org) -> None:
    """Add the version's own page, limits, descriptions and recent rows."""

    @door.get("", strict_slashes=False)
    def resources() -> Response:
        here = f"/services/data/{version()}"
        base = org.config.base_url.rstrip("/")
        links = {name: f"{here}/{name}" for name in _RESOURCES}
        return answer({**links, "identity": f"{base}/id/{org.organization_id}/{viewer().user_id}"})

    @door.get("/limits", strict_slashes=False)
    def limits() -> Response:
        left = org.usage.left(org.clock.now().date().isoformat())
        return answer({"DailyApiRequests": {"Max": org.usage.limit, "Remaining": left}})

    @door.get("/sobjects", strict_slashes=False)
    def all_objects() -> Response:
        seen = [sobject for sobject in org.schema if viewer().may("Read", sobject)]
        briefs = [describe.brief(sobject, viewer(), version=version()) for sobject in seen]
        return answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": briefs})

    @door.get("/sobjects/<name>", strict_slashes=False)
    def basic(name: str) -> Response:
        sobject = known_object(org, name)
        recent = [row for row in _recent(org, _MOST_RECENT) if row["attributes"]["type"] == sobject.name]
        brief = describe.brief(sobject, viewer(), version=version())
        return answer({"objectDescribe": brief, "recentItems": recent})

    @door.get("/sobjects/<name>/describe", strict_slashes=False)
    def described(name: str) -> Response:
        sobject = known_object(org, name)
        changed = org.schema_changed.replace(microsecond=0)
        if _not_since(changed.timestamp()):
            return Response(status=304)
        response = answer(describe.whole(sobject, org.schema, viewer(), version=version()))
        response.headers["Last-Modified"] = format_datetime(changed, usegmt=True)
        return response

    @door.get("/sobjects/<name>/describe/layouts", strict_slashes=False)
    def layouts(name: str) -> Response:
        return answer(describe.layouts(known_object(org, name), viewer(), version=version()))

    @door.get("/recent", strict_slashes=False)
    def recent() -> Response:
        wanted = request.args.get("limit", str(_MOST_RECENT))
        if not wanted.isdecimal() or not 0 < int(wanted) <= _MOST_RECENT:
            raise ApiError("INVALID_PARAMETER", f"limit goes from 1 to {_MOST_RECENT}")
        found = _recent(org, int(wanted))
        g.rows = len(found)
        return answer(found)


def _recent(org: Org, limit: int) -> list[dict[str, Any]]:
    rows = org.store.select(_RECENT, [viewer().user_id, limit])
    return [
        {"attributes": attributes(kind, record_id, version=version()), "Id": record_id, "Name": name}
        for record_id, name, kind in rows
    ]


def _not_since(changed: float) -> bool:
    asked = request.headers.get("If-Modified-Since")
    if asked is None:
        return False
    try:
        return changed <= parsedate_to_datetime(asked).timestamp()
    except ValueError:
        raise ApiError("INVALID_PARAMETER", f"If-Modified-Since: {asked}") from None
