"""Compose an announcement: each step is kept as a draft and drawn anew as it changes, with its questions and menus."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.announce_audience import ABOUT
from bot.announce_desk import Desk
from bot.announce_form import FORM, LANGUAGE, TEXT, TITLE, entered, form_of
from bot.announce_offers import suggested, suggested_about
from bot.announce_review import QUIZ, WrongQuestion, questions_view, read_questions
from bot.announce_windows import redraw, refuse, sorry
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import plain
from bot.payload import UnknownButton
from bot.publish_blocks import said_modal
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _
from enablement.model import Announcement, key
from enablement.ports import Services, TryLater

OPTIONS = re.compile(r"compose\.(?:assets|teams|groups|about|called_groups)")
# What is drawn anew as it changes, and kept: it is not lost when the form is closed.
_CHANGING = (
    *("language", "title", "text", "assets", "names", "everyone", "people", "teams", "groups", "members"),
    *("by_deals", "stages", "about", "least", "most"),
)
CHANGES = re.compile(rf"compose\.(?:{'|'.join(_CHANGING)})")
STEPS = re.compile(r"compose\.(?:to_what|to_who|test|template)")
ASK_QUESTIONS = "compose.questions"
# The steps whose fields are a draft.
_DRAFTED = ("what", "who", "review")


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
        drawn = sorry(error)
    redraw(str(view["id"]), drawn, gateway, hash_=str(view.get("hash") or ""))


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
        drawn = sorry(error)
    redraw(str(view["id"]), drawn, gateway, hash_=str(view.get("hash") or ""))


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
        refuse(ack, view, error)
        return
    ack()
    below = str(view.get("previous_view_id") or "")
    if below:
        redraw(below, desk.draw(one, replace(form, step="review")), gateway)


def closed(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Keep what stood in a form that somebody closed."""
    desk, view = Desk(str(body["user"]["id"]), services, gateway), body["view"]
    try:
        form = form_of(view)
        fields = entered(view)
        is_step = form.step in _DRAFTED and not form.edits
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
    app.action(CHANGES)(partial(changed, **handed))
    app.action(STEPS)(partial(move, **handed))
    app.action(ASK_QUESTIONS)(partial(ask_questions, **handed))
    app.view(QUIZ)(partial(submit_questions, **handed))
    app.view_closed(FORM)(partial(closed, **handed))
    app.options(OPTIONS)(partial(options, **handed))


def _test(one: Announcement, services: Services) -> tuple[Announcement, str, tuple[str, ...]]:
    try:
        kept = announcing.test_send(one, services, now=services.clock())
    except CannotAnnounce as error:
        return one, "", (error.text,)
    return kept, _("A test is on its way to you. Nothing of it counts."), ()
