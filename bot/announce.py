"""Begin an announcement: /announce, the shortcut, a draft or a template; and the lists of what somebody wrote."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.announce_blocks import BEGIN, CONTINUE, DROP, USE, drafts, help_text, mine, templates
from bot.announce_desk import Desk
from bot.announce_form import Form
from bot.announce_windows import answer, is_new, show, sorry
from bot.asks import email_of
from bot.gateway import SlackGateway
from bot.mrkdwn import escape
from bot.payload import UnknownButton, read
from bot.publish_blocks import said_modal
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _
from enablement.model import AnnouncementState
from enablement.ports import Services

SHORTCUT = "announce.new"
_LISTS: Mapping[str, tuple[tuple[AnnouncementState, ...], Callable[..., Any]]] = {
    "list": (("running", "ended", "withdrawn"), mine),
    "drafts": (("draft", "in_review"), drafts),
    "templates": (("template",), templates),
}


def command(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form, or list what somebody wrote, for those who may announce."""
    slack_id, word = str(body["user_id"]), str(body.get("text") or "").strip().lower()
    try:
        email = _allowed(slack_id, services)
    except CannotAnnounce as error:
        ack(response_type="ephemeral", text=escape(error.text))
        return
    if word in _LISTS:
        states, drawn = _LISTS[word]
        everybody = word == "templates" or (word == "list" and announcing.is_librarian(slack_id, services))
        found = services.announcements.listed(states, limit=50, author="" if everybody else email)
        ack(response_type="ephemeral", blocks=drawn(found))
    elif word:
        ack(response_type="ephemeral", text=help_text())
    else:
        _open_new(ack, body, context, slack_id, services, gateway)


def compose(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form from the shortcut or a button."""
    slack_id = str(body["user"]["id"])
    try:
        _allowed(slack_id, services)
    except CannotAnnounce as error:
        ack()
        gateway.open_view(str(body["trigger_id"]), said_modal(_("Announce"), error.text))
        return
    _open_new(ack, body, context, slack_id, services, gateway)


def go_on(
    name: str,
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    *,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Open the form with a draft, or with a new one from a template."""
    if not is_new(ack, context, services):
        return
    desk = Desk(str(body["user"]["id"]), services, gateway)
    try:
        _allowed(desk.slack_id, services)
        announcement_id = read(str(body["actions"][0].get("value") or "")).id
        if name == "use":
            now = services.clock()
            announcement_id = announcing.duplicate(announcement_id, desk.slack_id, services, now=now).id
        form = Form(announcement_id, 0, "what")
        one = desk.stored(form)
        if one.state not in ("draft", "in_review") or not one.version:
            raise CannotAnnounce(_("This is no draft any more."))
        waits = [_("It waits for approval. When you change it, it is a draft again.")]
        view = desk.draw(one, form, problems=waits if one.state == "in_review" else [])
    except (CannotAnnounce, UnknownButton) as error:
        view = sorry(error)
    show(body, view, gateway)


def drop(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Drop a draft or a template."""
    ack()
    try:
        carried = read(str(body["actions"][0].get("value") or ""))
        announcing.withdraw(carried.id, str(body["user"]["id"]), services, now=services.clock())
        said = _("Deleted.")
    except (CannotAnnounce, UnknownButton) as error:
        said = str(error)
    answer(body, said, gateway, replace=True)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    app.command("/announce")(partial(command, **handed))
    app.shortcut(SHORTCUT)(partial(compose, **handed))
    app.action(BEGIN)(partial(compose, **handed))
    app.action(CONTINUE)(partial(go_on, "continue", **handed))
    app.action(USE)(partial(go_on, "use", **handed))
    app.action(DROP)(partial(drop, **handed))


def _allowed(slack_id: str, services: Services) -> str:
    """Return the e-mail of somebody who may announce; raises CannotAnnounce."""
    email = email_of({"user": {"id": slack_id}}, services)
    if announcing.right_of(slack_id, services).whom == "nobody":
        raise CannotAnnounce(
            _("Announcing is for managers and for those whom your Touchline administrator lets announce.")
        )
    return email


def _open_new(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    slack_id: str,
    services: Services,
    gateway: SlackGateway,
) -> None:
    if is_new(ack, context, services):
        one = announcing.begin(slack_id, services, now=services.clock())
        desk = Desk(slack_id, services, gateway)
        language = _own_language(slack_id, services)
        show(body, desk.draw(one, Form(one.id, 0, "what", language)), gateway)


def _own_language(slack_id: str, services: Services) -> str:
    profile = services.mirror.profile(slack_id)
    return announcing.language_for(profile.locale if profile else "")
