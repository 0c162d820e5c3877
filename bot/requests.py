"""Request content that nobody found, see what became of it, and, for enablement, decide requests."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import accept, ask_for_list, email_of, event_of, new_ask, pressed
from bot.foreign import not_yours
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import clean, escape, plain, unescape
from bot.parts import option, section
from bot.payload import Carried, UnknownButton, read
from bot.request_blocks import (
    AGAIN,
    ASSET,
    BEGIN,
    DECLINE,
    DECLINE_FORM,
    FILL,
    FILL_FORM,
    FORM,
    INTO,
    MERGE,
    MERGE_FORM,
    MORE,
    NOTE,
    WORDS,
    Deciding,
    decline_form,
    done_modal,
    fill_form,
    merge_form,
    read_deciding,
    request_form,
)
from bot.share_blocks import sorry_modal
from enablement.access import HurriedAccess, asset_filter, may_show
from enablement.language import _
from enablement.model import ContentRequest, Place, Written
from enablement.ports import Services, TryLater
from enablement.requests import (
    LIST,
    CannotRequest,
    decline,
    fill,
    may_decide,
    merge,
    request,
    waiting,
    wanted_for,
)

MOST_OFFERED, MOST_WAITING = 20, 500
# Slack waits three seconds for what a button or a form leads to; the CRM gets no more than this of it.
ACCESS_WITHIN_S = 1.5
_Draw = Callable[[Carried], View]


def asks_for_requests(command: Mapping[str, Any]) -> bool:
    """Say whether somebody typed `/content requests`; with other words behind it, it is a question like any other."""
    return unescape(str(command.get("text") or "")).strip().lower() == "requests"


def begin(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for what an answer did not have."""

    def draw(carried: Carried) -> View:
        return request_form(*wanted_for(carried.id, slack_id=_who(body), services=services))

    _open(ack, body, context, draw, services, gateway)


