"""Find content: /content, a mention or a direct message become an ask; the buttons of an answer refine it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.asks import accept, carried, event_of, new_ask, pressed
from bot.blocks import CHANGE, DEAL, OPEN, PICKER_BLOCK, SAY, SAYINGS, UNDO, help_text, reply
from bot.find_blocks import BACK
from bot.foreign import not_yours
from bot.gateway import SlackGateway
from bot.mrkdwn import escape, unescape
from enablement.answering import redrawn
from enablement.feedback import give
from enablement.language import _
from enablement.model import Ask, FeedbackVerdict, Place, Surface
from enablement.ports import Services

NOT_USEFUL = "find.not_useful"
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
# What Slack makes of an address in a message: <https://example.com|example.com>. What people type there is escaped.
_LINK = re.compile(r"<(?:mailto:)?([^<>|@#!][^<>|]*)(?:\|([^<>]*))?>")


def command(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Answer /content with the best matches for the asker's deal."""
    text = unescape(str(body.get("text") or "")).strip()
    first, _space, rest = text.partition(" ")
    channel = str(body["channel_id"])
    if first.lower() == "help":
        ack(response_type="ephemeral", text=help_text())
        return
    is_link, is_library = first.lower() == "link", first.lower() == "library"
    if is_link and (channel.startswith("D") or not rest.strip()):
        ack(
            response_type="ephemeral",
            text=escape(_("Use `/content link <deal>` in the channel that is about the deal.")),
        )
        return
    ask = new_ask(
        context,
        surface="command",
        slack_id=str(body["user_id"]),
        question=rest.strip() if is_link or is_library else text,
        place=Place(channel, "", channel.startswith("D")),
        response_url=str(body.get("response_url") or ""),
        now=services.clock(),
    )
    kind = "ask.link" if is_link else "library.holdings" if is_library else "ask.answer"
    accept(ask, kind, context, services)
    ack()


def mentioned(
    event: Mapping[str, Any], context: BoltContext, next_: Callable[[], None], *, services: Services
) -> None:
    """Answer a mention in its channel, to the asker alone; a mention by nobody or by a bot is nothing to answer."""
    if event.get("user") and not event.get("bot_id"):
        place = Place(str(event["channel"]), str(event.get("thread_ts") or ""))
        _heard(event, "mention", place, context, services)
    next_()


def told(
    event: Mapping[str, Any], context: BoltContext, next_: Callable[[], None], *, services: Services
) -> None:
    """Answer a direct message; edits, joins and messages of bots are nothing to answer."""
    is_of_a_person = event.get("user") and not event.get("subtype") and not event.get("bot_id")
    if event.get("channel_type") == "im" and is_of_a_person:
        place = Place(str(event["channel"]), str(event.get("thread_ts") or event["ts"]), is_direct=True)
        _heard(event, "dm", place, context, services)
    next_()


