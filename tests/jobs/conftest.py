"""Fixtures of the work: a world over either database, and a real queue."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement.adapters.sql.database import Database
from jobs.queue import connect
from stack import Queue, valkey_binary
from tests.fakes import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path / "index")


@pytest.fixture(scope="session")
def queue_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real queue, empty at first."""
    binary = valkey_binary()
    if binary is None:
        pytest.skip("there is no valkey or redis server for this platform")
    queue = Queue(tmp_path_factory.mktemp("queue"))
    log = subprocess.DEVNULL
    with subprocess.Popen(queue.command(binary), stdin=log, stdout=log, stderr=log) as server:
        ends = time.monotonic() + 20
        while not queue.is_up():
            assert server.poll() is None, "the queue server ended"
            assert time.monotonic() < ends, "the queue server did not start"
            time.sleep(0.02)
        yield queue.url
        server.terminate()
    queue.remove()


@pytest.fixture
def queue_url(queue_server: str) -> Iterator[str]:
    yield queue_server
    redis = connect(queue_server)
    redis.flushall()
    redis.close()
