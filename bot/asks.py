"""Make an ask of what Slack sent and take it on: it is on disk, with its work, before Slack hears that it arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import BoltContext

from bot.mrkdwn import clean
from bot.payload import Carried, UnknownButton, read
from enablement.model import Ask, Event, Lane, Place, Record, Suggestion, Surface, Task, Written, key
from enablement.ports import Services
from enablement.refining import LONGEST_QUESTION


def new_ask(
    context: BoltContext,
    *,
    surface: Surface,
    slack_id: str,
    question: str,
    place: Place,
    response_url: str,
    now: datetime,
    replaces: bool = False,
    deal_id: str | None = None,
) -> Ask:
    """Return an ask that a second delivery of the same request would be too."""
    return Ask(
        id=key("ask", event_of(context).id),
        surface=surface,
        slack_id=slack_id,
        email="",
        question=" ".join(clean(question).split())[:LONGEST_QUESTION],
        place=place,
        response_url=response_url,
        replaces=replaces,
        deal_id=deal_id,
        asked_at=now,
    )


def accept(
    ask: Ask,
    kind: str,
    context: BoltContext,
    services: Services,
    *,
    lane: Lane = "reply",
    also: tuple[Record, ...] = (),
) -> None:
    """Write an ask, what belongs to it and the work of replying to it; a known request or ask changes nothing."""
    # What somebody asks in one conversation is answered in its order: a follow-up may come before the first answer.
    partition = key("asks", ask.slack_id, ask.place.channel)
    task = Task(id=key(kind, ask.id), kind=kind, lane=lane, subject=ask.id, partition=partition)
    written = Written(records=(ask, *also), tasks=(task,), event=event_of(context))
    # Who gets no answer asks again: a question alone need not be on the disk before Slack hears that it is taken.
    if services.ledger.write(written, now=ask.asked_at, lazily=not also):
        services.work.wake(lane)


def ask_for_list(
    kind: str,
    page: int,
    slack_id: str,
    channel: str,
    body: Mapping[str, Any],
    context: BoltContext,
    services: Services,
    *,
    replaces: bool = False,
) -> None:
    """Have a page of a list sent where it was asked for, or put in place of the page that stands there."""
    ask = new_ask(
        context,
        surface="command",
        slack_id=slack_id,
        question=str(page),
        place=Place(channel, "", channel.startswith("D")),
        response_url=str(body.get("response_url") or ""),
        now=services.clock(),
        replaces=replaces,
    )
    accept(ask, kind, context, services)


def event_of(context: BoltContext) -> Event:
    return Event("slack", str(context["event_id"]))


def carried(body: Mapping[str, Any]) -> str:
    """Return the id that the pressed button carries; nothing for a button of another make."""
    found = pressed(body)
    return found.id if found else ""


def pressed(body: Mapping[str, Any]) -> Carried | None:
    """Return what the pressed button, or the chosen line of a menu, carries; None for one of another make."""
    action = body["actions"][0]
    try:
        return read(str((action.get("selected_option") or action).get("value") or ""))
    except UnknownButton:
        return None


def is_own(suggestion: Suggestion, body: Mapping[str, Any], services: Services) -> bool:
    """Say whether a suggestion was made to whoever pressed a button of it."""
    asked = services.ledger.ask(suggestion.ask_id)
    return asked is not None and asked.slack_id == str(body["user"]["id"])


def email_of(body: Mapping[str, Any], services: Services) -> str:
    """Return the e-mail of the colleague who acts; nothing for outsiders. Slack is asked where the person is new."""
    slack_id = str(body["user"]["id"])
    profile = services.mirror.profile(slack_id)
    if profile is None:
        profile = services.messenger.profile(slack_id, now=services.clock())
        services.mirror.keep_profile(profile)
    return profile.email if profile.standing == "member" else ""