def change_deal(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Show the asker's deals in place of the answer."""
    asked = _own_ask(carried(body), body, services)
    if asked:
        accept(_again(asked, body, context, services.clock()), "ask.pick", context, services)
    ack()
    if not asked:
        not_yours(body, gateway)


def choose_deal(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Answer the question anew for the chosen deal."""
    action = body["actions"][0]
    asked = _own_ask(str(action["block_id"]).removeprefix(PICKER_BLOCK), body, services)
    option = action.get("selected_option")
    if asked and option:
        deal_id = str(option["value"])
        accept(
            _again(asked, body, context, services.clock(), deal_id=deal_id), "ask.answer", context, services
        )
    ack()
    if not asked:
        not_yours(body, gateway)


def go_back(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Show the answer before a follow-up changed it, in place of what came of that."""
    changed = _own_ask(carried(body), body, services)
    before = _own_ask(changed.refines, body, services) if changed else None
    # A first question that was understood was not answered as it was put.
    answered = services.ledger.answered(before.id) if before else None
    answered = answered or (services.ledger.answered(changed.id) if changed else None)
    if before and answered:
        ask = _again(before, body, context, services.clock(), deal_id=answered.deal_id)
        accept(ask, "ask.answer", context, services)
    ack()
    if not changed:
        not_yours(body, gateway)


def say(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    *,
    services: Services,
    gateway: SlackGateway,
    verdict: FeedbackVerdict | None = None,
) -> None:
    """Keep what somebody says of a suggestion, by a button or by its menu, and show in the answer that it is noted."""
    chosen = pressed(body)
    verdict = verdict or next((one for one in SAYINGS if chosen and one == chosen.says), None)
    suggestion = services.ledger.suggestion(chosen.id) if chosen and verdict else None
    if suggestion is None or verdict is None or _own_ask(suggestion.ask_id, body, services) is None:
        ack()
        not_yours(body, gateway)
        return
    now = services.clock()
    is_new = give(suggestion, verdict, event=event_of(context), services=services, now=now)
    ack()
    said = redrawn(suggestion.ask_id, services) if is_new else None
    if said:
        blocks, text = reply(said, public_url=services.public_url, now=now)
        gateway.respond(str(body["response_url"]), blocks, text, replace=True)


def opened(ack: Ack) -> None:
    """Acknowledge the click; the link itself logs the opening."""
    ack()


def kept(ack: Ack) -> None:
    """Acknowledge an event, after a middleware has kept it."""
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.command("/content")(partial(command, services=services))
    # Bolt acknowledges an event before its listener has run, and a failure after that is a loss: Slack does not send
    # it again. What comes before the listener comes before the answer.
    app.event("app_mention", middleware=[partial(mentioned, services=services)])(kept)
    app.event("message", middleware=[partial(told, services=services)])(kept)
    app.action(CHANGE)(partial(change_deal, services=services, gateway=gateway))
    app.action(DEAL)(partial(choose_deal, services=services, gateway=gateway))
    app.action(BACK)(partial(go_back, services=services, gateway=gateway))
    app.action(SAY)(partial(say, services=services, gateway=gateway))
    app.action(UNDO)(partial(say, services=services, gateway=gateway, verdict="undone"))
    # A button of answers from before there was a menu.
    app.action(NOT_USEFUL)(partial(say, services=services, gateway=gateway, verdict="not_useful"))
    app.action(OPEN)(opened)


def _heard(
    event: Mapping[str, Any], surface: Surface, place: Place, context: BoltContext, services: Services
) -> None:
    said = _LINK.sub(lambda found: found[2] or found[1], str(event.get("text") or ""))
    question = unescape(_MENTION.sub(" ", said)).strip()
    ask = new_ask(
        context,
        surface=surface,
        slack_id=str(event["user"]),
        question=question,
        place=place,
        response_url="",
        now=services.clock(),
    )
    accept(ask, "ask.answer", context, services)


def _again(
    asked: Ask, body: Mapping[str, Any], context: BoltContext, now: datetime, *, deal_id: str | None = None
) -> Ask:
    ask = new_ask(
        context,
        surface=asked.surface,
        slack_id=str(body["user"]["id"]),
        question=asked.question,
        place=_thread_of(body) if asked.place.is_direct else asked.place,
        response_url=str(body.get("response_url") or ""),
        now=now,
        replaces=True,
        deal_id=deal_id,
    )
    return replace(ask, refined=asked.refined, refines=asked.refines)


def _thread_of(body: Mapping[str, Any]) -> Place:
    """Return the thread of the direct message whose button was pressed: the message's own, where it begins one."""
    where = body.get("container") or {}
    thread = str(
        where.get("thread_ts") or ("" if where.get("is_ephemeral") else where.get("message_ts")) or ""
    )
    return Place(str(where.get("channel_id") or ""), thread, is_direct=True)


def _own_ask(ask_id: str, body: Mapping[str, Any], services: Services) -> Ask | None:
    """Return the ask behind a button, if it is that of the person who pressed it."""
    asked = services.ledger.ask(ask_id)
    return asked if asked and asked.slack_id == str(body["user"]["id"]) else None
