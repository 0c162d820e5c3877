"""What was pressed or sent and is not ours: the person hears so, and the log says what it was; nothing else happens."""

import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.blocks import text_block
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape
from bot.share_blocks import sorry_modal
from bot.signing import Seal
from enablement.language import _
from enablement.ports import TryLater, Undeliverable

log = logging.getLogger(__name__)
FOREIGN = "foreign.pressed"


def noted(fields: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return a request for the listener below in place of one that is not ours, and note it in the log."""
    who = str((fields.get("user") or {}).get("id") or "")
    log.warning("%s of %s bears no signature of ours: not done", what, who)
    block = {"action_id": FOREIGN, "block_id": FOREIGN, "type": "button"}
    return {**fields, "actions": [block]} if fields.get("type") == "block_actions" else dict(fields)


def answered(fields: Mapping[str, Any], seal: Seal) -> str | None:
    """Return the body that answers a form or a menu that is not ours; None for a button, which its listener answers."""
    match fields.get("type"):
        case "view_submission":
            view = seal.view(sorry_modal(_said(), title=_("Not done")).to_dict())
            return json.dumps({"response_action": "update", "view": view})
        case "block_suggestion":
            return json.dumps({"options": []})
        case "view_closed":
            return ""
    return None


def pressed(ack: Ack, body: Mapping[str, Any], *, gateway: SlackGateway) -> None:
    """Tell who pressed a button that is not ours, where they pressed it."""
    ack()
    try:
        if response_url := str(body.get("response_url") or ""):
            gateway.respond(response_url, [text_block(escape(_said()))], escape(_said()), replace=False)
            return
        show = gateway.push_view if (body.get("view") or {}).get("type") == "modal" else gateway.open_view
        show(str(body.get("trigger_id") or ""), sorry_modal(_said(), title=_("Not done")))
    except (TooLate, TryLater, Undeliverable) as error:
        log.warning("somebody was not told that a button is not ours: %s", error)


def not_yours(body: Mapping[str, Any], gateway: SlackGateway) -> None:
    """Tell who pressed a button of somebody else's answer, there and to them alone, that it does nothing for them."""
    said = escape(_("This answer was made for somebody else. Ask for your own with /content."))
    try:
        gateway.respond(str(body.get("response_url") or ""), [text_block(said)], said, replace=False)
    except (TryLater, Undeliverable) as error:
        log.info("somebody was not told that an answer is not theirs: %s", error)


def register(app: App, gateway: SlackGateway) -> None:
    app.action(FOREIGN)(partial(pressed, gateway=gateway))


def _said() -> str:
    return _("This button is from another version of Touchline. Ask again with /content.")
