"""Manage what was sent: change, extend, stop, withdraw, duplicate, pin; approve or decline what waits for it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.announce_blocks import (
    APPROVE,
    DECLINE,
    DECLINE_FORM,
    DUPLICATE,
    EDITS,
    EXTEND,
    MANAGE,
    PIN,
    STOP,
    UNPIN,
    WHY,
    WITHDRAW,
    decided,
    decline_view,
    manage_view,
)
from bot.announce_draw import step, zone_of
from bot.announce_form import Form, entered, form_of
from bot.announce_review import ENDS, EXTENDING, ends_on, extend_view
from bot.announce_windows import answer, is_new, redraw, show
from bot.asks import email_of
from bot.gateway import SlackGateway
from bot.mrkdwn import plain
from bot.payload import Carried, UnknownButton, read
from bot.publish_blocks import said_modal
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _
from enablement.model import Announcement
from enablement.ports import Services

_ACTS: Mapping[str, Callable[..., Announcement]] = {
    STOP: announcing.stop,
    WITHDRAW: announcing.withdraw,
    PIN: partial(announcing.pin, pinned=True),
    UNPIN: partial(announcing.pin, pinned=False),
}


def manage(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open what can be done with an announcement."""
    if not is_new(ack, context, services):
        return
    slack_id = str(body["user"]["id"])
    try:
        view = managing(_pressed(body, slack_id, services), slack_id, services)
    except (CannotAnnounce, UnknownButton) as error:
        view = said_modal(_("Manage"), str(error))
    show(body, view, gateway)


