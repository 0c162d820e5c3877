"""`/content forget me`: a person asks to have what is known of them removed, and confirms it."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.blocks import ActionsBlock, Block, ConfirmObject

from bot.asks import event_of
from bot.gateway import SlackGateway
from bot.mrkdwn import unescape
from bot.parts import button, label, section
from bot.payload import Carried
from enablement.forgetting import forget_task
from enablement.language import _
from enablement.model import Written
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
COMMAND, WORDS, ACT = "/content", "forget me", "forget.me"


def asks_to_be_forgotten(command: Mapping[str, Any]) -> bool:
    """Say whether somebody typed these words alone, in English or in their own language."""
    said = " ".join(unescape(str(command.get("text") or "")).split()).casefold()
    return said in (WORDS, _("forget me").casefold())


def warning() -> tuple[list[Block], str]:
    """Return what stays and what goes, with the button that does it."""
    text = _(
        "This removes what Touchline knows of you: questions, feedback, saved content, settings, confirmations. "
        "Touches stay with their deals, here and in Salesforce, without your name. Links that you shared still open, "
        "but you can't manage them any more."
    )
    press = button(
        _("Forget me"),
        ACT,
        about=_("All that Touchline knows of me"),
        carried=Carried("me"),
        style="danger",
        confirm=ConfirmObject(
            title=label(_("Forget me?")),
            text=label(_("There is no way back.")),
            confirm=label(_("Forget me")),
            deny=label(_("Cancel")),
        ),
    )
    return [section(text), ActionsBlock(elements=[press])], text


def done() -> tuple[list[Block], str]:
    text = _(
        "What Touchline knows of you is being removed. While you are in Slack and Salesforce, it reads your name and "
        "address from there again."
    )
    return [section(text)], text


def ask_first(ack: Ack) -> None:
    """Show what it means, to who typed it alone."""
    blocks, text = warning()
    ack(response_type="ephemeral", blocks=blocks, text=text)


def confirmed(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Have whoever pressed forgotten: nobody else, whoever the message was for."""
    event, now = event_of(context), services.clock()
    task = forget_task(str(body["user"]["id"]), event.id)
    if services.ledger.write(Written(tasks=(task,), event=event), now=now):
        services.work.wake("write")
    ack()
    blocks, text = done()
    try:
        gateway.respond(str(body.get("response_url") or ""), blocks, text, replace=True)
    except (TryLater, Undeliverable) as error:
        # It is done all the same.
        log.warning("who is forgotten could not be told: %s", error)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    """Listen; before whatever else hears the command, which takes all other words."""
    app.command(COMMAND, matchers=[asks_to_be_forgotten])(ask_first)
    app.action(ACT)(partial(confirmed, services=services, gateway=gateway))
