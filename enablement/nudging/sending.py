"""When somebody is told, and in which message: several causes at once, few a day, not when they want quiet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enablement.announcing.timing import WORKING_DAYS, Quiet, next_moment, next_morning
from enablement.language import zone_named
from enablement.model import CrmUser, Nudge, NudgeKind, Profile, Suggestion, Task, Written, key
from enablement.nudging.causes import BATCH, note_library, note_open_deals, note_openings
from enablement.nudging.news import Moot, News, news_of
from enablement.nudging.offering import ask_of, suggestion_of
from enablement.people import known_colleague
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.preferences import mute, preferences_of, quiet_hours_of

SEND, TELL = "nudges.send", "nudges.tell"
# What comes one after the other waits for so long at most.
LONGEST_BATCH = 3 * BATCH
# More in one message nobody reads.
MOST_NEWS = 5
# What could not be told within this time is no news any more.
OLD = timedelta(days=7)


@dataclass(frozen=True)
class NudgeMessage:
    """What somebody is told at once; of the kinds in `muted` they want to hear no more."""

    id: str
    slack_id: str
    news: tuple[News, ...]
    muted: frozenset[NudgeKind] = frozenset()


def follow(services: Services, *, now: datetime) -> None:
    """Note what gives cause to tell somebody something, and have those told for whom something is due."""
    note_open_deals(services, now=now)
    note_openings(services, now=now)
    note_library(services, now=now)
    under_way = services.outbox.unsettled(TELL)
    due = [one for one in services.nudges.due(now=now) if one not in under_way]
    tasks = [Task(key(TELL, one, now.isoformat()), TELL, "write", one, f"nudge {one}") for one in due]
    services.outbox.add(tasks, now=now, lazily=True)


def compose(slack_id: str, services: Services, *, now: datetime) -> NudgeMessage | None:
    """Return what to tell somebody now, or None; the same again until `told` says that it was. Raises TryLater."""
    mine = services.nudges.of(slack_id, ["waiting", "sending"])
    profile, user = services.mirror.profile(slack_id), known_colleague(slack_id, services)
    if profile is None or user is None:
        drop(mine, "not served", services)
        return None
    sending = [one for one in mine if one.state == "sending"]
    try:
        if sending:
            return _again(sending, user, services, now)
        due = _due(mine, profile, services, now)
        return _begun(due, user, services, now) if due else None
    except AccessUnknown as error:
        raise TryLater("the CRM can't be asked who may see the deals") from error


def told(message: NudgeMessage, services: Services, *, now: datetime) -> None:
    """Note that a message is there."""

    def done(one: Nudge) -> Nudge:
        return replace(one, state="sent", sent_at=now) if one.state == "sending" else one

    services.nudges.change(message.slack_id, [one.nudge.id for one in message.news], done)


def drop(some: Sequence[Nudge], why: str, services: Services) -> None:
    """Note that these are not told, and why: in one word."""
    for slack_id in {one.slack_id for one in some}:
        ids = [one.id for one in some if one.slack_id == slack_id]
        services.nudges.change(slack_id, ids, lambda one: replace(one, state="dropped", why=why))


def message_of(message_id: str, slack_id: str, services: Services, *, now: datetime) -> NudgeMessage | None:
    """Return a message as it is to be shown now, to who got it; None when that can't be known."""
    user = known_colleague(slack_id, services)
    some = [one for one in services.nudges.message(message_id) if one.slack_id == slack_id]
    if user is None or not some:
        return None
    try:
        return _drawn(message_id, some, user, services, now)
    except AccessUnknown:
        return None


def less(
    message_id: str, slack_id: str, kind: NudgeKind, services: Services, *, now: datetime, less: bool
) -> None:
    """Note that somebody wants to hear no more of a kind, or wants to hear of it again."""
    ids = _theirs(message_id, slack_id, kind, services)
    if ids:
        mute(slack_id, kind, services, now=now, muted=less)
        services.nudges.change(slack_id, ids, lambda one: replace(one, muted_at=now if less else None))


def snooze(
    message_id: str, slack_id: str, kind: NudgeKind, services: Services, *, now: datetime
) -> datetime | None:
    """Have those of a kind told again on the next working morning, as far as they are no moot by then; return when."""
    ids, profile = _theirs(message_id, slack_id, kind, services), services.mirror.profile(slack_id)
    if not ids or profile is None:
        return None
    until = _from(next_morning(now, time_zone=profile.time_zone, weekdays=WORKING_DAYS), profile, services)

    def put_off(one: Nudge) -> Nudge:
        if one.state == "waiting":
            return one
        return replace(one, state="waiting", due_at=until, sent_at=one.sent_at or now, snoozed_at=now)

    services.nudges.change(slack_id, ids, put_off)
    return until