def act(name: str, ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Stop, withdraw, pin or unpin, and show how it stands then."""
    ack()
    slack_id, now = str(body["user"]["id"]), services.clock()
    said = {
        STOP: _("Stopped: nobody else is told or reminded."),
        WITHDRAW: _("Withdrawn: the messages that were sent are being changed."),
        PIN: _("Pinned: it is on its readers' Home tabs."),
        UNPIN: _("Not pinned any more."),
    }[name]
    try:
        one = _ACTS[name](_pressed(body, slack_id, services).id, slack_id, services, now=now)
        view = managing(one, slack_id, services, said=said)
    except (CannotAnnounce, UnknownButton) as error:
        view = said_modal(_("Manage"), str(error))
    redraw(str(body["view"]["id"]), view, gateway)


def change(to: str, ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Show a step of the form in place of what can be done: to change, to extend, or with a copy as a new draft."""
    ack()
    slack_id, now = str(body["user"]["id"]), services.clock()
    try:
        one = _pressed(body, slack_id, services)
        if to == "extend":
            view = extend_view(one, Form(one.id, one.version, to, edits=True), zone_of(slack_id, services))
        elif to == "duplicate":
            copy = announcing.duplicate(one.id, slack_id, services, now=now)
            view = step(copy, Form(copy.id, copy.version, "what"), slack_id, services, gateway)
        else:
            view = step(one, Form(one.id, one.version, to, edits=True), slack_id, services, gateway)
    except (CannotAnnounce, UnknownButton) as error:
        view = said_modal(_("Manage"), str(error))
    redraw(str(body["view"]["id"]), view, gateway)


def extend(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Set a later end."""
    slack_id, view = str(body["user"]["id"]), body["view"]
    try:
        form = form_of(view)
        ends_at = ends_on(str(entered(view).get(ENDS) or ""), zone_of(slack_id, services))
        if ends_at is None:
            raise CannotAnnounce(_("Choose a day."))
        now = services.clock()
        one = announcing.extend(form.id, slack_id, services, now=now, ends_at=ends_at)
    except (CannotAnnounce, UnknownButton) as error:
        ack(response_action="errors", errors={ENDS: plain(str(error), most=150)})
        return
    ack(response_action="update", view=managing(one, slack_id, services, said=_("Extended.")))


def approve(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Start what waits for approval, and say so in place of the buttons."""
    slack_id, now = str(body["user"]["id"]), services.clock()
    carried = Carried("")
    try:
        carried = read(str(body["actions"][0].get("value") or ""))
        one = announcing.approve(carried.id, slack_id, services, now=now, seen=_seen(carried))
    except (CannotAnnounce, UnknownButton) as error:
        ack()
        _say_why(error, carried, body, services, gateway)
        return
    ack()
    _replace(body, one, _("You approved it: it is on its way."), gateway)


def ask_why(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for the reason why an announcement is declined."""
    if not is_new(ack, context, services):
        return
    try:
        carried = read(str(body["actions"][0].get("value") or ""))
        address = str(body.get("response_url") or "")
        form = Form(carried.id, _seen(carried), "decline", address=address)
        show(body, decline_view(form), gateway)
    except UnknownButton as error:
        answer(body, str(error), gateway)


def decline(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Give an announcement back to its author, with the reason."""
    slack_id, view = str(body["user"]["id"]), body["view"]
    try:
        form = form_of(view)
        why = str(entered(view).get(WHY) or "")
        now = services.clock()
        one = announcing.decline(form.id, slack_id, services, now=now, seen=form.version)
        announcing.tell_of_approval(one, services, now=now, why=why)
    except (CannotAnnounce, UnknownButton) as error:
        ack(response_action="errors", errors={WHY: plain(str(error), most=150)})
        return
    text = _("Its author hears why, and has it among their drafts again.")
    ack(response_action="update", view=said_modal(_("Declined"), text))
    if form.address:
        _replace({"response_url": form.address}, one, text, gateway)


def managing(one: Announcement, slack_id: str, services: Services, *, said: str = "") -> View:
    """Return what somebody can do with an announcement, and how far it is."""
    receipts = services.announcements.receipts(one.id)
    return manage_view(one, receipts, zone_of(slack_id, services), said=said)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    app.action(MANAGE)(partial(manage, **handed))
    for name in _ACTS:
        app.action(name)(partial(act, name, **handed))
    for action_id, to in {**EDITS, EXTEND: "extend", DUPLICATE: "duplicate"}.items():
        app.action(action_id)(partial(change, to, **handed))
    app.view(EXTENDING)(partial(extend, services=services))
    app.action(APPROVE)(partial(approve, **handed))
    app.action(DECLINE)(partial(ask_why, **handed))
    app.view(DECLINE_FORM)(partial(decline, **handed))


def _pressed(body: Mapping[str, Any], slack_id: str, services: Services) -> Announcement:
    """Return the announcement of a button, for those who may change it; raises CannotAnnounce, UnknownButton."""
    announcement_id = read(str(body["actions"][0].get("value") or "")).id
    one = services.announcements.announcement(announcement_id)
    if one is None or not announcing.may_change(one, slack_id, services):
        raise CannotAnnounce(_("Only its author and librarians may change this."))
    return one


def _say_why(
    error: Exception, carried: Carried, body: Mapping[str, Any], services: Services, gateway: SlackGateway
) -> None:
    """Say why nothing was approved: in place of buttons that serve nobody any more, or beside those that do."""
    slack_id = str(body["user"]["id"])
    one = services.announcements.announcement(carried.id) if carried.id else None
    is_over = one is not None and (one.state != "in_review" or _seen(carried) not in (0, one.version))
    if one is None or not is_over or not announcing.is_librarian(slack_id, services):
        answer(body, str(error), gateway)
        return
    # A double click: what was done counts.
    is_done = one.state == "running" and one.approved_by == email_of(body, services)
    _replace(body, one, _("You approved it: it is on its way.") if is_done else str(error), gateway)


def _seen(carried: Carried) -> int:
    return int(carried.version) if carried.version.isdecimal() else 0


def _replace(body: Mapping[str, Any], one: Announcement, outcome: str, gateway: SlackGateway) -> None:
    blocks, text = decided(one, outcome)
    gateway.respond(str(body["response_url"]), blocks, text, replace=True)
