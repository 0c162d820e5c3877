"""Run requests that are parts of another request, within it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, request

from sandbox.salesforce.exchange import PART

METHODS = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})


@dataclass(frozen=True)
class Answered:
    """What a part was answered."""

    status: int
    body: Any
    location: str | None

    @property
    def failed(self) -> bool:
        """Tell whether the part did not do what it was asked."""
        return self.status >= 400


def run_part(method: str, url: str, body: object | None) -> Answered:
    """Answer one part for the user of the present request."""
    split = urlsplit(url)
    headers = {"Authorization": request.headers.get("Authorization", "")}
    content: dict[str, Any] = (
        {} if body is None else {"data": json.dumps(body), "mimetype": "application/json"}
    )
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy of werkzeug, untyped there
    with (
        app.app_context(),  # its own `g`
        app.test_request_context(
            unquote(split.path),
            method=method,
            query_string=split.query,
            headers=headers,
            environ_overrides={PART: True},
            **content,
        ),
    ):
        response = app.full_dispatch_request()
        text = response.get_data(as_text=True)
    is_json = response.mimetype == "application/json"
    return Answered(
        response.status_code, json.loads(text) if is_json and text else None, response.headers.get("Location")
    )
