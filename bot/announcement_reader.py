"""What readers do with an announcement: confirm it, open it, put its reminders off, answer its questions."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.announcement_blocks import (
    ACKNOWLEDGE,
    ASSET,
    OPEN,
    QUIZ,
    SNOOZE,
    message_blocks,
    message_text,
    opened as opened_window,
    reminder,
)
from bot.announcement_quiz import QUIZ_FORM, quiz, read_answer, refusal
from bot.asks import event_of
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape
from bot.parts import section
from bot.payload import Carried, UnknownButton, read
from enablement import announcing
from enablement.announcing import CannotAnnounce, assets_of, is_channel, next_morning, signed, wording_for
from enablement.language import _
from enablement.model import Announcement, Asset, QuizAnswer, Receipt, Wording, Written
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
MONDAY = 0
_HOUR = timedelta(hours=1)
# A response address takes five posts; the last is for a word to the reader.
MOST_REDRAWN = 4


@dataclass(frozen=True)
class Standing:
    """An announcement as it stands with one reader: what it says in their language, and what they answered."""

    one: Announcement
    mine: Receipt
    wording: Wording
    answers: tuple[QuizAnswer, ...]


@dataclass(frozen=True)
class Pressed:
    """Who pressed what, where: the message's place and the address to answer to, empty in a window."""

    slack_id: str
    value: str
    channel: str
    ts: str
    response_url: str


