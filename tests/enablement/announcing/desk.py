"""A company with an announcer, a manager with a team, a guest; and somebody who does the work that is due."""

from datetime import timedelta
from typing import Any

from enablement import announcing
from enablement.announcing import ANNOUNCE_DELIVER, ANNOUNCE_FOLLOW
from enablement.model import Announcement, CrmRole, Receipt, key
from enablement.ports import TryLater
from tests.builders import announcement, profile, user
from tests.fakes import World

LIB = "ULIB"
WORKERS = (ANNOUNCE_FOLLOW, ANNOUNCE_DELIVER)


def staff(world: World, *more: str, time_zone: str = "Europe/Berlin") -> None:
    """Let a librarian, a manager with Bo and Cy in her team, Dee elsewhere, a guest and a stranger be known."""
    people = [
        profile(LIB, "Lib", time_zone=time_zone),
        profile("UMIA", "Mia", time_zone=time_zone),
        profile("UBO", "Bo", time_zone=time_zone),
        profile("UCY", "Cy", time_zone=time_zone),
        profile("UDEE", "Dee", time_zone=time_zone),
        profile("UGUS", "Gus", standing="guest"),
        profile("UOUT", "Otto", standing="stranger"),
        profile("UEX", "Xenia", standing="deactivated"),
        *(profile(slack_id, slack_id, time_zone=time_zone) for slack_id in more),
    ]
    world.messenger.profiles = {one.slack_id: one for one in people}
    world.mirror.store(
        users=[
            user("mia", id="005MIA", role_id="00E1"),
            user("bo", id="005BO", role_id="00E2"),
            user("cy", id="005CY", role_id="00E3"),
            user("dee", id="005DEE", role_id="00E9"),
        ],
        roles=[
            CrmRole("00E1", None),
            CrmRole("00E2", "00E1"),
            CrmRole("00E3", "00E2"),
            CrmRole("00E9", None),
        ],
    )
    # Slack still lists who left; she was known while she was here.
    world.mirror.keep_profile(profile("UEX", "Xenia"))
    announcing.read_colleagues(world.services, now=world.clock())


def sent(world: World, one: Announcement | None = None, **changes: Any) -> Announcement:
    """Send an announcement, by the librarian to everybody unless told otherwise."""
    given = one or announcement(**changes)
    return announcing.send(given, given.author_slack_id, world.services, now=world.clock())


def work(world: World) -> list[str]:
    """Do what is due now in the write lane, as a worker would; return the subjects of the messages."""
    done: list[str] = []
    while rows := world.outbox.claim("write", WORKERS, owner="w", limit=50, now=world.clock()):
        for row in rows:
            try:
                if row.kind == ANNOUNCE_FOLLOW:
                    announcing.follow(world.services, now=world.clock())
                else:
                    done.append(row.subject)
                    announcing.deliver(row.id, row.subject, world.services, now=world.clock())
            except TryLater as error:
                at = world.clock() + timedelta(seconds=error.seconds or 5)
                world.outbox.try_again([row.id], owner="w", error=str(error), at=at)
            else:
                world.outbox.settle([row.id], owner="w", now=world.clock())
    return done


def pass_time(world: World, seconds: float, *, step: float = 15) -> None:
    """Let time pass; every `step` seconds all is followed, and what is due is done."""
    ends = world.clock() + timedelta(seconds=seconds)
    while world.clock() < ends:
        announcing.follow(world.services, now=world.clock())
        work(world)
        world.clock.move(min(step, (ends - world.clock()).total_seconds()))
    work(world)


def told(world: World) -> list[str]:
    """Return whom messages went to, in order."""
    return [to for _, to, _ in world.messenger.posted]


def receipt_of(world: World, slack_id: str, one: Announcement) -> Receipt:
    found = world.announcements.receipt(key("receipt", one.id, slack_id))
    assert found is not None
    return found
