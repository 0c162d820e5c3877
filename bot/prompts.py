"""Suggested prompts of the agent's conversation: what somebody would ask of their open deals now."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from slack_bolt import App

from bot.gateway import NotThere, SlackGateway
from bot.mrkdwn import plain
from enablement.asked_deals import BRIEF_LASTS, visible_deals
from enablement.language import _
from enablement.model import CrmUser, Deal
from enablement.people import NotServed, known_colleague, speaking_to
from enablement.ports import AccessUnknown, Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
MOST = 4
LONGEST = 75
# What somebody is looking at, as Slack calls a channel there: https://docs.slack.dev/reference/events/app_context_changed
_CHANNEL = "slack#/types/channel_id"


@dataclass(frozen=True)
class Prompt:
    """A line that Slack offers above the composer, and what pressing it says."""

    title: str
    message: str


def opened(event: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Offer somebody who opens the conversation what to ask of their deals.

    First of that of the channel beside it, then of those whose records in the CRM they came from.
    """
    _offer(event, services, gateway, also=[*_deals_beside(event, services), *_deals_briefed(event, services)])


def turned(event: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Offer somebody who turns to a channel that is about a deal what to ask of it; else what was offered stays."""
    beside = _deals_beside(event, services)
    if beside:
        _offer(event, services, gateway, also=beside)


def offered(deals: Sequence[Deal]) -> list[Prompt]:
    """Return at most four prompts for these deals: of the first one also what helps against its competitor."""
    return list(islice(_prompts(deals), MOST))


def nearest_first(deals: Sequence[Deal], user: CrmUser, *, also: Sequence[str]) -> list[Deal]:
    """Return deals in their order, but first those of the place (`also`), then those that a person owns or works on."""
    place = {deal_id: at for at, deal_id in reversed(list(enumerate(also)))}
    return sorted(
        deals,
        key=lambda deal: (place.get(deal.id, len(also)), user.id not in (deal.owner_id, *deal.team)),
    )


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.event("app_home_opened", matchers=[_is_conversation])(
        partial(opened, services=services, gateway=gateway)
    )
    app.event("app_context_changed")(partial(turned, services=services, gateway=gateway))


def _is_conversation(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"


def _offer(
    event: Mapping[str, Any], services: Services, gateway: SlackGateway, *, also: Sequence[str]
) -> None:
    slack_id = str(event["user"])
    try:
        with speaking_to(slack_id, services, now=services.clock()):
            user = known_colleague(slack_id, services)
            seen = visible_deals(user, services, also=also) if user else []
            prompts = offered(nearest_first(seen, user, also=also)) if user else []
            if prompts:
                rows = [{"title": one.title, "message": one.message} for one in prompts]
                gateway.suggest_prompts(str(event["channel"]), rows, title=_("Ask about your deals"))
    except (NotServed, AccessUnknown, NotThere, TryLater, Undeliverable) as error:
        # What was offered before stays; the next time the conversation is opened it is offered anew.
        log.warning("no prompts were offered: %s", error)


def _deals_beside(event: Mapping[str, Any], services: Services) -> list[str]:
    """Return the deals of the channels that somebody is looking at."""
    entities = (event.get("context") or {}).get("entities") or []
    channels = [str(one.get("value")) for one in entities if one.get("type") == _CHANNEL]
    return [deal_id for one in channels if (deal_id := services.ledger.channel_deal(one))]


def _deals_briefed(event: Mapping[str, Any], services: Services) -> list[str]:
    """Return the deals for which somebody lately asked, on the deal's page in the CRM, to be told here."""
    user = known_colleague(str(event["user"]), services)
    since = services.clock() - BRIEF_LASTS
    return services.ledger.briefed_deals(str(event["channel"]), user.email, since=since) if user else []


def _prompts(deals: Sequence[Deal]) -> Iterator[Prompt]:
    for place, deal in enumerate(deals):
        name = plain(deal.name, most=LONGEST)
        # The name alone is a question for what fits the deal, in every language.
        yield Prompt(plain(_("What fits {deal}?", deal=name), most=LONGEST), name)
        if place == 0 and deal.competitors:
            competitor = plain(deal.competitors[0], most=LONGEST)
            text = _("Against {competitor} for {deal}", competitor=competitor, deal=name)
            yield Prompt(plain(text, most=LONGEST), f"{competitor} – {name}")
