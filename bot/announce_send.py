"""Submit a step of an announcement's form: go on to the next one, save what was changed, or send."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.announce_audience import LOCAL_TIME, PEOPLE, STARTS
from bot.announce_channels import CALLED, CHANNELS
from bot.announce_desk import Desk
from bot.announce_draw import reached, readable
from bot.announce_form import ASK_AGAIN, FORM, TEXT, TITLE, Form, block_of, entered, form_of
from bot.announce_manage import managing
from bot.announce_review import ENDS, REMINDERS, confirm_view
from bot.announce_windows import refuse
from bot.gateway import SlackGateway
from bot.mrkdwn import plain
from bot.payload import UnknownButton
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _, ngettext
from enablement.model import Announcement
from enablement.ports import Services, TryLater

# Which part of a step shows what is wrong with a part of an announcement.
_FIELDS = {
    "what": {"title": TITLE, "text": TEXT, "language": TITLE},
    "who": {
        "audience": PEOPLE,
        "channels": CHANNELS,
        "mentions": CALLED,
        "local_time": LOCAL_TIME,
        "ends_at": STARTS,
    },
    "review": {"ends_at": ENDS, "reminders": REMINDERS},
}
# Too early in a step to say: what comes later may mend it.
_LATER = {"who": ("ends_at",)}


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
        refuse(ack, view, error)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.view(FORM)(partial(submit, services=services, gateway=gateway))


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
    """Return to how many people it goes; raises CannotAnnounce where that can't be said, for then nobody confirms."""
    found = reached(one, services)
    if found is None:
        raise CannotAnnounce(
            _("Slack does not say just now who is meant. Try again in a minute."), "audience"
        )
    return len(found.readers)
