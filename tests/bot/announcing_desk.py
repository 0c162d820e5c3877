"""What the tests of announcements in Slack have in common: one is sent, time passes, people look at their screens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from enablement import announcing
from enablement.model import Aim, Announcement, QuizAnswer, Receipt
from tests.builders import announcement
from tests.doors import LIBRARIAN, MAYA, NOVA, RAFA, Stage

PEOPLE = (MAYA, RAFA)


def sent(stage: Stage, title: str, *, to: tuple[str, ...] = PEOPLE, **changes: Any) -> Announcement:
    """Send an announcement by the librarian, and do what is due until everybody has it."""
    if announcing.colleagues_read_at(stage.services) is None:
        announcing.read_colleagues(stage.services, now=stage.clock())
    now = stage.clock()
    whole = {
        "author": LIBRARIAN,
        "author_slack_id": NOVA,
        "aim": Aim(people=to),
        "at_once": True,
        "made_at": now,
        "changed_at": now,
        "ends_at": now + timedelta(days=14),
        **changes,
    }
    one = announcing.send(announcement(title, **whole), NOVA, stage.services, now=now)
    pass_time(stage)
    return one


def pass_time(stage: Stage, **span: float) -> None:
    """Let time pass, half a minute unless told otherwise, and do what is due before and after."""
    stage.drain("write")
    stage.clock.advance(**(span or {"seconds": 31}))
    announcing.follow(stage.services, now=stage.clock())
    stage.drain("write")
    stage.clock.advance(seconds=31)
    stage.drain("write")


def dm(user: str) -> str:
    return f"D{user[1:]}"


def screen(stage: Stage, title: str, *, user: str = MAYA) -> list[dict[str, Any]]:
    """Return the messages in somebody's conversation with the bot that have this title, oldest first."""
    marked = (one for one in stage.bot_messages(dm(user), user=user) if title in one["text"])
    return [one for one in marked if not one.get("ephemeral")]


def press(stage: Stage, message: dict[str, Any], name: str, *, user: str = MAYA, **more: Any) -> None:
    stage.click(message, f"announcement.{name}", user=user, channel=dm(user), **more)


def receipt(stage: Stage, one: Announcement, user: str = MAYA) -> Receipt:
    found = stage.services.announcements.receipt(announcing.receipt_id(one.id, user))
    assert found is not None
    return found


def answers(stage: Stage, one: Announcement, user: str = MAYA) -> list[QuizAnswer]:
    return stage.services.announcements.answers_of(receipt(stage, one, user).id)


def newest(stage: Stage, one: Announcement) -> Announcement:
    found = stage.services.announcements.announcement(one.id)
    assert found is not None
    return found


def edited(stage: Stage, one: Announcement, text: str, *, ask_again: bool = True) -> Announcement:
    """Edit what an announcement says, before any worker shows it."""
    known = newest(stage, one)
    words = replace(known.wordings[0], text=text)
    changed = replace(known, wordings=(words, *known.wordings[1:]))
    return announcing.edit(changed, NOVA, stage.services, now=stage.clock(), ask_again=ask_again)
