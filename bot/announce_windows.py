"""The windows of announcing: opened, drawn anew, and what is said where that can't be done."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk.models.views import View

from bot.announce_form import block_of
from bot.asks import event_of
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape, plain
from bot.parts import section
from bot.publish_blocks import said_modal
from enablement.language import _
from enablement.model import Written
from enablement.ports import Services, TryLater


def is_new(ack: Ack, context: BoltContext, services: Services) -> bool:
    """Acknowledge a request, and say whether it came for the first time: a second delivery opens nothing."""
    first = services.ledger.write(Written(event=event_of(context)), now=services.clock(), lazily=True)
    ack()
    return first


def show(body: Mapping[str, Any], view: View, gateway: SlackGateway) -> None:
    """Open a window."""
    try:
        gateway.open_view(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        answer(body, _("Slack was too slow to open the form. Please try again."), gateway)


def redraw(view_id: str, drawn: View, gateway: SlackGateway, *, hash_: str = "") -> None:
    """Draw a window anew; with a hash, only as long as it is as it was then."""
    try:
        gateway.update_view(view_id, drawn, hash_=hash_)
    except (TooLate, TryLater):
        # Closed, or drawn anew for a later change: what stands there is newer, and what was done is done.
        return


def sorry(error: Exception) -> View:
    """Return a window that says only why something can't be done."""
    return said_modal(_("Announce"), str(error))


def refuse(ack: Ack, view: Mapping[str, Any], error: Exception) -> None:
    """Say what went wrong at the first field, so that nothing that was typed is lost."""
    field = getattr(error, "field", "")
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    block = block_of(view, field) or next(iter(inputs), "")
    if block:
        ack(response_action="errors", errors={block: plain(str(error), most=150)})
    else:
        ack(response_action="update", view=sorry(error))


def answer(body: Mapping[str, Any], said: str, gateway: SlackGateway, *, replace: bool = False) -> None:
    """Say something to whoever pressed a button in a message, beside that message or in its place."""
    if body.get("response_url"):
        text = escape(said)
        gateway.respond(str(body["response_url"]), [section(text)], text, replace=replace)
