"""Refusals, in the words of Slack's Web API and of the control endpoints."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A call that Slack answers with `ok: false`."""

    def __init__(self, error: str, **details: object) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def body(self) -> Json:
        """Return the JSON answer."""
        return {"ok": False, "error": self.error, **self.details}


class RateLimited(SlackError):
    """A call too many; `seconds` is what Retry-After says."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


def invalid_arguments(*messages: str) -> SlackError:
    """Return the refusal of arguments, each message saying what is wrong."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]}
    )


class Impossible(Exception):
    """A person cannot do this: there is no such user, channel, message or button on the screen."""
