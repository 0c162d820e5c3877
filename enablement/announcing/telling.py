"""Tells an author how their announcement stands, and librarians of one that waits for them."""

from dataclasses import dataclass
from datetime import datetime

from enablement.announcing.audience import reach
from enablement.announcing.receipts import signed
from enablement.announcing.rights import is_librarian
from enablement.model import Announcement, Ask, Place, Task, Written, key
from enablement.ports import Services, TryLater, Undeliverable

TELL = "announce.tell"
MOST_WAITING = 100


@dataclass(frozen=True)
class Told:
    """How an announcement stands, for its author or (`to_approve`) for somebody who may approve it.

    `people`: how many it goes to, None where that can't be said. `why`: what a librarian wrote who declined it.
    """

    ask: Ask
    one: Announcement
    people: int | None
    to_approve: bool
    why: str = ""


def tell_of_approval(one: Announcement, services: Services, *, now: datetime, why: str = "") -> None:
    """Have the author told that it waits for approval or was declined, and librarians asked; done twice it is once.

    What runs has a message of its own, which shows how it goes.
    """
    told = [one.author_slack_id] if one.state != "running" else []
    if one.state == "in_review":
        told += [
            profile.slack_id
            for profile in services.mirror.profiles()
            if profile.slack_id != one.author_slack_id and is_librarian(profile.slack_id, services)
        ]
    asks = [_ask(one, slack_id, why, now) for slack_id in told]
    tasks = tuple(Task(key(TELL, ask.id), TELL, "reply", ask.id) for ask in asks)
    if asks and services.ledger.write(Written(records=tuple(asks), tasks=tasks), now=now):
        services.work.wake("reply")


def tell_of_what_waits(services: Services, *, now: datetime) -> None:
    """Have told what waits for approval and nobody was told of: whoever sent it may have died before that."""
    for one in services.announcements.listed({"in_review"}, limit=MOST_WAITING):
        if services.ledger.ask(_ask_id(one, one.author_slack_id)) is None:
            tell_of_approval(one, services, now=now)


def tell(ask: Ask, services: Services, *, now: datetime) -> Told:
    """Return what to tell whom; the ask's words are the announcement's id and why it was declined."""
    announcement_id, _space, why = ask.question.partition(" ")
    one = services.announcements.announcement(announcement_id)
    if one is None:
        raise Undeliverable(f"there is no announcement {announcement_id}")
    waits = one.state == "in_review" and now < one.ends_at
    return Told(
        ask, signed(one, services), _people(one, services), waits and ask.slack_id != one.author_slack_id, why
    )


def _ask(one: Announcement, slack_id: str, why: str, now: datetime) -> Ask:
    return Ask(
        id=_ask_id(one, slack_id),
        surface="dm",
        slack_id=slack_id,
        email="",
        question=f"{one.id} {why}".strip(),
        place=Place(is_direct=True),
        response_url="",
        replaces=False,
        deal_id=None,
        asked_at=now,
    )


def _ask_id(one: Announcement, slack_id: str) -> str:
    return key("ask", TELL, one.id, one.version, slack_id)


def _people(one: Announcement, services: Services) -> int | None:
    try:
        return len(reach(one.aim, services).readers)
    except (TryLater, Undeliverable):
        return None
