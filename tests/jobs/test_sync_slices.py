"""A long reading of deals is done in slices, behind what else waits in the lane."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from enablement.ports import Services
from jobs.kinds import KINDS, SYNC_SLICE_S
from jobs.lanes import drain
from tests.builders import NOW, task
from tests.fakes import FakeCrm, World


class SlowCrm(FakeCrm):
    """Has deals for so many whole slices, and keeps each slice's end."""

    def __init__(self, world: World, slices: int) -> None:
        super().__init__()
        self.world, self.left = world, slices
        self.ends: list[datetime] = []

    def sync(self, *, full: bool, until: datetime | None = None, **_: Any) -> dict[str, int]:
        assert until is not None
        self.ends.append(until)
        if self.left:
            self.left -= 1
            self.world.clock.move(seconds=SYNC_SLICE_S)
        return super().sync(full=full)


def slices_of(world: World, crm: FakeCrm) -> Services:
    services = replace(world.services, crm=crm)
    world.outbox.add([task(kind="deals.sync", lane="compute")], now=NOW)
    drain("compute", KINDS["compute"], services, owner="test")
    return services


def test_a_reading_that_is_through_in_time_is_not_repeated(world: World) -> None:
    crm = SlowCrm(world, slices=0)

    slices_of(world, crm)

    assert crm.synced == [False]


def test_what_is_left_is_read_in_further_slices(world: World) -> None:
    crm = SlowCrm(world, slices=2)

    slices_of(world, crm)

    assert crm.synced == [False, False, False]
    assert len(set(crm.ends)) == 3
    assert not world.outbox.due("compute", now=world.clock())