def submit(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Keep the request; sent twice, it is one."""
    try:
        ask_id = read(str(body["view"]["private_metadata"])).id
        said = clean(str(_entered(body, WORDS).get("value") or ""))
        request(ask_id, said, slack_id=_who(body), services=services, now=services.clock())
    except CannotRequest as error:
        ack(response_action="errors", errors={WORDS: plain(str(error), most=150)})
        return
    except UnknownButton as error:
        ack(response_action="update", view=sorry_modal(str(error), title=_("Not done")))
        return
    text = _("Sent. You hear of it as soon as it is there. /content requests shows how it stands.")
    ack(response_action="update", view=done_modal(_("Requested"), text))


def show(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Answer with the requests that wait for this person, or with their own."""
    ask_for_list(LIST, 1, str(body["user_id"]), str(body["channel_id"]), body, context, services)
    ack()


def turn(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another page of the list in its place."""
    chosen = pressed(body)
    _list_again(chosen.page if chosen else 1, str(body.get("response_url") or ""), body, context, services)
    ack()


def ask_again(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Ask what was requested anew, for the deal it was requested for."""
    chosen = pressed(body)
    asker = services.requests.asker(chosen.id) if chosen else None
    wanted = services.requests.get(asker.request_id) if asker else None
    if asker is None or wanted is None or asker.slack_id != _who(body):
        ack()
        not_yours(body, gateway)
        return
    channel = str((body.get("channel") or {}).get("id") or "")
    ask = new_ask(
        context,
        surface="dm",
        slack_id=asker.slack_id,
        question=asker.words,
        place=Place(channel, "", is_direct=True),
        response_url="",
        now=services.clock(),
        deal_id=asker.deal_id,
    )
    accept(ask, "ask.answer", context, services)
    ack()


def open_fill(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for what fills a request."""
    response = str(body.get("response_url") or "")

    def draw(carried: Carried) -> View:
        return fill_form(carried, _decidable(carried, body, services), response)

    _open(ack, body, context, draw, services, gateway)


def open_decline(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for why a request is not filled."""
    response = str(body.get("response_url") or "")

    def draw(carried: Carried) -> View:
        return decline_form(carried, _decidable(carried, body, services), response)

    _open(ack, body, context, draw, services, gateway)


def open_merge(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for which request this one is part of."""
    response = str(body.get("response_url") or "")

    def draw(carried: Carried) -> View:
        one = _decidable(carried, body, services)
        others = [other for other in waiting(services, limit=MOST_WAITING) if other.id != one.id]
        if not others:
            raise CannotRequest(_("No other request waits."))
        return merge_form(carried, one, others, response)

    _open(ack, body, context, draw, services, gateway)


def offer(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Offer assets that reps can find now while enablement types."""
    only = asset_filter(shared_outside=False, now=services.clock())
    found = []
    if may_decide(email_of(body, services), services):
        typed = clean(str(body.get("value") or ""))
        found = [
            one for one in services.catalog.assets_like(typed, limit=MOST_OFFERED) if may_show(one, only)
        ]
    ack(options=[option(one.id, one.title, one.kind) for one in found])


def decide(name: str, ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Decide a request as its form says, and draw the list anew."""
    field = {"fill": ASSET, "decline": NOTE, "merge": INTO}[name]
    try:
        carried = read_deciding(body["view"])
        _decide(name, carried, _entered(body, field), email=email_of(body, services), services=services)
    except CannotRequest as error:
        ack(response_action="errors", errors={field: plain(str(error), most=150)})
        return
    except UnknownButton as error:
        ack(response_action="update", view=sorry_modal(str(error), title=_("Not done")))
        return
    _list_again(carried.page, carried.response, body, context, services)
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    """Listen; before whatever else hears the command, which takes all other words."""
    both: dict[str, Any] = {"services": services, "gateway": gateway}
    at_once = replace(services, access=HurriedAccess(services.access, within_s=ACCESS_WITHIN_S))
    app.command("/content", matchers=[asks_for_requests])(partial(show, services=services))
    app.action(BEGIN)(partial(begin, services=at_once, gateway=gateway))
    app.view(FORM)(partial(submit, services=at_once))
    app.action(AGAIN)(partial(ask_again, **both))
    app.action(FILL)(partial(open_fill, **both))
    app.action(DECLINE)(partial(open_decline, **both))
    app.action(MERGE)(partial(open_merge, **both))
    app.options(ASSET)(partial(offer, services=services))
    app.action(re.compile(rf"{re.escape(MORE)}\.(?:back|more)"))(partial(turn, services=services))
    for callback_id, name in ((FILL_FORM, "fill"), (DECLINE_FORM, "decline"), (MERGE_FORM, "merge")):
        app.view(callback_id)(partial(decide, name, services=services))


def _open(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    draw: _Draw,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Open a form once for each click, or say why not."""
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock(), lazily=True)
    ack()
    if not is_new:
        return
    try:
        view = draw(read(str(body["actions"][0].get("value") or "")))
    except (CannotRequest, UnknownButton) as error:
        view = sorry_modal(str(error), title=_("Not done"))
    try:
        gateway.open_view(str(body.get("trigger_id") or ""), view)
    except (TooLate, TryLater):
        text = escape(_("Slack was too slow to open the form. Please try again."))
        gateway.respond(str(body.get("response_url") or ""), [section(text)], text, replace=False)


def _decidable(carried: Carried, body: Mapping[str, Any], services: Services) -> ContentRequest:
    """Return an open request for who may decide it; raises CannotRequest."""
    if not may_decide(email_of(body, services), services):
        raise CannotRequest(_("Only who looks after the library decides requests."))
    one = services.requests.get(carried.id)
    if one is None or one.state != "open":
        raise CannotRequest(_("This request was decided already."))
    return one


def _decide(
    name: str, carried: Deciding, entered: Mapping[str, Any], *, email: str, services: Services
) -> None:
    chosen = str((entered.get("selected_option") or {}).get("value") or "")
    now = services.clock()
    if name == "fill":
        fill(carried.id, chosen, email=email, services=services, now=now)
    elif name == "decline":
        note = clean(str(entered.get("value") or ""))
        decline(carried.id, note, email=email, services=services, now=now)
    else:
        merge(carried.id, chosen, email=email, services=services, now=now)


def _entered(body: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    entered = body["view"]["state"]["values"].get(field, {}).get(field, {})
    return entered if isinstance(entered, dict) else {}


def _who(body: Mapping[str, Any]) -> str:
    return str(body["user"]["id"])


def _list_again(
    page: int, response_url: str, body: Mapping[str, Any], context: BoltContext, services: Services
) -> None:
    channel = str((body.get("channel") or {}).get("id") or "")
    told = {**body, "response_url": response_url}
    ask_for_list(LIST, page, _who(body), channel, told, context, services, replaces=True)
