"""Open a modal for the suggestion behind a button, once for each click; where that can't be, the person hears why."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk.models.views import View

from bot.asks import event_of
from bot.blocks import text_block
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape
from bot.payload import UnknownButton, read
from bot.share_blocks import sorry_modal
from enablement.model import Written
from enablement.ports import Services, TryLater
from enablement.previews import NotForYou
from enablement.sharing import CannotShare
from enablement.why import CannotExplain


def open_modal(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    draw: Callable[[str, datetime], View],
    *,
    title: str,
    too_slow: str,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Open what is drawn for the suggestion behind a button, once for each click; or tell there why not.

    `title` is that of a modal that says why not (empty: that of sharing), `too_slow` what is said in the channel when
    Slack does not open one any more.
    """
    now = services.clock()
    is_new = services.ledger.write(Written(event=event_of(context)), now=now, lazily=True)
    ack()
    if not is_new:
        return
    try:
        view = draw(read(str(body["actions"][0].get("value") or "")).id, now)
    except (CannotShare, CannotExplain, NotForYou, UnknownButton) as error:
        too_slow = str(error)
        view = sorry_modal(too_slow, title=title)
    try:
        # On top of a modal, where the button is in one.
        show = gateway.push_view if (body.get("view") or {}).get("type") == "modal" else gateway.open_view
        show(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        text = escape(too_slow)
        gateway.respond(str(body.get("response_url") or ""), [text_block(text)], text, replace=False)
