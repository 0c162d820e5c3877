"""Compose an announcement: /announce, the shortcut, and the three steps of the form; each step is kept as a draft."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.announce_audience import ABOUT, CHANNELS, LOCAL_TIME, PEOPLE, STARTS
from bot.announce_blocks import BEGIN, CONTINUE, DROP, USE, drafts, help_text, mine, templates
from bot.announce_desk import Desk
from bot.announce_draw import reached, readable
from bot.announce_form import (
    ASK_AGAIN,
    FORM,
    LANGUAGE,
    TEXT,
    TITLE,
    Form,
    block_of,
    entered,
    form_of,
)
from bot.announce_manage import managing
from bot.announce_offers import suggested, suggested_about
from bot.announce_review import (
    ENDS,
    QUIZ,
    REMINDERS,
    WrongQuestion,
    confirm_view,
    questions_view,
    read_questions,
)
from bot.asks import email_of, event_of
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape, plain
from bot.parts import section
from bot.payload import UnknownButton, read
from bot.publish_blocks import said_modal
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _, ngettext
from enablement.model import Announcement, AnnouncementState, Written, key
from enablement.ports import Services, TryLater

SHORTCUT = "announce.new"
OPTIONS = re.compile(r"compose\.(?:assets|teams|groups|about)")
# What is drawn anew as it changes, and kept: it is not lost when the form is closed.
_CHANGING = (
    *("language", "title", "text", "assets", "names", "everyone", "people", "teams", "groups", "members"),
    *("by_deals", "stages", "about", "least", "most"),
)
CHANGES = re.compile(rf"compose\.(?:{'|'.join(_CHANGING)})")
STEPS = re.compile(r"compose\.(?:to_what|to_who|test|template)")
ASK_QUESTIONS = "compose.questions"
_LISTS: Mapping[str, tuple[tuple[AnnouncementState, ...], Callable[..., Any]]] = {
    "list": (("running", "ended", "withdrawn"), mine),
    "drafts": (("draft", "in_review"), drafts),
    "templates": (("template",), templates),
}
# Which part of a step shows what is wrong with a part of an announcement.
_FIELDS = {
    "what": {"title": TITLE, "text": TEXT, "language": TITLE},
    "who": {
        "audience": PEOPLE,
        "channels": CHANNELS,
        "local_time": LOCAL_TIME,
        "ends_at": STARTS,
    },
    "review": {"ends_at": ENDS, "reminders": REMINDERS},
}
# Too early in a step to say: what comes later may mend it.
_LATER = {"who": ("ends_at",)}


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
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock())
    ack()
    if not is_new:
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
        view = said_modal(_("Announce"), str(error))
    _show(body, view, gateway)


def drop(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Drop a draft or a template."""
    ack()
    try:
        carried = read(str(body["actions"][0].get("value") or ""))
        announcing.withdraw(carried.id, str(body["user"]["id"]), services, now=services.clock())
        said = _("Deleted.")
    except (CannotAnnounce, UnknownButton) as error:
        said = str(error)
    if body.get("response_url"):
        text = escape(said)
        gateway.respond(str(body["response_url"]), [section(text)], text, replace=True)


