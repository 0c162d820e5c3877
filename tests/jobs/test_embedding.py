"""Embedding as work: slice after slice, one at a time, resumed after a death, and no heap of dead letters."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from enablement.adapters.sql.database import Database
from enablement.meaning import embed_versions
from enablement.model import LANES, Letter
from enablement.ports import Services, TryLater, Undeliverable
from jobs import kinds
from jobs.kinds import KINDS, VERSIONS_AT_ONCE, embedding
from jobs.lanes import drain
from tests.builders import NOW, asset, publish, task
from tests.fakes import FakeEmbedder, World

COMPUTE = KINDS["compute"]
ROOT = Path(__file__).parents[2]
EMBED_AND_HANG = """
import sys
from dataclasses import replace
from pathlib import Path
from enablement.adapters.sql.database import Database
from enablement.meaning import embed_versions
from tests.fakes import FakeEmbedder, World

class Hanging(FakeEmbedder):
    def passages(self, texts):
        if len(self.given) >= 10:
            print("in the midst of it", flush=True)
            sys.stdin.read()
        return super().passages(texts)

services = replace(World(Database(sys.argv[1]), Path(sys.argv[2])).services, embedder=Hanging())
while embed_versions(services, limit=1):
    pass
"""


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def services(world: World, embedder: FakeEmbedder) -> Services:
    return replace(world.services, embedder=embedder)


def a_library(world: World, count: int) -> None:
    for number in range(count):
        publish(world.catalog, asset(f"asset {number}"), f"text of number {number}")


def letters(world: World) -> list[Letter]:
    found = world.outbox.letters(states=("due", "leased", "dead"), limit=100)
    return [one for one in found if one.kind == "library.embed"]


def index_soon(world: World, services: Services, name: str = "index") -> None:
    world.outbox.add([task(name, kind="library.index", lane="compute")], now=world.clock.now)
    drain("compute", COMPUTE, services, owner="one")


def test_after_the_index_the_whole_library_is_embedded(world: World, services: Services) -> None:
    a_library(world, 2 * VERSIONS_AT_ONCE + 1)

    index_soon(world, services)

    count = 2 * VERSIONS_AT_ONCE + 1
    assert world.vectors.count("words") == (count, count)
    assert world.index.follow() == 0, "the index has taken the vectors in"
    assert letters(world) == []


@pytest.mark.parametrize("why", ["its time is over", "the process is told to end"])
def test_a_slice_ends_early_and_leaves_the_rest_to_the_next(
    world: World, services: Services, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "its time is over":
        monkeypatch.setattr(kinds, "EMBED_SLICE_S", 0.0)
    else:
        told = threading.Event()
        told.set()
        monkeypatch.setattr(kinds, "stop", told)
    a_library(world, 3 * VERSIONS_AT_ONCE)
    rows = [embedding("now")]
    world.outbox.add(rows, now=NOW)
    claimed = world.outbox.claim("compute", COMPUTE, owner="one", limit=1, now=NOW)

    outcome = COMPUTE["library.embed"].handle(services, claimed)

    assert list(outcome.values()) == [None]
    assert world.vectors.count("words") == (VERSIONS_AT_ONCE, 3 * VERSIONS_AT_ONCE)
    assert sorted(one.state for one in letters(world)) == ["due", "leased"], "the next slice waits"
    world.outbox.settle([row.id for row in claimed], owner="one", now=NOW)
    assert drain("compute", COMPUTE, services, owner="one") == 2
    assert world.vectors.count("words")[0] == 3 * VERSIONS_AT_ONCE


def test_two_slices_are_never_worked_on_at_once(world: World, services: Services) -> None:
    a_library(world, 2)
    world.outbox.add([embedding("one")], now=NOW)
    first = world.outbox.claim("compute", COMPUTE, owner="one", limit=9, now=NOW)
    world.outbox.add([embedding("two")], now=NOW)

    second = world.outbox.claim("compute", COMPUTE, owner="two", limit=9, now=NOW)

    assert [row.id for row in first] == ["one"]
    assert second == []


def test_with_nothing_to_embed_or_nobody_to_do_it_no_work_is_made(world: World, services: Services) -> None:
    index_soon(world, services, "empty library")
    a_library(world, 1)
    index_soon(world, world.services, "no embedder")

    assert letters(world) == []
    assert world.vectors.count("words") == (0, 1)


def test_while_the_embedder_is_away_one_row_waits_and_not_a_heap(
    world: World, services: Services, embedder: FakeEmbedder
) -> None:
    a_library(world, 2)
    embedder.failure = TryLater("the service is away", seconds=40)

    for number in range(4):
        index_soon(world, services, f"index {number}")
        world.clock.move(9)
    (waiting,) = letters(world)
    embedder.failure = None
    world.clock.move(40)
    drain("compute", COMPUTE, services, owner="one")

    assert (waiting.attempts, waiting.error) == (1, "the service is away")
    assert waiting.due_at == NOW + timedelta(seconds=40)
    assert world.vectors.count("words") == (2, 2)


def test_what_was_given_up_is_tried_anew_the_next_hour(
    world: World, services: Services, embedder: FakeEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    a_library(world, 1)
    embedder.failure = Undeliverable("the service refuses the key")
    for number in range(3):
        index_soon(world, services, f"index {number}")
    dead = [(one.state, one.error) for one in letters(world)]

    embedder.failure = None
    index_soon(world, services, "within the hour")
    within = world.vectors.count("words")
    world.clock.move(hours=1)
    index_soon(world, services, "an hour later")

    assert dead == [("dead", "the service refuses the key")]
    assert (within, world.vectors.count("words")) == ((0, 1), (1, 1))


def test_what_was_embedded_before_a_failure_stays(
    world: World, services: Services, embedder: FakeEmbedder
) -> None:
    a_library(world, 3 * VERSIONS_AT_ONCE)

    class TwiceOnly(FakeEmbedder):
        calls = 0

        def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.calls += 1
            if self.calls > 2:
                raise TryLater("enough for now")
            return super().passages(texts)

    index_soon(world, replace(services, embedder=TwiceOnly()))

    assert world.vectors.count("words") == (2 * VERSIONS_AT_ONCE, 3 * VERSIONS_AT_ONCE)


def test_people_are_answered_while_the_library_is_embedded(world: World, services: Services) -> None:
    """It has a lane that nobody waits for."""
    assert "library.embed" in COMPUTE
    assert not any("library.embed" in KINDS[lane] for lane in LANES if lane != "compute")


def test_a_process_that_is_killed_loses_nothing_that_it_kept(
    database: Database, world: World, services: Services, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    count = 20
    a_library(world, count)
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    command = [sys.executable, "-c", EMBED_AND_HANG, url.render_as_string(), str(tmp_path / "elsewhere")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == "in the midst of it\n"
        process.kill()
    kept = world.vectors.count("words")[0]

    index_soon(world, services)

    assert kept == 5
    assert world.vectors.count("words") == (count, count)
    assert len(embedder.given) == 2 * (count - kept), "a page and a sentence of each that was missing"


def test_new_assets_may_come_while_others_are_embedded(world: World, services: Services) -> None:
    a_library(world, 5)
    stop = threading.Event()

    def publish_more() -> None:
        for number in range(20):
            publish(world.catalog, asset(f"late {number}"), f"late text {number}")
        stop.set()

    publisher = threading.Thread(target=publish_more)
    publisher.start()
    while not stop.is_set() or world.vectors.missing("words", limit=1):
        embed_versions(services, limit=2)
    publisher.join()

    assert world.vectors.count("words") == (25, 25)
    numbers = [number for number, _ in world.catalog.changes(0, limit=100)]
    assert all(before < after for before, after in pairwise(numbers))
