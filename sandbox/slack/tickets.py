"""What Slack hands out for a short time: trigger ids and response URLs."""

import secrets
from dataclasses import dataclass

from sandbox.slack.clock import Clock
from sandbox.slack.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_POSTS = 5


@dataclass
class Trigger:
    """The right to open one modal for one person."""

    user: str
    given_at: float
    view_id: str | None
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer one command or click without a token."""

    user: str
    channel: str
    given_at: float
    source_ts: str | None
    thread_ts: str | None
    posts: int = 0


class Tickets:
    """Trigger ids and response URLs, with their ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str, *, view_id: str | None = None) -> str:
        """Hand out a trigger id."""
        trigger_id = (
            f"{secrets.randbelow(10**13):013d}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        )
        self._triggers[trigger_id] = Trigger(user, self._clock.now(), view_id)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Spend a trigger id; refuses unknown, spent and late ones."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.given_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_url(self, url: ResponseUrl) -> str:
        """Hand out the secret last part of a response URL."""
        secret = secrets.token_urlsafe(18)
        self._urls[secret] = url
        return secret

    def use_url(self, secret: str) -> ResponseUrl:
        """Count one post on a response URL; refuses unknown, spent and late ones."""
        url = self._urls.get(secret)
        if url is None:
            raise SlackError("invalid_url")
        if self._clock.now() - url.given_at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if url.posts >= RESPONSE_URL_POSTS:
            raise SlackError("used_url")
        url.posts += 1
        return url

    def url_for(
        self, user: str, channel: str, *, source_ts: str | None, thread_ts: str | None
    ) -> ResponseUrl:
        """Return a fresh right to answer, starting now."""
        return ResponseUrl(user, channel, self._clock.now(), source_ts, thread_ts)
