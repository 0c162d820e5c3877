"""Share an asset of an answer: a modal, then a link for each recipient, which can be ended or undone."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.blocks import SHARE, reply
from bot.gateway import SlackGateway, TooLate
from bot.opening import open_modal
from bot.payload import UnknownButton, read
from bot.sent_blocks import END, MANAGE, MOST_LISTED, UNDO, Links, links_modal, read_links
from bot.share_blocks import (
    CONTACTS,
    COPY,
    SHARE_VIEW,
    TYPED,
    Form,
    UnknownForm,
    read_form,
    share_modal,
    sorry_modal,
)
from enablement.answering import redrawn
from enablement.language import _
from enablement.model import CrmUser, Share
from enablement.people import known_colleague
from enablement.ports import Services, TryLater, Undeliverable
from enablement.sent import sent, still_sent
from enablement.sharing import (
    NOBODY_KNOWN,
    CannotShare,
    Shareable,
    editions,
    in_language,
    own_suggestion,
    revoke,
    share,
    shareable,
    shared_touch,
    take_back,
)

log = logging.getLogger(__name__)
# Access was checked when the form was drawn; a form left open for longer is drawn anew.
FORM_LASTS = timedelta(minutes=15)


def open_form(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the share modal for a suggestion that this person may share."""

    def draw(suggestion_id: str, now: datetime) -> View:
        what = shareable(suggestion_id, user=_user(body, services), services=services, now=now)
        contacts = services.mirror.contacts(what.deal.id)
        return share_modal(
            what,
            contacts,
            now=now,
            answer_url=_response_url(body),
            editions=editions(what.asset, services, now=now),
            link_days=services.link_days,
        )

    too_slow = _("Slack was too slow to open the form. Please press Share again.")
    open_modal(ack, body, context, draw, title="", too_slow=too_slow, services=services, gateway=gateway)


