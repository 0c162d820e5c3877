"""Whom Slack lists: everybody, for ever; of those who left only whom we knew."""

from dataclasses import replace

from enablement import announcing
from tests.builders import profile
from tests.fakes import World


def test_who_left_is_taken_over_only_where_they_were_known(world: World) -> None:
    stays, known, unknown = (profile(slack_id, name=slack_id) for slack_id in ("U1", "U2", "U3"))
    world.mirror.keep_profile(known)
    gone = [replace(one, standing="deactivated") for one in (known, unknown)]
    world.messenger.profiles = {one.slack_id: one for one in (stays, *gone)}

    announcing.read_colleagues(world.services, now=world.clock())

    found = {one.slack_id: one.standing for one in world.mirror.profiles()}
    assert found == {"U1": "member", "U2": "deactivated"}