def acknowledge(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Count the message as read, and draw it as confirmed."""

    def do(carried: Carried, slack_id: str, now: datetime) -> str:
        announcing.opened(carried.id, slack_id, services, now=now)
        mine = announcing.acknowledge(carried.id, slack_id, services, now=now, seen=_revision(carried))
        # A message in a channel is everybody's, and stays as it is.
        return "" if mine.id == carried.id else _("Thank you: it is noted that you have read this.")

    _press(do, ack, body, services, gateway)


def snooze(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Put the reminders off until the moment that was chosen, by the reader's clock."""

    def do(carried: Carried, slack_id: str, now: datetime) -> str:
        profile = services.mirror.profile(slack_id)
        until = _until(carried.page, now, profile.time_zone if profile else "")
        announcing.snooze(carried.id, slack_id, services, now=now, hours=(until - now) / _HOUR)
        return ""

    _press(do, ack, body, services, gateway)


def open_asset(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Note that a file was opened; Slack itself follows the link."""

    def do(carried: Carried, slack_id: str, now: datetime) -> str:
        announcing.opened(carried.id, slack_id, services, now=now)
        return ""

    _press(do, ack, body, services, gateway)


def open_window(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Show all that an announcement says."""

    def draw(it: Standing, now: datetime) -> View:
        assets = assets_of(it.one, services, now=now)
        return opened_window(it.one, it.mine, it.wording, assets, public_url=services.public_url)

    _open(draw, ack, body, context, services, gateway)


def ask(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Ask the first question that is not answered yet."""

    def draw(it: Standing, _now: datetime) -> View:
        return quiz(it.one, it.mine, it.wording, it.answers)

    _open(draw, ack, body, context, services, gateway)


def answer(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Count an answer, tell at once if it was right, go on with the next question, and have the message say so."""
    slack_id, now = str(body["user"]["id"]), services.clock()
    try:
        receipt_id, question, option = read_answer(body["view"])
        announcing.answer(receipt_id, slack_id, question, option, services, now=now)
    except (CannotAnnounce, UnknownButton) as error:
        ack(response_action="errors", errors=refusal(body["view"], str(error)))
        return
    it = _whole(receipt_id, services)
    ack(response_action="update", view=quiz(it.one, it.mine, it.wording, it.answers))
    _follow(it, services, now=now)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    for action_id, listener in (
        (ACKNOWLEDGE, acknowledge),
        (SNOOZE, snooze),
        (ASSET, open_asset),
        (OPEN, open_window),
        (QUIZ, ask),
    ):
        app.action(action_id)(partial(listener, **handed))
    app.view(QUIZ_FORM)(partial(answer, services=services))


def _press(
    do: Callable[[Carried, str, datetime], str],
    ack: Ack,
    body: Mapping[str, Any],
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Write what was pressed and acknowledge it; then draw the message as it stands, and say what there is to say."""
    pressed, now = _pressed(body), services.clock()
    carried, said = Carried(""), ""
    try:
        carried = read(pressed.value)
        # A preview in its author's form belongs to nobody.
        if carried.id:
            said = do(carried, pressed.slack_id, now)
    except (CannotAnnounce, UnknownButton) as error:
        said = str(error)
    ack()
    _redraw(carried, pressed, services, gateway, now=now)
    _say(said, pressed, gateway)


def _open(
    draw: Callable[[Standing, datetime], View],
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Note that an announcement was opened, acknowledge that, and open a window; the same request again opens none."""
    pressed, now = _pressed(body), services.clock()
    carried, view, said = Carried(""), None, ""
    try:
        carried = read(pressed.value)
        if carried.id and services.ledger.write(Written(event=event_of(context)), now=now, lazily=True):
            mine = announcing.opened(carried.id, pressed.slack_id, services, now=now)
            view = draw(_whole(mine.id, services), now)
    except (CannotAnnounce, UnknownButton) as error:
        said = str(error)
    ack()
    try:
        if view:
            gateway.open_view(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        said = _("Slack was too slow to open the window. Please try again.")
    if said:
        _redraw(carried, pressed, services, gateway, now=now)
    _say(said, pressed, gateway)


def _redraw(
    carried: Carried, pressed: Pressed, services: Services, gateway: SlackGateway, *, now: datetime
) -> None:
    """Draw the message, and the reminder if that was it, as they stand now."""
    receipt = services.announcements.receipt(carried.id)
    if receipt is None or receipt.slack_id != pressed.slack_id or is_channel(receipt.slack_id):
        return
    if not pressed.response_url:
        return
    if not receipt.shown_revision:
        # Its delivery was not noted: a worker died, or is not as quick as its reader.
        channel, ts, seen = pressed.channel, pressed.ts, _revision(carried)
        services.announcements.delivered(receipt.id, channel=channel, ts=ts, revision=seen, at=now)
    shown, is_reminder = None, receipt.ts not in ("", pressed.ts)
    for _turn in range(MOST_REDRAWN):
        latest = _whole(receipt.id, services)
        # An edit that comes meanwhile may have been drawn by a worker before we drew what was there until then.
        if latest == shown:
            break
        shown = latest
        assets = assets_of(latest.one, services, now=now)
        if is_reminder:
            blocks, text = reminder(latest.one, latest.mine, latest.wording)
            _show_original(latest, assets, services)
        else:
            blocks, text = _drawn(latest, assets, services.public_url)
        gateway.respond(pressed.response_url, blocks, text, replace=True)


def _follow(it: Standing, services: Services, *, now: datetime) -> None:
    """Have the message say what was answered; what comes meanwhile is drawn too, as the last."""
    shown = None
    for _turn in range(MOST_REDRAWN):
        # Who answered below a message in a channel may have none of their own.
        if it == shown or not it.mine.ts:
            break
        shown = it
        _show_original(it, assets_of(it.one, services, now=now), services)
        it = _whole(it.mine.id, services)


def _drawn(it: Standing, assets: list[Asset], public_url: str) -> tuple[list[Block], str]:
    """Return the message, and its text for notifications."""
    blocks = message_blocks(it.one, it.mine, it.wording, assets, public_url=public_url, answers=it.answers)
    return blocks, message_text(it.one, it.wording)


def _show_original(it: Standing, assets: list[Asset], services: Services) -> None:
    try:
        services.messenger.show_announcement(it.one, it.mine, it.wording, assets, answers=it.answers)
    except (TryLater, Undeliverable) as error:
        # What was done counts all the same; the message shows it when it is next drawn.
        log.warning("a message could not be drawn anew: %s", error)


def _pressed(body: Mapping[str, Any]) -> Pressed:
    action = body["actions"][0]
    value = str((action.get("selected_option") or action).get("value") or "")
    container = body.get("container") or {}
    return Pressed(
        slack_id=str(body["user"]["id"]),
        value=value,
        channel=str(container.get("channel_id") or ""),
        ts=str(container.get("message_ts") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def _revision(carried: Carried) -> int:
    """Return the revision that somebody saw when they pressed a button; raises UnknownButton."""
    if not carried.version.isdecimal():
        raise UnknownButton(_("This button is from another version of Touchline."))
    return max(1, int(carried.version))


def _until(choice: int, now: datetime, time_zone: str) -> datetime:
    """Return when a choice of the menu ends; raises UnknownButton."""
    match choice:
        case 1:
            return now + _HOUR
        case 2:
            return next_morning(now, time_zone=time_zone)
        case 3:
            return next_morning(now, time_zone=time_zone, weekdays=(MONDAY,))
        case _:
            raise UnknownButton(_("This button is from another version of Touchline."))


def _whole(receipt_id: str, services: Services) -> Standing:
    """Return how it stands with a receipt that is there."""
    mine = services.announcements.receipt(receipt_id)
    one = services.announcements.announcement(mine.announcement_id) if mine else None
    if mine is None or one is None:
        raise LookupError(receipt_id)
    profile = services.mirror.profile(mine.slack_id)
    wording, _is_fallback = wording_for(one, profile.locale if profile else "")
    answers = tuple(services.announcements.answers_of(mine.id))
    return Standing(signed(one, services), mine, wording, answers)


def _say(text: str, pressed: Pressed, gateway: SlackGateway) -> None:
    if text and pressed.response_url:
        gateway.respond(pressed.response_url, [section(escape(text))], escape(text), replace=False)
