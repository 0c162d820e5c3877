"""Blocks and views as the JSON that is sent: Slack's own models make it, and refuse what Slack would refuse."""

from functools import cache
from typing import Any

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View


def plain(drawn: Block | View) -> dict[str, Any]:
    """Return what is drawn as it is sent; raises SlackObjectFormationError where it breaks a limit of Slack's."""
    return dict(drawn.to_dict())


def _validate(part: JsonObject) -> None:
    for name in _validators(type(part)):
        getattr(part, name)()


@cache
def _validators(kind: type[JsonObject]) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if hasattr(getattr(kind, name), "validator"))


# The models look for their validators anew in each of the hundreds of parts of an answer, and in each attribute of it:
# a tenth of what an answer takes.
JsonObject.validate_json = _validate  # type: ignore[assignment,method-assign]
