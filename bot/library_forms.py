"""What is asked before an asset is sent back or archived: forms as Block Kit, and what was entered in them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import label, section
from bot.payload import Carried, UnknownButton
from enablement.language import _
from enablement.model import Asset

DECLINE_FORM, NOTE = "library.declined", "note"
ARCHIVE_FORM, SUCCESSOR = "library.archived", "library.successor"


@dataclass(frozen=True)
class Deciding:
    """What such a form carries: the button it came from, and where to show what became of it."""

    button: str
    response_url: str


def decline_form(carried: Carried, asset: Asset, *, response_url: str) -> View:
    typed = PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1000)
    why = InputBlock(block_id=NOTE, label=label(_("What should change?")), element=typed)
    return _form(DECLINE_FORM, _("Send back"), asset, Deciding(carried.to_json(), response_url), why)


def archive_form(carried: Carried, asset: Asset, *, response_url: str) -> View:
    """Return the form that asks whether an asset is to be archived, and what takes its place."""
    chosen = ExternalDataSelectElement(
        action_id=SUCCESSOR, placeholder=label(_("Type a title")), min_query_length=0
    )
    successor = InputBlock(
        block_id=SUCCESSOR,
        label=label(_("What takes its place?")),
        hint=label(
            _("Whoever opens an old link reads what takes its place; buyers only if customers may have it.")
        ),
        element=chosen,
        optional=True,
    )
    sure = section(_("It can no longer be found or shared, and links to it stop working."))
    carries = Deciding(carried.to_json(), response_url)
    return _form(ARCHIVE_FORM, _("Archive"), asset, carries, sure, successor)


def read_deciding(view: Mapping[str, Any]) -> Deciding:
    """Return what a form carried; raises UnknownButton."""
    try:
        return Deciding(**json.loads(view["private_metadata"]))
    except (ValueError, TypeError) as error:
        raise UnknownButton(_("This form is from another version of Touchline.")) from error


def read_note(view: Mapping[str, Any]) -> str:
    """Return the reason that was written."""
    return str(_entered(view, NOTE).get("value") or "").strip()


def read_successor(view: Mapping[str, Any]) -> str:
    """Return the id of the asset that was chosen; empty where none was."""
    return str((_entered(view, SUCCESSOR).get("selected_option") or {}).get("value") or "")


def _form(callback_id: str, title: str, asset: Asset, carries: Deciding, *fields: Any) -> View:
    return View(
        type="modal",
        callback_id=callback_id,
        title=label(title),
        submit=label(title),
        close=label(_("Cancel")),
        private_metadata=json.dumps(asdict(carries)),
        blocks=[section(f"*{escape(asset.title, most=300)}*"), *fields],
    )


def _entered(view: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    entered = view["state"]["values"].get(field, {}).get(field, {})
    return entered if isinstance(entered, dict) else {}
