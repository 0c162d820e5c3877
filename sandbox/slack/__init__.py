"""A strict local Slack: a real HTTP server that Slack's own clients talk to.

Shares no code with the product, so that it can judge it.
"""

from flask import Flask, Response

from sandbox.slack import api, control, file_bytes, response_urls
from sandbox.slack.clock import Clock
from sandbox.slack.config import Shortcut, SlackConfig
from sandbox.slack.delivering import finish_errands
from sandbox.slack.misfortune import CutConnections
from sandbox.slack.server import Server
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.state import Slack

__all__ = ["Clock", "Server", "Shortcut", "SlackConfig", "create_app"]


def create_app(config: SlackConfig, clock: Clock | None = None) -> Flask:
    """Return the local Slack as a WSGI app; serve it with a thread per request."""
    slack = Slack(config, clock or Clock())
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it, its base class does not
    app.register_blueprint(api.blueprint(slack))
    app.register_blueprint(response_urls.blueprint(slack))
    app.register_blueprint(file_bytes.blueprint(slack))
    app.register_blueprint(control.blueprint(slack))

    @app.get("/")
    def page() -> Response:
        return app.send_static_file("index.html")

    layers = SocketMode(CutConnections(app.wsgi_app), slack)
    app.wsgi_app = layers  # type: ignore[method-assign]  # Flask's documented way
    app.extensions["at_stop"] = [slack.sockets.drop_all, lambda: finish_errands(slack)]
    return app