def changed(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Keep what changed in a step, and draw anew what hangs on it: the preview, the number of people."""
    ack()
    desk, view = Desk(str(body["user"]["id"]), services, gateway), body["view"]
    action = body["actions"][0]
    name = str(action["action_id"]).partition(".")[2]
    try:
        form = form_of(view)
        one = desk.keep(form, view, rarely=name in (TITLE, TEXT))
        if name == LANGUAGE:
            form = replace(form, language=str((action.get("selected_option") or {}).get("value") or ""))
        if name == "names":
            form = replace(form, names=not form.names)
        drawn = desk.draw(one, form)
    except (CannotAnnounce, UnknownButton) as error:
        drawn = said_modal(_("Announce"), str(error))
    _redraw(view, drawn, gateway)


def move(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Go back a step, send a test to oneself, or keep a copy as a template; what was filled in stays."""
    ack()
    desk, view, now = Desk(str(body["user"]["id"]), services, gateway), body["view"], services.clock()
    act = str(body["actions"][0]["action_id"]).partition(".")[2]
    try:
        form = form_of(view)
        one = desk.keep(form, view)
        said = ""
        problems: tuple[str, ...] = ()
        if act in ("to_what", "to_who"):
            form = replace(form, step=act.partition("_")[2], names=False)
        elif act == "test":
            one, said, problems = _test(one, services)
        else:
            template_id = key("template", one.id, one.version)
            copy = replace(one, id=template_id, state="template", version=0, made_at=now, starts_at=None)
            announcing.keep(copy, services, now=now)
            said = _("Saved as a template. `/announce templates` shows it.")
        drawn = desk.draw(one, form, said=said, problems=problems)
    except (CannotAnnounce, UnknownButton) as error:
        drawn = said_modal(_("Announce"), str(error))
    _redraw(view, drawn, gateway)


def submit(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Go on to the next step, or send; what stands in the form is kept first."""
    desk, view = Desk(str(body["user"]["id"]), services, gateway), body["view"]
    try:
        form = form_of(view)
        if form.step == "confirm":
            _send(ack, desk, form, desk.stored(form))
            return
        one = desk.keep(form, view)
        errors = _errors(one, form, view, services, gateway)
        if errors:
            ack(response_action="errors", errors=errors)
        elif form.edits:
            _edit(ack, desk, form, one, view)
        elif form.step == "review":
            _send(ack, desk, form, one)
        else:
            onward = replace(form, step="who" if form.step == "what" else "review", names=False)
            ack(response_action="update", view=desk.draw(one, onward))
    except (CannotAnnounce, TryLater, UnknownButton) as error:
        _refuse(ack, view, error)


def ask_questions(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Open the form of the questions on top of the last step."""
    ack()
    desk, view = Desk(str(body["user"]["id"]), services, gateway), body["view"]
    try:
        form = form_of(view)
        pushed = questions_view(desk.keep(form, view), form)
    except (CannotAnnounce, UnknownButton) as error:
        pushed = said_modal(_("Questions"), str(error))
    try:
        gateway.push_view(str(body["trigger_id"]), pushed)
    except (TooLate, TryLater):
        # The button is still there to be pressed again.
        return


def submit_questions(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Keep the questions, and go back to the step below."""
    desk, view, now = Desk(str(body["user"]["id"]), services, gateway), body["view"], services.clock()
    try:
        form = form_of(view)
        one = read_questions(desk.stored(form), view)
        if form.edits:
            one = replace(one, version=form.version)
            one = announcing.edit(one, desk.slack_id, services, now=now, ask_again=False)
            form = replace(form, version=one.version)
        else:
            one = announcing.keep(one, services, now=now)
    except WrongQuestion as error:
        ack(response_action="errors", errors={error.block: plain(str(error), most=150)})
        return
    except (CannotAnnounce, UnknownButton) as error:
        _refuse(ack, view, error)
        return
    ack()
    below = str(view.get("previous_view_id") or "")
    if below:
        _redraw({"id": below}, desk.draw(one, replace(form, step="review")), gateway)


def closed(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Keep what stood in a form that somebody closed."""
    desk, view = Desk(str(body["user"]["id"]), services, gateway), body["view"]
    try:
        form = form_of(view)
        fields = entered(view)
        is_step = form.step in _FIELDS and not form.edits
        is_empty = form.step == "what" and not (fields.get(TITLE) or fields.get(TEXT))
        known = services.announcements.announcement(form.id)
        if is_step and not is_empty and (known is None or known.state == "draft"):
            desk.keep(form, view)
    except (CannotAnnounce, UnknownButton):
        # Nobody is there any more to be told.
        pass
    ack()


def options(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Answer a menu of the form while somebody types into it."""
    slack_id, menu = str(body["user"]["id"]), str(body["action_id"]).partition(".")[2]
    if announcing.right_of(slack_id, services).whom == "nobody":
        ack(options=[])
        return
    typed = str(body.get("value") or "")
    if menu == ABOUT:
        ack(option_groups=suggested_about(typed, services))
    else:
        ack(options=suggested(menu, typed, slack_id, services, gateway))


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    app.command("/announce")(partial(command, **handed))
    app.shortcut(SHORTCUT)(partial(compose, **handed))
    app.action(BEGIN)(partial(compose, **handed))
    app.action(CONTINUE)(partial(go_on, "continue", **handed))
    app.action(USE)(partial(go_on, "use", **handed))
    app.action(DROP)(partial(drop, **handed))
    app.action(CHANGES)(partial(changed, **handed))
    app.action(STEPS)(partial(move, **handed))
    app.action(ASK_QUESTIONS)(partial(ask_questions, **handed))
    app.view(FORM)(partial(submit, **handed))
    app.view(QUIZ)(partial(submit_questions, **handed))
    app.view_closed(FORM)(partial(closed, **handed))
    app.options(OPTIONS)(partial(options, **handed))


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
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock())
    ack()
    if is_new:
        one = announcing.begin(slack_id, services, now=services.clock())
        desk = Desk(slack_id, services, gateway)
        language = _own_language(slack_id, services)
        _show(body, desk.draw(one, Form(one.id, 0, "what", language)), gateway)


def _own_language(slack_id: str, services: Services) -> str:
    profile = services.mirror.profile(slack_id)
    return announcing.language_for(profile.locale if profile else "")


def _show(body: Mapping[str, Any], view: View, gateway: SlackGateway) -> None:
    try:
        gateway.open_view(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        text = escape(_("Slack was too slow to open the form. Please try again."))
        if body.get("response_url"):
            gateway.respond(str(body["response_url"]), [section(text)], text, replace=False)


def _redraw(view: Mapping[str, Any], drawn: View, gateway: SlackGateway) -> None:
    try:
        gateway.update_view(str(view["id"]), drawn, hash_=str(view.get("hash") or ""))
    except (TooLate, TryLater):
        # Closed, or drawn anew for a later change: what stands there is newer than this.
        return


def _errors(
    one: Announcement, form: Form, view: Mapping[str, Any], services: Services, gateway: SlackGateway
) -> dict[str, str]:
    """Return by block what a step itself has to say; what belongs to others is said before it is sent."""
    fields, later = _FIELDS[form.step], _LATER.get(form.step, ())
    found = announcing.complaints(one, one.author_slack_id, services, now=services.clock())
    errors: dict[str, str] = {}
    for complaint in found:
        block = block_of(view, fields.get(complaint.field, ""))
        if block and complaint.field not in later:
            errors.setdefault(block, plain(readable(complaint.text, gateway), most=150))
    return errors


def _test(one: Announcement, services: Services) -> tuple[Announcement, str, tuple[str, ...]]:
    try:
        kept = announcing.test_send(one, services, now=services.clock())
    except CannotAnnounce as error:
        return one, "", (error.text,)
    return kept, _("A test is on its way to you. Nothing of it counts."), ()


def _edit(ack: Ack, desk: Desk, form: Form, one: Announcement, view: Mapping[str, Any]) -> None:
    number = _people(one, desk.services) if form.step == "who" else 0
    if number > max(desk.services.confirm_beyond, form.number):
        people = ngettext("{n} person", "{n} people", number)
        sure = _("It goes to {people} then. Press “Save” again if that is right.", people=people)
        ack(response_action="update", view=desk.draw(one, replace(form, number=number), problems=[sure]))
        return
    ask_again = entered(view).get(ASK_AGAIN) == "yes"
    # As the author saw it: who changed it meanwhile must not be overwritten.
    as_seen = replace(one, version=form.version)
    now = desk.services.clock()
    edited = announcing.edit(as_seen, desk.slack_id, desk.services, now=now, ask_again=ask_again)
    drawn = managing(edited, desk.slack_id, desk.services, said=_("Changed."))
    ack(response_action="update", view=drawn)


def _send(ack: Ack, desk: Desk, form: Form, one: Announcement) -> None:
    """Send, once the number of people is confirmed where it is large; sent already is sent."""
    services, now = desk.services, desk.services.clock()
    if one.state not in ("running", "in_review"):
        found = announcing.complaints(one, desk.slack_id, services, now=now)
        if found:
            texts = [readable(complaint.text, desk.gateway) for complaint in found]
            ack(response_action="update", view=desk.draw(one, replace(form, step="review"), problems=texts))
            return
        number = _people(one, services)
        if number > max(services.confirm_beyond, form.number):
            needs_approval = announcing.right_of(desk.slack_id, services).needs_approval
            asked = confirm_view(one, form, number, needs_approval=needs_approval)
            ack(response_action="update" if form.step == "confirm" else "push", view=asked)
            return
        one = announcing.send(one, desk.slack_id, services, now=now)
    announcing.tell_of_approval(one, services, now=now)
    ack(response_action="clear")


def _people(one: Announcement, services: Services) -> int:
    found = reached(one, services)
    return len(found.readers) if found else 0


def _refuse(ack: Ack, view: Mapping[str, Any], error: Exception) -> None:
    """Say what went wrong at the first field, so that nothing that was typed is lost."""
    field = getattr(error, "field", "")
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    block = block_of(view, field) or next(iter(inputs), "")
    if block:
        ack(response_action="errors", errors={block: plain(str(error), most=150)})
    else:
        ack(response_action="update", view=said_modal(_("Announce"), str(error)))
