"""Keep assets at hand: the menu of an answer saves them, `/content saved` lists them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.asks import ask_for_list, email_of, is_own, pressed
from bot.blocks import SAVE, SAY, UNSAVE, reply
from bot.foreign import not_yours
from bot.gateway import SlackGateway
from bot.mrkdwn import unescape
from bot.saved_blocks import DROP, MORE
from enablement.answering import redrawn
from enablement.ports import Services
from enablement.saved import LIST, save, unsave


def is_saving(body: Mapping[str, Any]) -> bool:
    """Say whether what was chosen in the menu of an asset saves it, or takes that back."""
    found = pressed(body) if body.get("actions") else None
    return found is not None and found.says in (SAVE, UNSAVE)


def asks_for_saved(command: Mapping[str, Any]) -> bool:
    """Say whether somebody typed `/content saved`; with other words behind it, it is a question like any other."""
    return unescape(str(command.get("text") or "")).strip().lower() == "saved"


def keep(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Save the asset of a suggestion, or no longer, and show so in the answer; twice is as once."""
    chosen = pressed(body)
    suggestion = services.ledger.suggestion(chosen.id) if chosen else None
    if chosen is None or suggestion is None or not is_own(suggestion, body, services):
        ack()
        not_yours(body, gateway)
        return
    if chosen.says == SAVE:
        save(suggestion, services, now=services.clock())
    else:
        unsave(suggestion.asset_id, email=suggestion.email, services=services)
    ack()
    if said := redrawn(suggestion.ask_id, services):
        blocks, text = reply(said, public_url=services.public_url, now=services.clock())
        gateway.respond(str(body.get("response_url") or ""), blocks, text, replace=True)


def show(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Answer with what the person saved, to them alone."""
    channel = str(body["channel_id"])
    ask_for_list(LIST, 1, str(body["user_id"]), channel, body, context, services)
    ack()


def turn(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another page of the list in its place."""
    _list_again(body, context, services)
    ack()


def drop(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Take an asset off the list, and show the list anew."""
    if (chosen := pressed(body)) and (email := email_of(body, services)):
        unsave(chosen.id, email=email, services=services)
    _list_again(body, context, services)
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    """Listen; before whatever else hears the command and the menu, which takes all that is left."""
    app.command("/content", matchers=[asks_for_saved])(partial(show, services=services))
    app.action(SAY, matchers=[is_saving])(partial(keep, services=services, gateway=gateway))
    app.action(DROP)(partial(drop, services=services))
    for way in ("back", "more"):
        app.action(f"{MORE}.{way}")(partial(turn, services=services))


def _list_again(body: Mapping[str, Any], context: BoltContext, services: Services) -> None:
    chosen = pressed(body)
    channel = str((body.get("channel") or {}).get("id") or "")
    page = chosen.page if chosen else 1
    ask_for_list(LIST, page, str(body["user"]["id"]), channel, body, context, services, replaces=True)
