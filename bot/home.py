"""The Home tab: each opening and press is noted and acknowledged; a job draws what is seen then."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.asks import accept, event_of, new_ask, pressed
from bot.home_blocks import GO, TAB
from bot.home_deals_blocks import ALL, FIND, MORE, PAGE, SAVED
from bot.home_operations_blocks import RETRY
from bot.home_overview_blocks import EVIDENCE, LIBRARY, REQUESTS
from bot.parts import option
from enablement import wording
from enablement.access import HurriedAccess
from enablement.asked_deals import visible_deals
from enablement.coverage import VIEW, Wish
from enablement.deals import likeliest_first
from enablement.home import TABS, open_home, stay, tabs_of, turn
from enablement.model import Deal, HomeTab, Place
from enablement.people import known_colleague
from enablement.ports import AccessUnknown, Services
from enablement.requests import LIST as REQUESTS_LIST
from enablement.retrying import retry
from enablement.roles import roles_of

log = logging.getLogger(__name__)
# Slack closes a menu that is not filled within 3 s.
FILLED_WITHIN_S = 2.0
MOST_OFFERED = 50


def opened(
    event: Mapping[str, Any], context: BoltContext, next_: Callable[[], None], *, services: Services
) -> None:
    """Note that somebody opened their Home tab, before Slack hears that it is heard."""
    if event.get("tab") == "home":
        shown = str((event.get("view") or {}).get("hash") or "")
        slack_id, request = str(event["user"]), event_of(context).id
        open_home(slack_id, services, request=request, shown=shown, now=services.clock())
    next_()


def kept(ack: Ack) -> None:
    """Acknowledge what a middleware has kept, or what a link does by itself."""
    ack()


def turned(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another tab, another page or all deals."""
    carried = pressed(body)
    if carried:
        tab = next((one for one in TABS if one == carried.id), None)
        _turn(body, context, services, tab=tab, page=carried.page or 1)
    ack()


def retried(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Try again what was given up, for those who run the installation alone."""
    slack_id, now = str(body["user"]["id"]), services.clock()
    profile = services.mirror.profile(slack_id)
    if pressed(body) and profile and "ops" in tabs_of(roles_of(slack_id, services)):
        retry(services, by=profile.email, now=now)
    stay(slack_id, services, request=event_of(context).id, now=now)
    ack()


def found(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show the one deal that somebody chose."""
    chosen = body["actions"][0].get("selected_option")
    if chosen:
        _turn(body, context, services, deal_id=str(chosen["value"]))
    ack()


def offer(
    ack: Ack, body: Mapping[str, Any], *, services: Services, visible: Callable[..., list[Deal]]
) -> None:
    """Fill the menu with those of the person's deals that begin, or sound, like what they typed."""
    typed = str(body.get("value") or "")
    user = known_colleague(str(body["user"]["id"]), services)
    deals: list[Deal] = []
    try:
        deals = visible(user, services, question=typed) if user else []
    except AccessUnknown as error:
        log.info("no deals are offered: %s", error)
    options = [
        option(one.id, one.name, wording.deal_facts(one, now=services.clock()))
        for one in matching(typed, deals)
    ]
    ack(options=[one.to_dict() for one in options])


def matching(typed: str, deals: Sequence[Deal]) -> list[Deal]:
    """Return the deals whose names hold what was typed, then those that share words with it; at most 50."""
    wanted = " ".join(typed.casefold().split())
    held = [one for one in deals if wanted in f"{one.name} {one.account}".casefold()]
    alike = likeliest_first(typed, deals)[:3] if not held else []
    return [*held, *alike][:MOST_OFFERED]


def ask_for(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    *,
    services: Services,
    kind: str,
    question: str = "",
    of_deal: bool = False,
) -> None:
    """Send what a button stands for into the conversation with the person: an answer, a list."""
    carried = pressed(body)
    if carried:
        ask = new_ask(
            context,
            surface="home",
            slack_id=str(body["user"]["id"]),
            question=question,
            place=Place(is_direct=True),
            response_url="",
            now=services.clock(),
            deal_id=carried.id if of_deal else None,
        )
        accept(ask, kind, context, services)
    ack()


def register(app: App, services: Services) -> None:
    # In a middleware: Bolt acknowledges an event before its listener has run, and what fails after that is lost.
    app.event("app_home_opened", middleware=[partial(opened, services=services)])(kept)
    for one in TABS:
        app.action(f"{TAB}.{one}")(partial(turned, services=services))
    for action_id in (f"{PAGE}.back", f"{PAGE}.more", ALL):
        app.action(action_id)(partial(turned, services=services))
    app.action(FIND)(partial(found, services=services))
    # One for all that is typed: who waits for the CRM must not take more than a few threads.
    hurried = _hurried(services)
    app.options(FIND)(partial(offer, services=services, visible=hurried))
    app.action(MORE)(partial(ask_for, services=services, kind="ask.answer", of_deal=True))
    lists = {
        SAVED: ("saved.list", "1"),
        LIBRARY: ("library.holdings", "1"),
        f"{LIBRARY}.decide": ("library.holdings", "1"),
        REQUESTS: (REQUESTS_LIST, "1"),
        EVIDENCE: (VIEW, Wish().words()),
    }
    for action_id, (kind, question) in lists.items():
        app.action(action_id)(partial(ask_for, services=services, kind=kind, question=question))
    app.action(RETRY)(partial(retried, services=services))
    app.action(GO)(kept)


def _hurried(services: Services) -> Callable[..., list[Deal]]:
    within = replace(services, access=HurriedAccess(services.access, within_s=FILLED_WITHIN_S))
    return lambda user, _services, question: visible_deals(user, within, question=question)


def _turn(
    body: Mapping[str, Any],
    context: BoltContext,
    services: Services,
    *,
    tab: HomeTab | None = None,
    page: int = 1,
    deal_id: str = "",
) -> None:
    turn(
        str(body["user"]["id"]),
        services,
        request=event_of(context).id,
        now=services.clock(),
        tab=tab,
        page=page,
        deal_id=deal_id,
    )
