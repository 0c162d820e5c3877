"""The rows of learning: a process of its own does it, the lane stays free, and who is killed is gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from enablement.adapters.learner import LearningProcess
from enablement.copying import RENEW, SLICE, renew
from enablement.evidence.habits import fit
from enablement.learning import LEARNING, study_of
from enablement.model import Run, Task, Touch, Written
from enablement.ports import HABITS, History, LearnerSays
from jobs.kinds import KINDS
from jobs.lanes import drain
from jobs.learning import ANOTHER_S, LEARN, LOOK_AGAIN_S, RENEW_ALL
from tests.builders import NOW, deal, touch
from tests.enablement.learning.conftest import PROCESS
from tests.fakes import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass
class FakeLearner:
    """Says what it is told to, one after the other."""

    says: list[LearnerSays]
    asked: list[float] = field(default_factory=list)
    orders: list[set[str]] = field(default_factory=list)

    def go_on(self, *, seconds: float, orders: Collection[str] = ()) -> LearnerSays:
        self.asked.append(seconds)
        self.orders.append(set(orders))
        return self.says.pop(0)

    def stop(self) -> None: ...


def order(world: World, kind: str = LEARN) -> None:
    world.outbox.add([Task(f"{kind} 1", kind, "compute", "", kind)], now=world.clock.now)


def work(world: World, learner: FakeLearner) -> int:
    services = replace(world.services, learner=learner)
    return drain("compute", KINDS["compute"], services, owner="test")


def states(world: World) -> list[tuple[str, str]]:
    letters = world.outbox.letters(states=("due", "leased", "dead"), limit=9)
    return [(one.kind, one.state) for one in letters]


def test_while_it_is_learned_the_row_waits_and_the_lane_is_free(world: World) -> None:
    order(world)
    runs: list[LearnerSays] = ["runs"] * 40
    learner = FakeLearner([*runs, "ended"])

    for _ in range(40):
        assert work(world, learner) == 1
        assert states(world) == [(LEARN, "due")]
        # Not before its time: others have their turn.
        assert work(world, learner) == 0
        world.clock.move(seconds=LOOK_AGAIN_S)
    work(world, learner)

    assert states(world) == []
    # It may go on for as long as it takes, and looks are no failed attempts; but the lane is held for moments alone.
    assert max(learner.asked) <= 1


@pytest.mark.parametrize("says", ["busy", "died"])
def test_where_another_learns_or_the_process_died_it_is_tried_again(world: World, says: LearnerSays) -> None:
    order(world)
    learner = FakeLearner([says, "ended"])

    work(world, learner)
    assert states(world) == [(LEARN, "due")]
    world.clock.move(seconds=ANOTHER_S)
    work(world, learner)

    assert states(world) == []


def test_whoever_learns_is_told_which_orders_wait(world: World) -> None:
    order(world)
    learner = FakeLearner(["runs", "ended"])
    work(world, learner)
    world.clock.move(seconds=LOOK_AGAIN_S)
    world.outbox.add([Task("later", LEARN, "compute", "", LEARN)], now=world.clock.now)

    work(world, learner)

    assert learner.orders == [{f"{LEARN} 1"}, {f"{LEARN} 1", "later"}]
    assert states(world) == []


def test_a_process_that_dies_each_time_is_given_up(world: World) -> None:
    order(world)
    learner = FakeLearner(["died"] * 99)

    for _ in range(40):
        work(world, learner)
        world.clock.move(minutes=6)

    assert states(world) == [(LEARN, "dead")]


def test_a_round_that_failed_is_no_dead_letter(world: World) -> None:
    order(world)

    work(world, FakeLearner(["failed"]))

    assert states(world) == []


def test_once_a_day_all_open_deals_suggestions_are_made_anew(world: World) -> None:
    world.mirror.store(deals=[deal("One"), deal("Two")])
    order(world, RENEW_ALL)

    work(world, FakeLearner([]))

    assert world.outbox.counts()["compute", "done"] == 3
    world.outbox.add([Task("again", RENEW_ALL, "compute", "", RENEW_ALL)], now=world.clock.now)
    work(world, FakeLearner([]))
    assert world.outbox.counts()["compute", "done"] == 4


def test_where_following_the_deals_renews_them_it_is_not_done_twice(world: World) -> None:
    world.crm.room = frozenset({"suggestions"})
    order(world, RENEW_ALL)

    work(world, FakeLearner([]))

    assert RENEW not in {kind for kind, _ in states(world)}
    assert world.outbox.counts() == {("compute", "done"): 1}


def test_suggestions_are_made_anew_with_what_was_learned_just_now(world: World) -> None:
    world.mirror.store(deals=[deal("One")])
    assert world.lessons.model == ""
    run = Run("run", "in_use", NOW, NOW, "", 1.0, 100, 200, "x")
    world.evidence.save("run", HABITS, fit(study_of(History((), (), (), (), ()))))
    world.evidence.finish(run, ())

    renew(json.dumps(["round", "", deal("One").id]), world.services, until=NOW, task_id="row")

    assert world.lessons.model == "run"


def test_making_suggestions_anew_ends_when_told_to_stop_and_goes_on_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.mirror.store(deals=[deal(f"Deal {n}") for n in range(3)])
    monkeypatch.setattr("enablement.copying.DEALS_AT_ONCE", 1)
    first, _second, last = world.mirror.open_deals(after="", limit=3)
    subject = json.dumps(["round", "", last])

    renew(subject, world.services, until=NOW + timedelta(1), task_id="row", stops=lambda: True)

    [rest] = world.outbox.letters(states=["due"], limit=9)
    assert (rest.kind, json.loads(rest.subject)) == (SLICE, ["round", first, last])


# With a process of its own ----------------------------------------------------------------------------


def history(world: World) -> None:
    """Put 150 closed deals into the mirror, and the use of four assets in them."""
    now = datetime.now(UTC)
    deals = [
        deal(
            f"Deal {n}",
            is_closed=True,
            is_won=n % 3 == 0,
            stage="Won" if n % 3 == 0 else "Lost",
            industry=("Retail", "Mining")[n % 2],
            amount=1000.0 * (n % 17 + 1),
            created_at=now - timedelta(200 - n % 50),
            close_date=(now - timedelta(20)).date(),
            account_id=f"001{n % 90}",
        )
        for n in range(150)
    ]
    touches: Sequence[Touch] = [
        touch(
            id=f"touch {n} {asset}", deal_id=one.id, asset_id=asset, occurred_at=now - timedelta(60 + n % 40)
        )
        for n, one in enumerate(deals)
        for place, asset in enumerate(("deck", "sheet", "guide", "book"))
        if (n + place) % (place + 2) == 0
    ]
    world.mirror.store(stages=PROCESS, deals=deals)
    world.ledger.write(Written(records=tuple(touches)), now=NOW)


@pytest.fixture
def learner(world: World) -> Iterator[LearningProcess]:
    yield world.learner
    world.learner.stop()


def until(learner: LearningProcess, says: LearnerSays, orders: Collection[str] = ()) -> None:
    ends = time.monotonic() + 60
    while (now := learner.go_on(seconds=0.2, orders=orders)) == "runs":
        assert time.monotonic() < ends, "it did not end"
    assert now == says


def newest(world: World) -> Run | None:
    return next(iter(world.evidence.runs(limit=1)), None)


def test_a_killed_process_is_gone_on_with(world: World, learner: LearningProcess) -> None:
    history(world)
    ends = time.monotonic() + 60
    while not (run := newest(world)):
        assert learner.go_on(seconds=0.01) == "runs"
        assert time.monotonic() < ends, "it did not begin"
    # While another writes, it cannot come to its end.
    with world.database.writing():
        assert learner._child is not None
        os.kill(learner._child.pid, signal.SIGKILL)
        until(learner, "died")
    # The lease of who was killed has to run out first.
    assert learner.go_on(seconds=0.1) == "busy"
    world.outbox.hold(LEARNING, owner="nobody", seconds=0, now=datetime.now(UTC) + timedelta(minutes=5))
    world.outbox.release(LEARNING, owner="nobody")
    late = deal(
        "Late", is_closed=True, created_at=run.begun_at - timedelta(9), close_date=run.begun_at.date()
    )
    world.mirror.store(deals=[late])

    until(learner, "ended")

    again, ended = world.evidence.runs(limit=9)
    assert (ended.id, ended.deals) == (run.id, 150)
    assert ended.state in ("retired", "refused")
    # What came since it was killed is learned from too.
    assert again.deals == 151
    assert again.state in ("in_use", "refused")
    assert not world.journal.is_held(LEARNING, now=datetime.now(UTC))


def test_an_order_that_came_later_is_not_answered_with_what_was_read_before(
    world: World, learner: LearningProcess
) -> None:
    # While another writes, the process waits.
    with world.database.writing():
        assert learner.go_on(seconds=0, orders=["one"]) == "runs"
    assert learner._child is not None
    assert learner._child.wait(60) == 0, "there was too little to learn from"
    history(world)
    with world.database.writing() as connection:
        connection.execute(text("DROP TABLE learning_parts"))

    assert learner.go_on(seconds=60, orders=["one", "two"]) == "runs"
    until(learner, "failed", orders=["two"])


def test_the_process_may_have_so_much_memory_and_no_more(world: World) -> None:
    ask = """
