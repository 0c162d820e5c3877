"""Events on their way: subscribed ones only, while the app is installed."""

import threading
from collections.abc import Callable

from sandbox.slack.errors import Json
from sandbox.slack.events import envelope
from sandbox.slack.manifest_names import EVENTS
from sandbox.slack.sender import Delivery, send_event, send_many
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel


def is_heard(slack: Slack, kind: str) -> bool:
    """Say whether the app gets events of this kind."""
    needed = EVENTS[kind]
    return kind in slack.config.events and (not needed or not set(needed).isdisjoint(slack.config.scopes))


def deliver(
    slack: Slack, kind: str, event: Json, *, channel: Channel | None = None, times: int = 1
) -> list[Delivery]:
    """Send an event the app has subscribed to, the very same `times` times at once."""
    if slack.token_end or not is_heard(slack, kind):
        return []
    return deliver_anyway(slack, kind, event, channel=channel, times=times)


def deliver_soon(slack: Slack, kind: str, event: Json, *, channel: Channel | None = None) -> None:
    """Send an event behind the back of the call that brought it about: the call's answer does not wait for the app."""
    if slack.token_end or not is_heard(slack, kind):
        return
    run_soon(slack, lambda: deliver_anyway(slack, kind, event, channel=channel))


def run_soon(slack: Slack, errand: Callable[[], object]) -> None:
    """Do this in a thread of its own, which the server waits for when it stops."""

    def run() -> None:
        try:
            errand()
        finally:
            with slack.lock:
                slack.errands.discard(thread)

    thread = threading.Thread(target=run, daemon=True)
    with slack.lock:
        slack.errands.add(thread)
    thread.start()


def finish_errands(slack: Slack) -> None:
    """Wait until what was to be done soon is done."""
    with slack.lock:
        running = list(slack.errands)
    for thread in running:
        thread.join()


def deliver_anyway(
    slack: Slack, kind: str, event: Json, *, channel: Channel | None = None, times: int = 1
) -> list[Delivery]:
    """Send an event, even to an app whose token is no longer good."""
    with slack.lock:
        wrapped = envelope(slack, event, channel=channel)
    return send_many(times, lambda: send_event(slack, kind, wrapped))
