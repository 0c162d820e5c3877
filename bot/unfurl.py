"""Links of ours in messages: what everybody may see is shown below them, more to who presses for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, get_args

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import accept as accept_ask, event_of, new_ask, pressed
from bot.gateway import SlackGateway, TooLate
from bot.opening import open_modal
from bot.publish_blocks import said_modal
from bot.unfurl_blocks import ASK, DETAILS, FOR_DEAL, details_modal
from enablement.access import HurriedAccess
from enablement.language import _
from enablement.model import LinkSource, Place, PostedLinks, key
from enablement.ports import Services, TryLater
from enablement.previews import LinkKind, NotForYou, Target, accept, details, to_ask_about

# Slack waits three seconds for what a button opens; the CRM gets no more than this of it.
ACCESS_WITHIN_S = 1.5


def noticed(
    event: Mapping[str, Any],
    body: Mapping[str, Any],
    context: BoltContext,
    next_: Callable[[], None],
    *,
    services: Services,
) -> None:
    """Keep links to be shown, before Slack hears that they arrived; those of the bot's own posts are left alone."""
    bots = [one.get("user_id") for one in body.get("authorizations") or []]
    if not event.get("bot_id") and event.get("user") not in bots:
        accept(_posted(event, context, services.clock()), event_of(context), services)
    next_()


def kept(ack: Ack) -> None:
    """Acknowledge an event, after a middleware has kept it."""
    ack()


def show_details(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open what this person may see of where a link leads."""

    def draw(link_id: str, now: datetime) -> View:
        chosen = pressed(body)
        kind = next((one for one in get_args(LinkKind) if chosen and one == chosen.says), None)
        if kind is None:
            raise NotForYou(_("This link is not known. Please check that it is complete."))
        found = details(
            Target(kind, link_id),
            slack_id=str(body["user"]["id"]),
            channel=str((body.get("channel") or {}).get("id") or ""),
            services=services,
            now=now,
        )
        return details_modal(found, now=now)

    too_slow = _("Slack was too slow to open this. Please press “Show details” again.")
    title = _("Details")
    open_modal(ack, body, context, draw, title=title, too_slow=too_slow, services=services, gateway=gateway)


def ask_for_content(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Ask for what fits the deal that is shown, or for the asset; the answer comes into the direct conversation."""
    chosen, now = pressed(body), services.clock()
    if chosen is None:
        ack()
        return
    is_deal = chosen.says == FOR_DEAL
    ask = new_ask(
        context,
        surface="shortcut",
        slack_id=str(body["user"]["id"]),
        question="" if is_deal else to_ask_about(chosen.id, services, now=now),
        place=Place(is_direct=True),
        response_url="",
        now=now,
        deal_id=chosen.id if is_deal else None,
    )
    accept_ask(ask, "ask.answer", context, services)
    ack()
    text = _("I'll send the answer to our conversation, in a moment.")
    try:
        gateway.update_view(str((body.get("view") or {}).get("id") or ""), said_modal(_("On its way"), text))
    except (TooLate, TryLater):
        # Closed meanwhile: the answer comes all the same.
        return


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.event("link_shared", middleware=[partial(noticed, services=services)])(kept)
    at_once = replace(services, access=HurriedAccess(services.access, within_s=ACCESS_WITHIN_S))
    app.action(DETAILS)(partial(show_details, services=at_once, gateway=gateway))
    app.action(ASK)(partial(ask_for_content, services=services, gateway=gateway))


def _posted(event: Mapping[str, Any], context: BoltContext, now: datetime) -> PostedLinks:
    """Return the links that an event tells of; where Slack names them by no id, their message does."""
    source: LinkSource = "composer" if event.get("source") == "composer" else "conversations_history"
    channel, ts = ("", "") if source == "composer" else (str(event["channel"]), str(event["message_ts"]))
    unfurl_id = str(event.get("unfurl_id") or "")
    return PostedLinks(
        id=key("links", unfurl_id or f"{channel} {ts} {event_of(context).id}"),
        source=source,
        unfurl_id=unfurl_id,
        channel=channel,
        ts=ts,
        slack_id=str(event.get("user") or ""),
        urls=tuple(str(one["url"]) for one in event.get("links") or []),
        at=now,
    )
