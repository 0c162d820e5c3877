"""Events on their way: subscribed ones only, while the app is installed."""

from sandbox.slack.errors import Json
from sandbox.slack.events import envelope
from sandbox.slack.sender import Delivery, send_event, send_many
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel

# Without these scopes an app cannot subscribe to the event.
_SCOPES = {"link_shared": "links:read", "file_shared": "files:read"}


def is_heard(slack: Slack, kind: str) -> bool:
    """Say whether the app gets events of this kind."""
    scope = _SCOPES.get(kind)
    return kind in slack.config.events and (scope is None or scope in slack.config.scopes)


def deliver(
    slack: Slack, kind: str, event: Json, *, channel: Channel | None = None, times: int = 1
) -> list[Delivery]:
    """Send an event the app has subscribed to, the very same `times` times at once."""
    if slack.token_end or not is_heard(slack, kind):
        return []
    return deliver_anyway(slack, kind, event, channel=channel, times=times)


def deliver_anyway(
    slack: Slack, kind: str, event: Json, *, channel: Channel | None = None, times: int = 1
) -> list[Delivery]:
    """Send an event, even to an app whose token is no longer good."""
    with slack.lock:
        wrapped = envelope(slack, event, channel=channel)
    return send_many(times, lambda: send_event(slack, kind, wrapped))
