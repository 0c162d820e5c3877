"""Views: modals and Home tabs."""

from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.kinds import SURFACES
from sandbox.slack.blocks.messages import check_ids
from sandbox.slack.blocks.sdk_judge import sdk_complaints
from sandbox.slack.blocks.shapes import Check, array, boolean, by_type, complain, record, string
from sandbox.slack.blocks.texts import TYPE, plain
from sandbox.slack.errors import Json


def _inputs_have_submit(view: Json, at: str, found: list[str]) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        complain(found, at, "missing required field: submit, since there are input blocks")


def _blocks(surface: str) -> Check:
    return array(by_type(SURFACES[surface]), most=limits.BLOCKS_IN_VIEW, least=0)


_ANY_VIEW: dict[str, Check] = {
    "type": TYPE,
    "private_metadata": string(most=limits.PRIVATE_METADATA, least=0),
    "callback_id": string(most=limits.ID, least=0),
    "external_id": string(most=limits.ID, least=0),
}
_TITLE = plain(limits.VIEW_TITLE)
_VIEWS: dict[str, Check] = {
    "modal": record(
        {
            **_ANY_VIEW,
            "title": _TITLE,
            "submit": _TITLE,
            "close": _TITLE,
            "blocks": _blocks("modal"),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        required=("title", "blocks"),
        rules=(_inputs_have_submit,),
    ),
    "home": record({**_ANY_VIEW, "blocks": _blocks("home")}, required=("blocks",)),
}


def check_view(view: Any, *, kinds: tuple[str, ...]) -> list[str]:
    """Return what Slack would refuse in a view of one of these kinds; empty when it is right."""
    found: list[str] = []
    by_type({kind: _VIEWS[kind] for kind in kinds})(view, "/view", found)
    if not found:
        check_ids(view["blocks"], "/view/blocks", found)
    return found or sdk_complaints(view["blocks"], "/view/blocks")
