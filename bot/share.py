"""Share an asset of an answer: a modal, then a link for each recipient."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.blocks import SHARE, text_block
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape
from bot.payload import UnknownButton, read
from bot.share_blocks import (
    CONTACTS,
    REVOKE,
    SHARE_VIEW,
    TYPED,
    Form,
    UnknownForm,
    read_form,
    share_modal,
    shared_modal,
    sorry_modal,
)
from enablement.model import CrmUser, Event, Share, Written
from enablement.people import known_colleague
from enablement.ports import Services, TryLater
from enablement.sharing import CannotShare, Shareable, own_suggestion, revoke, share, shareable

# Access was checked when the form was drawn; a form left open for longer is drawn anew.
FORM_LASTS = timedelta(minutes=15)


def open_form(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the share modal for a suggestion that this person may share."""
    now = services.clock()
    event = Event("slack", str(context["event_id"]))
    is_new = services.ledger.write(Written(event=event), now=now, lazily=True)
    ack()
    if not is_new:
        return
    otherwise = "Slack was too slow to open the form. Please press Share again."
    try:
        suggestion_id = read(str(body["actions"][0].get("value") or "")).id
        what = shareable(suggestion_id, user=_user(body, services), services=services, now=now)
        view = share_modal(what, services.mirror.contacts(what.deal.id), now=now)
    except (CannotShare, UnknownButton) as error:
        otherwise = str(error)
        view = sorry_modal(otherwise)
    try:
        gateway.open_view(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        text = escape(otherwise)
        gateway.respond(str(body["response_url"]), [text_block(text)], text, replace=False)


def submit(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Mint the links, log the touches and show the links."""
    now = services.clock()
    try:
        form = read_form(body["view"])
    except UnknownForm as error:
        ack(response_action="update", view=sorry_modal(str(error)))
        return
    if now - form.opened_at > FORM_LASTS:
        ack(response_action="update", view=sorry_modal("This form was open for too long. Press Share again."))
        return
    try:
        what = own_suggestion(form.suggestion_id, email=_email(body, services), services=services, now=now)
        shares = _share(form, what, services)
    except CannotShare as error:
        blocks = {block["block_id"] for block in body["view"]["blocks"]}
        place = TYPED if form.typed or CONTACTS not in blocks else CONTACTS
        ack(response_action="errors", errors={place: str(error)[:150]})
        return
    ack(response_action="update", view=shared_modal(what, shares, public_url=services.public_url))


def revoke_link(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """End a link that was just made, and show that in the modal."""
    now = services.clock()
    try:
        ended = revoke(
            read(str(body["actions"][0].get("value") or "")).id,
            email=_email(body, services),
            services=services,
            now=now,
        )
        what = own_suggestion(ended.suggestion_id, email=ended.email, services=services, now=now)
        view = shared_modal(what, _listed(body["view"], services), public_url=services.public_url)
    except (CannotShare, UnknownButton) as error:
        view = sorry_modal(str(error))
    ack()
    gateway.update_view(str(body["view"]["id"]), view)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.action(SHARE)(partial(open_form, services=services, gateway=gateway))
    app.action(REVOKE)(partial(revoke_link, services=services, gateway=gateway))
    app.view(SHARE_VIEW)(partial(submit, services=services))


def _share(form: Form, what: Shareable, services: Services) -> list[Share]:
    recipients = form.recipients(services.mirror.contacts(what.deal.id))
    return share(
        what, recipients, note=form.note, on_record=form.on_record, services=services, now=services.clock()
    )


def _listed(view: Mapping[str, Any], services: Services) -> list[Share]:
    """Return the shares that a modal of links shows."""
    ids = json.loads(view["private_metadata"])["shares"]
    return [one for share_id in ids if (one := services.ledger.share(str(share_id)))]


def _email(body: Mapping[str, Any], services: Services) -> str:
    user = _user(body, services)
    return user.email if user else ""


def _user(body: Mapping[str, Any], services: Services) -> CrmUser | None:
    return known_colleague(str(body["user"]["id"]), services)
