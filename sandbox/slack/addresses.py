"""Where the app reaches this server."""

from flask import request

from sandbox.slack.state import Slack


def base_url(slack: Slack) -> str:
    """Return the server's address without a slash at its end; needs a request when none was configured."""
    return (slack.config.public_url or request.host_url).rstrip("/")
