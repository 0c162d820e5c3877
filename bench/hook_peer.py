"""The peer of `loop`'s hook door: a bare Flask app that checks the signature and says yes. It keeps nothing."""

import base64
import hashlib
import hmac
import os
import time

from flask import Flask, Response, request

WITHIN_S = 300


def web() -> Flask:
    """Return the WSGI application (`gunicorn 'bench.hook_peer:web()'`)."""
    secret = base64.b64decode(os.environ["SALESFORCE_HOOK_SECRET"].removeprefix("whsec_"))
    app = Flask(__name__)

    @app.post("/salesforce/<way>")
    def take(way: str) -> Response:  # noqa: ARG001 - part of the route
        hook_id, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{hook_id}.{stamp}.".encode() + request.get_data()
        expected = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
        is_signed = hmac.compare_digest(request.headers["webhook-signature"], f"v1,{expected}")
        is_fresh = abs(time.time() - int(stamp)) <= WITHIN_S
        return Response("taken", 200 if is_signed and is_fresh else 401)

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ok": True}

    return app
