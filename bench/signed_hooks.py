"""Requests as Flow, Apex and the button on the Opportunity send them: signed JSON, to the product or a peer."""

import http.client
import itertools
import json
import secrets
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

import requests

from crm.hooks.signed import sign, signing_key

# As long as Apex waits for an answer unless it is told otherwise.
SENDER_WAITS_S = 10.0
_run, _numbers = secrets.token_hex(8), itertools.count(1)


class NotTaken(Exception):
    """A hook was not answered with HTTP 200 within ten seconds."""


@dataclass(frozen=True)
class SignedHook:
    """A request to `/salesforce/<way>` of an app; `id` is new with each."""

    app_url: str
    way: str
    body: bytes
    secret: str
    id: str

    def send(self) -> None:
        """Sign it as of now and send it over a connection of its own; raises NotTaken."""
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(
                self.body, hook_id=self.id, timestamp=stamp, key=signing_key(self.secret)
            ),
        }
        address = urllib.parse.urlsplit(self.app_url).netloc
        connection = http.client.HTTPConnection(address, timeout=SENDER_WAITS_S)
        try:
            connection.request("POST", f"/salesforce/{self.way}", self.body, headers)
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status != requests.codes.ok:
            raise NotTaken(f"HTTP {answer.status} {said[:200]!r}")


def hook(app_url: str, way: str, body: Mapping[str, object], *, secret: str) -> SignedHook:
    """Return a request that no other has the id of."""
    raw = json.dumps(body, separators=(",", ":")).encode()
    return SignedHook(app_url, way, raw, secret, f"bench_{_run}_{next(_numbers)}")
