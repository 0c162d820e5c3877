"""Following, delivering, editing, withdrawing, leaving, dying: in any order nobody hears it twice or in vain."""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from enablement import announcing
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import LEASE
from enablement.announcing import ANNOUNCE_DELIVER, CannotAnnounce
from enablement.model import Aim, Announcement, Asset, Claimed, QuizAnswer, Receipt, Wording
from enablement.ports import TryLater
from tests.builders import announcement
from tests.enablement.announcing.desk import LIB, staff
from tests.fakes import FakeMessenger, World

READERS = ("UBO", "UCY", "UDEE")
Fault = Literal["none", "refused", "lost reply", "dies before", "dies after", "dies unsettled"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
# A row, and the worker that claimed it.
Held = tuple[str, Claimed]


class Died(Exception):
    """The worker was killed here: nobody settles or gives up what it held."""


class Slack(FakeMessenger):
    """Fails as told, and knows for each message whether that person was to get it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.fault: Fault = "none"
        self.wronged: list[str] = []

    def announce(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        to: str,
        again: bool,
    ) -> tuple[str, str]:
        fault = self._fails_before()
        now = self.world.announcements.announcement(one.id)
        known = self.world.mirror.profile(to)
        there = len(self.posted)
        found = super().announce(one, receipt, wording, assets, to=to, again=again)
        if len(self.posted) > there and not (
            now and now.state == "running" and to in now.aim.people and known and known.standing == "member"
        ):
            self.wronged.append(to)
        self._fails_after(fault)
        return found

    def show_announcement(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        answers: Sequence[QuizAnswer],
    ) -> None:
        fault = self._fails_before()
        super().show_announcement(one, receipt, wording, assets, answers=answers)
        self._fails_after(fault)

    def remind(
        self, one: Announcement, receipt: Receipt, wording: Wording, *, number: int, again: bool
    ) -> None:
        fault = self._fails_before()
        super().remind(one, receipt, wording, number=number, again=again)
        self._fails_after(fault)

    def _fails_before(self) -> Fault:
        fault, self.fault = self.fault, "none"
        if fault == "refused":
            raise TryLater("429", seconds=3)
        if fault == "dies before":
            raise Died
        return fault

    def _fails_after(self, fault: Fault) -> None:
        if fault == "lost reply":
            raise TryLater("timeout")
        if fault == "dies after":
            raise Died


class AnyOrder(RuleBasedStateMachine):
    """One announcement, three people, and everything that can happen at any moment."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__()
        self.database = database
        self.world = World(database, folder / "index")
        self.slack = Slack(self.world)
        self.world.services = replace(self.world.services, messenger=self.slack, announce_per_minute=60)
        self.world.messenger = self.slack
        staff(self.world)
        self.held: list[Held] = []
        self.workers = 0
        self.patience = 0

    @initialize(patience=st.integers(0, 3))
    def begin(self, patience: int) -> None:
        # It is not ended before so many were told.
        self.patience = patience
        one = announcement(aim=Aim(people=READERS), at_once=True, reminders=1, remind_every_hours=1)
        self.id = announcing.send(one, LIB, self.world.services, now=self.world.clock()).id

    @property
    def one(self) -> Announcement:
        found = self.world.announcements.announcement(self.id)
        assert found is not None
        return found

    @rule(seconds=st.sampled_from([20, 300, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.move(seconds)

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4))
    def a_worker_works(self, faults: list[Fault]) -> None:
        for row, fault in zip(self._claim(len(faults)), faults, strict=False):
            self._do(row, fault)

    @rule(count=st.integers(1, 3))
    def a_worker_claims_and_dawdles(self, count: int) -> None:
        self.held += self._claim(count)

    @rule(fault=st.sampled_from(FAULTS))
    def it_goes_on(self, fault: Fault) -> None:
        if self.held:
            self._do(self.held.pop(0), fault)

    @rule(title=st.sampled_from(["Better", "Best"]), ask_again=st.booleans())
    def the_author_edits(self, title: str, *, ask_again: bool) -> None:
        self._try("edit", replace(self.one, wordings=(Wording("en", title, "x"),)), ask_again=ask_again)

    @rule(people=st.sets(st.sampled_from(READERS), min_size=1))
    def the_author_aims_anew(self, people: set[str]) -> None:
        self._try("edit", replace(self.one, aim=Aim(people=tuple(sorted(people)))), ask_again=False)

    @rule()
    def the_author_stops_it_and_thinks_again(self) -> None:
        self._try("stop", self.id)
        self.a_worker_works(["none"])
        self._try("extend", self.id, ends_at=self.one.ends_at + timedelta(hours=1))

    @precondition(lambda self: len(self.slack.posted) >= self.patience)
    @rule(sure=st.booleans(), stops=st.booleans())
    def the_author_ends_it(self, *, sure: bool, stops: bool) -> None:
        if sure:
            self._try("stop" if stops else "withdraw", self.id)

    @rule(slack_id=st.sampled_from(READERS), is_there=st.booleans())
    def somebody_comes_or_goes(self, slack_id: str, *, is_there: bool) -> None:
        known = self.world.mirror.profile(slack_id)
        assert known is not None
        self.world.mirror.keep_profile(replace(known, standing="member" if is_there else "deactivated"))

    @rule(slack_id=st.sampled_from(READERS))
    def somebody_acknowledges(self, slack_id: str) -> None:
        mine = announcing.receipt_id(self.id, slack_id)
        if mine in self.slack.messages:
            self._try("acknowledge", mine, slack_id)

    @invariant()
    def nobody_hears_it_twice_or_in_vain(self) -> None:
        assert self.slack.wronged == []
        assert all(count == 1 for count in Counter(mark for mark, *_ in self.slack.posted).values())
        assert all(count == 1 for count in Counter(self.slack.reminded).values())

    def teardown(self) -> None:
        # All that was held is let go, all that is due is done: then everything is as it should be.
        for _ in range(12):
            self.world.clock.move(LEASE.total_seconds() + 300)
            for row in self._claim(99):
                self._do(row, "none")
        self.nobody_hears_it_twice_or_in_vain()
        self._all_is_as_it_should_be()
        self.database.close()

    def _all_is_as_it_should_be(self) -> None:
        one = self.one
        meant = {
            slack_id
            for slack_id in one.aim.people
            if (found := self.world.mirror.profile(slack_id)) and found.standing == "member"
        }
        shown = {receipt.slack_id: (was, receipt) for was, receipt, _ in self.slack.messages.values()}
        if one.state == "running":
            assert meant <= set(shown)
        for slack_id, (was, _) in shown.items():
            if one.state == "withdrawn":
                assert was.state == "withdrawn"
            elif slack_id in meant:
                assert was.wordings == one.wordings
                assert was.revision == one.revision
        for receipt in self.world.announcements.receipts(one.id):
            assert (receipt.slack_id in shown) == (receipt.shown_revision > 0)

    def _claim(self, count: int) -> list[Held]:
        world = self.world
        announcing.follow(world.services, now=world.clock())
        # Each claim is a worker's of its own: one that dawdles loses its lease to the next. Messages are due a second
        # after each other.
        self.workers += 1
        owner, now = f"w{self.workers}", world.clock.move(3)
        rows = world.outbox.claim("write", [ANNOUNCE_DELIVER], owner=owner, limit=count, now=now)
        return [(owner, row) for row in rows]

    def _do(self, held: Held, fault: Fault) -> None:
        owner, row = held
        world, self.slack.fault = self.world, fault
        try:
            announcing.deliver(row.id, row.subject, world.services, now=world.clock())
        except TryLater as error:
            at = world.clock() + timedelta(seconds=error.seconds or 1)
            world.outbox.try_again([row.id], owner=owner, error=str(error), at=at)
        except Died:
            pass
        else:
            if fault != "dies unsettled":
                world.outbox.settle([row.id], owner=owner, now=world.clock())
        self.slack.fault = "none"

    def _try(self, what: str, *given: Any, **more: Any) -> None:
        by = () if what == "acknowledge" else (LIB,)
        try:
            getattr(announcing, what)(*given, *by, self.world.services, now=self.world.clock(), **more)
        except CannotAnnounce:
            # It is over, or too late: that, too, must leave all in order.
            assert what != "edit" or self.one.state != "running" or not self._is_well_aimed(given[0])

    def _is_well_aimed(self, one: Announcement) -> bool:
        found = [self.world.mirror.profile(slack_id) for slack_id in one.aim.people]
        return one.ends_at > self.world.clock() and any(each and each.standing == "member" for each in found)


def test_in_any_order_nobody_hears_it_twice_or_in_vain(migrated_sqlite: Path, tmp_path: Path) -> None:
    made = 0

    def world() -> AnyOrder:
        nonlocal made
        made += 1
        folder = tmp_path / str(made)
        folder.mkdir()
        shutil.copy(migrated_sqlite, folder / "touchline.db")
        return AnyOrder(Database(f"sqlite:///{folder / 'touchline.db'}"), folder)

    run_state_machine_as_test(
        world,  # type: ignore[arg-type] # hypothesis calls it, as it says; its type names classes alone
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
