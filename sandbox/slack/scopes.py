"""Which scope a call needs, where that hangs on the kind of conversation."""

from sandbox.slack.errors import Json
from sandbox.slack.methods import Method
from sandbox.slack.state import Slack

_FAMILY = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def needed_scope(slack: Slack, method: Method, arguments: Json) -> str:
    """Return the scope the app must have, or nothing."""
    if not method.scope.startswith("*:"):
        return method.scope
    channel = slack.workspace.channels.get(arguments.get("channel", ""))
    family = _FAMILY[channel.kind()] if channel else "channels"
    return family + method.scope[1:]
