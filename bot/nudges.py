"""What people answer to what they are told unasked: later, less of it, what next, no more digests."""

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

from slack_bolt import Ack, App, BoltContext

from bot.asks import accept, new_ask, pressed
from bot.digest_blocks import AGAIN, STOP, stopped
from bot.gateway import SlackGateway
from bot.mrkdwn import escape
from bot.nudge_blocks import LESS, MORE_AGAIN, NEXT, SNOOZE, nudges
from bot.parts import section
from bot.settings_blocks import nudge_kind
from enablement.language import _, moment
from enablement.model import NudgeKind, Place
from enablement.nudging import less, message_of, opened, snooze
from enablement.ports import Services
from enablement.preferences import set_digest


def want(
    ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway, wants_less: bool
) -> None:
    """Note that somebody wants to hear no more of a kind, or wants to again, and show it in the message."""
    chosen = _chosen(body)
    if chosen:
        message_id, kind = chosen
        slack_id = str(body["user"]["id"])
        less(message_id, slack_id, kind, services, now=services.clock(), less=wants_less)
    ack()
    if chosen and not _redrawn(body, services, gateway) and wants_less:
        _say(_("You will not hear of this any more: {what}.", what=nudge_kind(chosen[1])), body, gateway)


def put_off(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Have it said again tomorrow, and show that in the message."""
    until = None
    if chosen := _chosen(body):
        message_id, kind = chosen
        until = snooze(message_id, str(body["user"]["id"]), kind, services, now=services.clock())
    ack()
    if until and not _redrawn(body, services, gateway):
        _say(_("Put off until {moment}.", moment=moment(until)), body, gateway)


def what_next(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Send what fits the deal whose buyer opened something."""
    carried, now = pressed(body), services.clock()
    found = opened(carried.id, str(body["user"]["id"]), services, now=now) if carried else None
    if found:
        ask = new_ask(
            context,
            surface="nudge",
            slack_id=found.slack_id,
            question="",
            place=Place(is_direct=True),
            response_url="",
            now=now,
            deal_id=found.deal_id,
        )
        accept(ask, "ask.answer", context, services)
    ack()


def digests(
    ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway, wanted: bool
) -> None:
    """Note that somebody wants no more digests, or wants them again, and say so below the message."""
    set_digest(str(body["user"]["id"]), services, wanted=wanted, now=services.clock())
    ack()
    text = escape(_("You will get the weekly digest again."))
    blocks, text = ([section(text)], text) if wanted else stopped()
    gateway.respond(str(body.get("response_url") or ""), blocks, text, replace=wanted)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.action(LESS)(partial(want, services=services, gateway=gateway, wants_less=True))
    app.action(MORE_AGAIN)(partial(want, services=services, gateway=gateway, wants_less=False))
    app.action(SNOOZE)(partial(put_off, services=services, gateway=gateway))
    app.action(NEXT)(partial(what_next, services=services))
    app.action(STOP)(partial(digests, services=services, gateway=gateway, wanted=False))
    app.action(AGAIN)(partial(digests, services=services, gateway=gateway, wanted=True))


def _chosen(body: Mapping[str, Any]) -> tuple[str, NudgeKind] | None:
    """Return of which message and kind a button speaks; None for one of another make."""
    carried = pressed(body)
    kind = next((one for one in get_args(NudgeKind) if carried and carried.says == one), None)
    return (carried.id, kind) if carried and kind else None


def _redrawn(body: Mapping[str, Any], services: Services, gateway: SlackGateway) -> bool:
    """Draw a message anew; False where nothing of it holds any more, or nobody can say so now."""
    carried, now = pressed(body), services.clock()
    said = message_of(carried.id, str(body["user"]["id"]), services, now=now) if carried else None
    if said is None:
        return False
    blocks, text = nudges(said, public_url=services.public_url)
    return gateway.respond(str(body.get("response_url") or ""), blocks, text, replace=True)


def _say(text: str, body: Mapping[str, Any], gateway: SlackGateway) -> None:
    said = escape(text)
    gateway.respond(str(body.get("response_url") or ""), [section(said)], said, replace=False)