def manage(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the modal of the links that this person made of an asset for a deal."""

    def draw(suggestion_id: str, now: datetime) -> View:
        suggestion = services.ledger.suggestion(suggestion_id)
        email = _email(body, services)
        if suggestion is None or suggestion.email != email:
            raise CannotShare(_("These links are not yours. Ask with /content for your own."))
        shares = still_sent(suggestion.deal_id, email=email, services=services)
        ids = tuple(
            one.id
            for one in shares
            if suggestion.asset_id == one.asset_id or suggestion.id == one.suggestion_id
        )
        if not ids:
            raise CannotShare(_("Nothing of it is shared any more: all was undone."))
        listed = ids[-MOST_LISTED:]
        links = Links(suggestion.id, listed, _response_url(body), more=len(ids) - len(listed))
        return _links(links, services, now)

    too_slow = _("Slack was too slow to show the links. Please press “Manage or undo” again.")
    title = _("Your links")
    open_modal(ack, body, context, draw, title=title, too_slow=too_slow, services=services, gateway=gateway)


def submit(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Mint the links, log the touches, show the links, and say in the answer that it was shared."""
    now = services.clock()
    try:
        form = read_form(body["view"])
    except UnknownForm as error:
        ack(response_action="update", view=sorry_modal(str(error)))
        return
    if now - form.opened_at > FORM_LASTS:
        text = _("This form was open for too long. Press Share again.")
        ack(response_action="update", view=sorry_modal(text))
        return
    try:
        what = _shareable(form, body, services, now)
        shares = _share(form, what, services)
    except CannotShare as error:
        blocks = {block["block_id"] for block in body["view"]["blocks"]}
        place = TYPED if form.typed or CONTACTS not in blocks else CONTACTS
        ack(response_action="errors", errors={place: str(error)[:150]})
        return
    links = Links(
        what.suggestion.id, tuple(one.id for one in shares), form.answer_url, language=form.language
    )
    ready = _("{title} is ready to send for {deal}", title=what.asset.title, deal=what.deal.name)
    ack(response_action="update", view=_links(links, services, now, heading=ready))
    _redraw_answer(links, services, gateway)


def copy(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Mint a link without a recipient, to be pasted anywhere, and show it in place of the form."""
    now = services.clock()
    links = None
    try:
        form = read_form(body["view"])
        if now - form.opened_at > FORM_LASTS:
            raise CannotShare(_("This form was open for too long. Press Share again."))
        what = _shareable(form, body, services, now)
        shares = share(
            what,
            [NOBODY_KNOWN],
            note="",
            on_record=form.on_record,
            days=form.days,
            services=services,
            now=now,
        )
        links = Links(what.suggestion.id, tuple(one.id for one in shares), form.answer_url)
        ready = _("{title} is ready to paste for {deal}", title=what.asset.title, deal=what.deal.name)
        view = _links(links, services, now, heading=ready)
    except (CannotShare, UnknownForm) as error:
        view = sorry_modal(str(error))
    ack()
    _show(body, view, links, services, gateway)


def end_link(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """End a link: what was sent stops opening, the share stays on record."""
    _change(ack, body, revoke, services, gateway)


def undo(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Undo a share, as if it never was: the link ends, and the touch is removed from the CRM."""

    def take_back_share(share_id: str, **given: Any) -> object:
        return take_back(shared_touch(share_id), **given)

    _change(ack, body, take_back_share, services, gateway)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.action(SHARE)(partial(open_form, services=services, gateway=gateway))
    app.action(COPY)(partial(copy, services=services, gateway=gateway))
    app.action(MANAGE)(partial(manage, services=services, gateway=gateway))
    app.action(END)(partial(end_link, services=services, gateway=gateway))
    app.action(UNDO)(partial(undo, services=services, gateway=gateway))
    app.view(SHARE_VIEW)(partial(submit, services=services, gateway=gateway))


def _change(
    ack: Ack,
    body: Mapping[str, Any],
    change: Callable[..., object],
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Change the share behind a button, and show in the modal and in the answer how it stands then."""
    now = services.clock()
    links = None
    try:
        links = read_links(body["view"])
        change(_carried(body), email=_email(body, services), services=services, now=now)
        view = _links(links, services, now)
    except (CannotShare, UnknownButton, UnknownForm) as error:
        view = sorry_modal(str(error), title=_("Your links"))
    ack()
    _show(body, view, links, services, gateway)


def _show(
    body: Mapping[str, Any], view: View, links: Links | None, services: Services, gateway: SlackGateway
) -> None:
    try:
        gateway.update_view(str(body["view"]["id"]), view)
    except (TooLate, TryLater) as error:
        # It was closed meanwhile, or Slack is busy: the answer says it too.
        log.info("a modal of links was not redrawn: %s", error)
    if links:
        _redraw_answer(links, services, gateway)


def _links(links: Links, services: Services, now: datetime, *, heading: str = "") -> View:
    suggestion = services.ledger.suggestion(links.suggestion)
    asset = services.catalog.asset(suggestion.asset_id) if suggestion else None
    if asset is None:
        raise CannotShare(_("What was shared is no longer known here."))
    shares = sorted(services.ledger.shares(links.shares), key=lambda one: links.shares.index(one.id))
    return links_modal(
        heading or asset.title,
        asset,
        sent(shares, services),
        links=links,
        public_url=services.public_url,
        now=now,
    )


def _redraw_answer(links: Links, services: Services, gateway: SlackGateway) -> None:
    """Say in the answer with whom its assets are shared now, while Slack lets that message be changed."""
    suggestion = services.ledger.suggestion(links.suggestion)
    said = redrawn(suggestion.ask_id, services) if suggestion and links.answer else None
    if said is None:
        return
    blocks, text = reply(said, public_url=services.public_url, now=services.clock())
    try:
        if not gateway.respond(links.answer, blocks, text, replace=True):
            log.info("an answer is too old to say what was shared: the next one does")
    except (TryLater, Undeliverable) as error:
        # What was done is done; the next answer says it as well.
        log.warning("an answer does not say yet what was shared: %s", error)


def _share(form: Form, what: Shareable, services: Services) -> list[Share]:
    recipients = form.recipients(services.mirror.contacts(what.deal.id))
    return share(
        what,
        recipients,
        note=form.note,
        on_record=form.on_record,
        days=form.days,
        services=services,
        now=services.clock(),
    )


def _shareable(form: Form, body: Mapping[str, Any], services: Services, now: datetime) -> Shareable:
    """Return what a form shares, in the language that was chosen; raises CannotShare."""
    what = own_suggestion(form.suggestion_id, email=_email(body, services), services=services, now=now)
    return in_language(what, form.language, services, now=now)


def _carried(body: Mapping[str, Any]) -> str:
    return read(str(body["actions"][0].get("value") or "")).id


def _response_url(body: Mapping[str, Any]) -> str:
    return str(body.get("response_url") or "")


def _email(body: Mapping[str, Any], services: Services) -> str:
    user = _user(body, services)
    return user.email if user else ""


def _user(body: Mapping[str, Any], services: Services) -> CrmUser | None:
    return known_colleague(str(body["user"]["id"]), services)
