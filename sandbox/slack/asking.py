"""What the control endpoints read and write."""

from typing import Any

from flask import request

from sandbox.slack.errors import Json
from sandbox.slack.sender import Delivery

TIMES_MOST = 50


def asked() -> Json:
    """Return the JSON object that was posted."""
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def times(body: Json) -> int:
    """Return how often to send the very same request."""
    count = int(body.get("times", 1))
    if not 1 <= count <= TIMES_MOST:
        raise ValueError(f"times must be 1 to {TIMES_MOST}")
    return count


def shown(deliveries: list[Delivery]) -> list[Json]:
    """Return deliveries as JSON."""
    return [delivery.as_json() for delivery in deliveries]