def opened(nudge_id: str, slack_id: str, services: Services, *, now: datetime) -> Nudge | None:
    """Note that somebody wanted to see more of a nudge; return it if it is theirs."""
    found = services.nudges.change(
        slack_id, [nudge_id], lambda one: replace(one, opened_at=one.opened_at or now)
    )
    return next(iter(found), None)


def _due(mine: Sequence[Nudge], profile: Profile, services: Services, now: datetime) -> list[Nudge]:
    """Return what is to be told now; nothing where more is to come, or where it is no time to tell anything."""
    due = [one for one in mine if one.due_at <= now]
    coming = any(now < one.due_at <= now + BATCH for one in mine)
    if not due or (coming and min(one.due_at for one in due) > now - LONGEST_BATCH + BATCH):
        return []
    later = _from(now, profile, services)
    if later <= now:
        return due
    put_off = [one.id for one in mine if one.due_at < later]
    services.nudges.change(profile.slack_id, put_off, lambda one: replace(one, due_at=later))
    return []


def _from(at: datetime, profile: Profile, services: Services) -> datetime:
    """Return from when on somebody may be told something: not on weekends, nor in quiet hours, nor too often a day."""
    zone, quiet = zone_named(profile.time_zone), Quiet(*quiet_hours_of(profile.slack_id, services))
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if services.nudges.messages_since(profile.slack_id, midnight) >= services.nudges_per_day:
        at = next_morning(at, time_zone=profile.time_zone, weekdays=WORKING_DAYS)
    for _try in range(7):
        if at.astimezone(zone).weekday() not in WORKING_DAYS:
            at = next_morning(at, time_zone=profile.time_zone, weekdays=WORKING_DAYS)
        later = next_moment(at, time_zone=profile.time_zone, quiet=quiet)
        if later == at:
            break
        at = later
    return at


def _begun(due: Sequence[Nudge], user: CrmUser, services: Services, now: datetime) -> NudgeMessage | None:
    """Choose what is told, and write it down before it is posted."""
    slack_id, muted = due[0].slack_id, preferences_of(due[0].slack_id, services).muted
    news = list[News]()
    for one in due:
        try:
            if one.kind in muted:
                raise Moot("not wanted")
            if now - one.made_at > OLD:
                raise Moot("too late")
            # What was put off is looked at as if it had never been sent.
            news.append(news_of(replace(one, suggestion_id="", sent_at=None), user, services, now=now))
        except Moot as why:
            drop([one], str(why), services)
    if not news:
        return None
    news, rest = news[:MOST_NEWS], news[MOST_NEWS:]
    if rest:
        profile = services.mirror.profile(slack_id)
        later = next_morning(now, time_zone=profile.time_zone if profile else "", weekdays=WORKING_DAYS)
        services.nudges.change(
            slack_id, [one.nudge.id for one in rest], lambda one: replace(one, due_at=later)
        )
    message_id = key("nudges", slack_id, *(f"{one.nudge.id} {one.nudge.due_at.isoformat()}" for one in news))
    ask, made = ask_of(message_id, slack_id, user, now=now), dict[str, Suggestion]()
    for rank, item in enumerate(news, start=1):
        if item.nudge.kind != "buyer_opened":
            made[item.nudge.id] = suggestion_of(ask, rank, item, services, now=now)
    services.ledger.write(Written(records=(ask, *made.values())), now=now)

    def begin(one: Nudge) -> Nudge:
        name = made[one.id].id if one.id in made else ""
        deal_id = made[one.id].deal_id if one.id in made else one.deal_id
        return replace(one, state="sending", message_id=message_id, suggestion_id=name, deal_id=deal_id)

    begun = services.nudges.change(slack_id, [one.nudge.id for one in news], begin)
    return _drawn(message_id, begun, user, services, now)


def _again(sending: Sequence[Nudge], user: CrmUser, services: Services, now: datetime) -> NudgeMessage | None:
    """Return the message whose sending was broken off; where nothing of it is left, it is given up."""
    message_id = sending[0].message_id
    some = [one for one in sending if one.message_id == message_id]
    message = _drawn(message_id, some, user, services, now)
    if message is None:
        drop(some, "moot", services)
    return message


def _drawn(
    message_id: str, some: Sequence[Nudge], user: CrmUser, services: Services, now: datetime
) -> NudgeMessage | None:
    news = list[News]()
    for one in some:
        try:
            found = news_of(one, user, services, now=now)
        except Moot:
            continue
        suggestion = services.ledger.suggestion(one.suggestion_id) if one.suggestion_id else None
        news.append(replace(found, suggestion=suggestion))
    slack_id = some[0].slack_id
    muted = preferences_of(slack_id, services).muted
    return NudgeMessage(message_id, slack_id, tuple(news), muted) if news else None


def _theirs(message_id: str, slack_id: str, kind: NudgeKind, services: Services) -> list[str]:
    some = services.nudges.message(message_id)
    return [one.id for one in some if one.slack_id == slack_id and one.kind == kind]
