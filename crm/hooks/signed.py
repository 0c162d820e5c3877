"""Read requests that are signed in the form of Standard Webhooks.

The form: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from crm.hooks.refusal import Refused

SHORTEST_KEY = 24
_PREFIX = "whsec_"
_HOOK_ID = re.compile(r"[A-Za-z0-9_:-]{1,128}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class NotASecret(ValueError):
    """This can't be used as the secret of signed requests."""


def signing_key(secret: str) -> bytes:
    """Return the key that a secret stands for; raises NotASecret, which does not quote it."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise NotASecret("should be whsec_ and base64") from error
    if not secret.startswith(_PREFIX) or len(key) < SHORTEST_KEY:
        raise NotASecret(f"should be whsec_ and at least {SHORTEST_KEY} bytes in base64")
    return key


def sign(raw: bytes, *, hook_id: str, timestamp: str, key: bytes) -> str:
    """Return the signature of a body."""
    digest = hmac.digest(key, f"{hook_id}.{timestamp}.".encode() + raw, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def verify(
    raw: bytes, headers: Mapping[str, str], keys: Sequence[bytes], *, now: float, within: float
) -> str:
    """Return the id of a request that one of the keys signed; `now` is Unix time, `within` seconds before or after."""
    hook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _HOOK_ID.fullmatch(hook_id) or not _TIMESTAMP.fullmatch(timestamp):
        raise Refused(401, "not signed")
    if abs(now - int(timestamp)) > within:
        raise Refused(401, "signed too long ago")
    # While its secret is changed a sender may sign with both.
    signatures = [one for one in headers.get("webhook-signature", "").split(" ") if _SIGNATURE.fullmatch(one)]
    expected = [sign(raw, hook_id=hook_id, timestamp=timestamp, key=key) for key in keys]
    if not any(hmac.compare_digest(one, other) for one in signatures for other in expected):
        raise Refused(401, "signed by somebody else")
    return hook_id
