"""Links to the app's domains: which were announced to it, and which it may still unfurl."""

import secrets
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.slack.clock import Clock
from sandbox.slack.errors import Json
from sandbox.slack.mrkdwn import tokens

QUIET_SECONDS = 3600.0
COMPOSER = "COMPOSER"


@dataclass
class Announced:
    """Links told to the app: in a message, or in what somebody is still writing (`source` composer)."""

    unfurl_id: str
    source: str
    user: str
    channel: str
    ts: str
    urls: tuple[str, ...]
    previews: dict[str, Json] = field(default_factory=dict)


class Links:
    """What was announced, by unfurl id, and when each link last was in each channel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._announced: dict[str, Announced] = {}
        self._last: dict[tuple[str, str], float] = {}

    def announce(self, source: str, user: str, channel: str, ts: str, urls: tuple[str, ...]) -> Announced:
        """Keep an announcement; `ts` is empty for the composer."""
        unfurl_id = f"{channel}.{ts}.{secrets.token_hex(32)}" if ts else f"{user}-{secrets.token_hex(16)}"
        told = Announced(unfurl_id, source, user, channel, ts or unfurl_id, urls)
        self._announced[unfurl_id] = told
        return told

    def find(self, unfurl_id: str) -> Announced | None:
        """Return an announcement."""
        return self._announced.get(unfurl_id)

    def composing(self, user: str, channel: str) -> Announced | None:
        """Return what this person's composer in this channel was last announced with."""
        rows = [
            row
            for row in self._announced.values()
            if (row.source, row.user, row.channel) == ("composer", user, channel)
        ]
        return rows[-1] if rows else None

    def sent(self, user: str, channel: str) -> None:
        """Forget the composer's links: the message is out."""
        gone = [
            row.unfurl_id
            for row in self._announced.values()
            if (row.source, row.user, row.channel) == ("composer", user, channel)
        ]
        for unfurl_id in gone:
            del self._announced[unfurl_id]

    def fresh(self, channel: str, urls: Iterable[str]) -> tuple[str, ...]:
        """Return the links not announced in this channel for an hour, and remember them as announced now."""
        now = self._clock.now()
        found = tuple(url for url in urls if now - self._last.get((channel, url), -now) >= QUIET_SECONDS)
        self._last |= {(channel, url): now for url in found}
        return found


def links_in(text: str, domains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the web links of a text that lie in these domains or below, each once."""
    urls = [token.target for token in tokens(text) if token.kind == "link"]
    return tuple(dict.fromkeys(url for url in urls if domain_of(url, domains)))


def domain_of(url: str, domains: tuple[str, ...]) -> str:
    """Return the registered domain a link belongs to, or nothing.

    A port shuts it out, as no manifest may name one; what runs on this machine is registered with its port.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    if port is not None:
        return f"{host}:{port}" if f"{host}:{port}" in domains else ""
    return next((domain for domain in domains if host == domain or host.endswith(f".{domain}")), "")
