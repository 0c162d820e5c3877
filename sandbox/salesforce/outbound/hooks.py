"""Signed JSON hooks, in the form of Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import requests

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.outbound.courier import Courier, post
from sandbox.salesforce.outbound.rules import local_url

_PREFIX = "whsec_"
_MOST_TIMES = 100


def send_hook(courier: Courier, body: Mapping[str, Any], *, now: int) -> list[dict[str, Any]]:
    """Send what a control request orders as often as it says; return the record of every time.

    `id`, `timestamp` and `signature` take the place of what a good sender would write.
    """
    unknown = sorted(body.keys() - {"url", "secret", "payload", "id", "timestamp", "signature", "times"})
    if unknown or "payload" not in body:
        raise ApiError("INVALID_PARAMETER", f"unknown: {', '.join(unknown)}" if unknown else "no payload")
    times = body.get("times", 1)
    if not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
        raise ApiError("INVALID_PARAMETER", f"times goes from 1 to {_MOST_TIMES}")
    url = local_url(body.get("url"))
    content = json.dumps(body["payload"], ensure_ascii=False, separators=(",", ":")).encode()
    hook_id = str(body.get("id") or f"msg_{hashlib.sha256(content).hexdigest()[:24]}")
    stamp = str(body.get("timestamp", now))
    signature = body.get("signature") or signed(str(body.get("secret", "")), hook_id, stamp, content)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": hook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": str(signature),
    }
    return [_sent(courier, url, content, headers) for _ in range(times)]


def signed(secret: str, hook_id: str, stamp: str, content: bytes) -> str:
    """Return the signature of a message under a secret of the form `whsec_` and base64."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as cause:
        raise ApiError("INVALID_PARAMETER", "the secret is whsec_ and base64") from cause
    if not key:
        raise ApiError("INVALID_PARAMETER", "no secret")
    digest = hmac.new(key, f"{hook_id}.{stamp}.".encode() + content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _sent(courier: Courier, url: str, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    message: dict[str, Any] = {"kind": "hook", "endpoint": url, "id": headers["webhook-id"]}
    try:
        answer = post(url, content, headers)
    except requests.RequestException as error:
        return courier.note({**message, "status": None, "error": type(error).__name__})
    return courier.note({**message, "status": answer.status_code, "body": answer.text[:10_000]})