from enablement.adapters.learner import bound_memory
import numpy
bound_memory(1 << 30)
numpy.ones(50 << 20, numpy.uint8)
try:
    numpy.ones(2 << 30, numpy.uint8)
except MemoryError:
    print("refused")
"""

    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert done.stdout == "refused\n"


def test_a_round_that_fails_is_told_to_ops(
    world: World, learner: LearningProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    history(world)
    with world.database.writing() as connection:
        # As a fault of ours would: what is learned from cannot be kept.
        connection.execute(text("DROP TABLE learning_parts"))

    until(learner, "failed")

    [incident] = world.journal.weigh(now=datetime.now(UTC))
    assert incident.summary == "Learning from deals failed: OperationalError"
    assert "no such table" in capfd.readouterr().err


def test_what_takes_too_long_is_ended(world: World) -> None:
    history(world)
    short = LearningProcess(world.url, is_taken=lambda: False, most_s=0.0)

    until(short, "failed")

    [incident] = world.journal.weigh(now=datetime.now(UTC))
    assert incident.summary == "Learning from deals took too long, and was ended"
    assert not world.journal.is_held(LEARNING, now=datetime.now(UTC))


def test_when_the_parent_is_gone_the_process_ends(world: World) -> None:
    history(world)
    begin = f"""
import time
from enablement.adapters.learner import LearningProcess
learner = LearningProcess({world.url!r}, is_taken=lambda: False)
print(learner.go_on(seconds=0), learner._child.pid, flush=True)
time.sleep(60)
"""
    # While another writes, the process can do nothing but wait.
    with world.database.writing():
        with subprocess.Popen([sys.executable, "-c", begin], stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            says, pid = parent.stdout.readline().split()
            parent.kill()
        ends = time.monotonic() + 20
        while is_running(int(pid)):
            assert time.monotonic() < ends, "it outlived its parent"
            time.sleep(0.02)
    assert says == "runs"


def is_running(pid: int) -> bool:
    """Say whether a process runs; one that nobody waited for has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_two_never_learn_at_once(world: World, learner: LearningProcess) -> None:
    history(world)
    assert world.outbox.hold(LEARNING, owner="another", seconds=60, now=datetime.now(UTC))

    assert learner.go_on(seconds=0) == "busy"
    # Both may look before either holds it: then the process itself sees it.
    hasty = LearningProcess(world.url, is_taken=lambda: False)
    until(hasty, "busy")
    assert world.evidence.runs(limit=9) == []
