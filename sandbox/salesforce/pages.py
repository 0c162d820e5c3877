"""The record page and the list of opportunities, for people."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from sandbox.salesforce.local_org import Org
from sandbox.salesforce.record_page import opportunity_page

_STATIC = Path(__file__).parent / "static"


def pages_door(org: Org) -> Blueprint:
    """Return the routes under /lightning and the files they need."""
    door = Blueprint("pages", __name__)

    @door.get("/lightning/r/Opportunity/<record_id>/view")
    def record(record_id: str) -> Response:
        opportunity_page(org, record_id)
        return send_from_directory(_STATIC, "record.html")

    @door.get("/lightning/o/Opportunity/list")
    def listed() -> Response:
        return send_from_directory(_STATIC, "list.html")

    @door.get("/_static/<path:name>")
    def static_file(name: str) -> Response:
        return send_from_directory(_STATIC, name)

    return door
