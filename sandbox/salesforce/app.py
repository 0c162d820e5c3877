"""The local org as a web application."""

import time
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import http_date

from sandbox.salesforce.bulk import add_bulk_routes
from sandbox.salesforce.callouts import callout_door
from sandbox.salesforce.clock import Clock
from sandbox.salesforce.collections_api import add_collection_routes
from sandbox.salesforce.composite_api import add_composite_routes
from sandbox.salesforce.config import OrgConfig
from sandbox.salesforce.control import control_door
from sandbox.salesforce.data_api import data_door
from sandbox.salesforce.deploy import metadata_door
from sandbox.salesforce.errors import ApiError, not_found, status_of
from sandbox.salesforce.exchange import VERSIONS, answer, bearer_token, failure, is_part
from sandbox.salesforce.faults import Fault
from sandbox.salesforce.local_org import Org, open_org
from sandbox.salesforce.oauth import oauth_door
from sandbox.salesforce.outbound import outbound_door
from sandbox.salesforce.pages import pages_door
from sandbox.salesforce.wire import cut

_API = ("/services/", "/id/")
_LONGEST_URL = 16_384


def create_app(config: OrgConfig, clock: Clock | None = None) -> Flask:
    """Return the org's web application, its rows opened and its metadata deployed."""
    org = open_org(config, clock or Clock())
    app = Flask("sandbox.salesforce", static_folder=None)
    app.extensions["org"] = org
    app.before_request(lambda: _begin(org))
    app.after_request(lambda response: _finish(org, response))
    app.register_error_handler(ApiError, failure)
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(Exception, lambda error: _bug(app, error))
    app.register_blueprint(oauth_door(org))
    data = data_door(org)
    add_collection_routes(data, org)
    add_composite_routes(data, org)
    jobs = add_bulk_routes(data, org)
    app.register_blueprint(data)
    app.register_blueprint(metadata_door(org))
    app.register_blueprint(control_door(org, jobs))
    app.register_blueprint(outbound_door(org))
    app.register_blueprint(callout_door(org))
    app.register_blueprint(pages_door(org))
    app.add_url_rule("/services/data", "versions", _versions, strict_slashes=False)
    return app


def _versions() -> Response:
    return answer([{"label": f"v{v}", "url": f"/services/data/v{v}", "version": v} for v in VERSIONS])


def _begin(org: Org) -> Response | None:
    g.started = time.monotonic()
    if not request.path.startswith(_API) or is_part():
        return None
    if len(request.full_path) > _LONGEST_URL:
        return Response("URI Too Long", 414, content_type="text/plain")
    for fault in org.faults.meet(request.path, request.method):
        if (response := _suffer(org, fault)) is not None:
            return response
    return None


def _suffer(org: Org, fault: Fault) -> Response | None:
    match fault.kind:
        case "slow":
            time.sleep(fault.seconds)
        case "status":
            page = f"<html><body><h1>{fault.status}</h1>The org is not available.</body></html>"
            return Response(page, fault.status, content_type="text/html;charset=UTF-8")
        case "error_code":
            error = ApiError(fault.error_code, f"fault on order: {fault.error_code}")
            return answer([error.in_answer()], status_of(fault.error_code))
        case "expire_session":
            org.sessions.end(bearer_token())
        case "drop":
            cut(request.environ)
            return Response(status=503)
        case "lost_reply":
            g.loses_reply = True
        case "half_reply":
            g.halves_reply = True
    return None


def _finish(org: Org, response: Response) -> Response:
    if not request.path.startswith(_API) or is_part():
        return response
    response.headers["Date"] = http_date(org.clock.now())
    if "usage" in g:
        response.headers["Sforce-Limit-Info"] = f"api-usage={g.usage}/{org.usage.limit}"
    call: dict[str, Any] = {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round((time.monotonic() - g.started) * 1000, 1),
        "rows": g.get("rows", 0),
    }
    if "q" in request.args:
        call["soql"] = request.args["q"]
    org.received.add(call)
    if g.get("loses_reply"):
        cut(request.environ)
    if g.get("halves_reply"):
        # Half of what was promised, and then the end of the connection.
        whole = response.get_data()
        response.response = [whole[: len(whole) // 2]]
        response.headers["Connection"] = "close"
    return response


def _http_failure(error: HTTPException) -> Response:
    if not request.path.startswith(_API):
        return Response(error.description, error.code, content_type="text/plain;charset=UTF-8")
    if isinstance(error, MethodNotAllowed):
        allowed = ",".join(sorted(error.valid_methods or ()))
        message = f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}"
        return failure(ApiError("METHOD_NOT_ALLOWED", message))
    return failure(not_found())


def _bug(app: Flask, error: Exception) -> Response:
    app.logger.error("request failed", exc_info=error)
    return failure(
        ApiError("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please see the log of the org.")
    )
