"""The HTTP door: Slack's and Salesforce's requests, the links that buyers and reps open, health."""

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

from flask import Flask, Response, g, render_template, request, send_file
from werkzeug.exceptions import HTTPException, InternalServerError

from enablement.announcing import serve_asset
from enablement.language import _, speaking, spoken
from enablement.ports import Services
from enablement.sharing import NoSuchLink, Served, Withdrawn, serve_preview, serve_share, serve_suggestion
from web.readers import is_person
from web.sender import Network, sender

log = logging.getLogger(__name__)
LARGEST_REQUEST = 2_000_000
# What a browser shows by itself; everything else is downloaded.
SHOWN_INLINE = ("application/pdf", "text/html", "text/plain")


class Answer(Protocol):
    """What a door answers over HTTP."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> str: ...


Door = Callable[[bytes, Mapping[str, str]], Answer]
# It is also told the rest of the path, and the address that the request came from.
Hooks = Callable[[str, bytes, Mapping[str, str], str], Answer]
Health = Callable[[], Mapping[str, object]]


def create_app(
    services: Services, *, slack: Door, salesforce: Hooks, health: Health, proxies: Sequence[Network] = ()
) -> Flask:
    """Return the WSGI application; `slack` and `salesforce` answer theirs, `health` says what works.

    `proxies` are believed when they say where a request came from.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST

    @app.post("/slack/events")
    def slack_request() -> Response:
        answer = slack(request.get_data(cache=False), _headers())
        return Response(answer.body, answer.status, dict(answer.headers))

    @app.post("/salesforce/<path:way>")
    def salesforce_request(way: str) -> Response:
        raw = request.get_data(cache=False)
        forwarded = request.headers.get("X-Forwarded-For", "")
        came_from = sender(request.remote_addr or "", forwarded, proxies)
        answer = salesforce(way, raw, _headers(), came_from)
        return Response(answer.body, answer.status, dict(answer.headers))

    @app.get("/s/<token>")
    def shared(token: str) -> Response:
        served = serve_share(
            token,
            services,
            agent=request.user_agent.string,
            by_person=is_person(request.method, _headers()),
            now=services.clock(),
        )
        return _file(served)

    @app.get("/o/<token>")
    def suggested(token: str) -> Response:
        by_person, now = is_person(request.method, _headers()), services.clock()
        looked_at = serve_preview(token, services, now=now)
        return _file(looked_at or serve_suggestion(token, services, by_person=by_person, now=now))

    @app.get("/a/<receipt>/<asset>")
    def announced(receipt: str, asset: str) -> Response:
        by_person, now = is_person(request.method, _headers()), services.clock()
        return _file(serve_asset(receipt, asset, services, by_person=by_person, now=now))

    @app.get("/healthz")
    def alive() -> Mapping[str, object]:
        return {"ok": True}

    @app.get("/readyz")
    def ready() -> tuple[Mapping[str, object], int]:
        said = health()
        return said, 200 if said["ok"] else 503

    app.before_request(_speak)
    app.teardown_request(_fall_silent)
    app.register_error_handler(NoSuchLink, _no_such_link)
    app.register_error_handler(Withdrawn, _withdrawn)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)
    app.after_request(_guard)
    return app


def _speak() -> None:
    """Speak, until the request is answered, the language that its sender's browser likes best of ours."""
    g.spoken = ExitStack()
    g.spoken.enter_context(speaking(*request.accept_languages.values()))


def _fall_silent(_error: BaseException | None) -> None:
    g.spoken.close()


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _file(served: Served) -> Response:
    if served.url:
        return Response(status=303, headers={"Location": served.url, "Cache-Control": "private, no-store"})
    kind = served.version.media_type
    answer = send_file(
        io.BytesIO(served.data),
        mimetype="text/plain; charset=utf-8" if kind.startswith("text/markdown") else kind,
        as_attachment=not kind.startswith((*SHOWN_INLINE, "text/markdown")),
        download_name=served.version.file_name,
    )
    # An HTML asset is shown, but it is not part of this site: no scripts, no forms, no cookies of ours.
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _no_such_link(error: NoSuchLink) -> tuple[str, int]:
    return _page(_leads_nowhere(), str(error)), 404


def _withdrawn(error: Withdrawn) -> tuple[str, int]:
    return _page(_("This is no longer in use"), str(error)), 410


def _http_error(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    if code >= 500:
        return _page(_("Something went wrong"), _("That is our fault. Please try again in a minute.")), code
    return _page(_leads_nowhere(), _("Please check that the address is complete.")), code


def _leads_nowhere() -> str:
    return _("This link leads nowhere")


def _page(title: str, text: str) -> str:
    return render_template("no_such_link.html", language=spoken().replace("_", "-"), title=title, text=text)


def _broken(error: Exception) -> tuple[str, int]:
    # Not the path, as Flask would: in it stand the tokens of links and the address that only Salesforce knows.
    log.error("a request (%s) failed", request.endpoint, exc_info=error)
    return _http_error(InternalServerError())


def _guard(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
    return response
