"""The app is uninstalled, or its token revoked: the last it hears."""

from sandbox.slack.delivering import deliver_anyway, is_heard
from sandbox.slack.errors import Impossible, Json
from sandbox.slack.sender import Delivery
from sandbox.slack.state import Slack


def end_token(slack: Slack, error: str) -> list[Delivery]:
    """Revoke the bot token: every call from now on is refused with `error`, and the app is told."""
    with slack.lock:
        slack.token_end = error
        slack.touch()
        event = _tokens_revoked(slack)
    return _tell(slack, event)


def uninstall(slack: Slack, *, tokens_first: bool) -> list[Delivery]:
    """Take the app away; its two events come in either order."""
    with slack.lock:
        if slack.token_end:
            raise Impossible("the app is not installed")
        slack.token_end = "account_inactive"  # noqa: S105 - an error name
        slack.touch()
        events = [{"type": "app_uninstalled", "event_ts": slack.messages.next_ts()}, _tokens_revoked(slack)]
    return [
        delivery
        for event in (reversed(events) if tokens_first else events)
        for delivery in _tell(slack, event)
    ]


def _tokens_revoked(slack: Slack) -> Json:
    return {
        "type": "tokens_revoked",
        "tokens": {"oauth": [], "bot": [slack.workspace.bot.user_id]},
        "event_ts": slack.messages.next_ts(),
    }


def _tell(slack: Slack, event: Json) -> list[Delivery]:
    return deliver_anyway(slack, event["type"], event) if is_heard(slack, event["type"]) else []
