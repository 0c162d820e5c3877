"""The demo as people and machines start it: the whole job, plain words when something is wrong, nothing left behind."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo import walk
from stack import alone, is_taken
from tests.journeys.people import Stack, wait_for

pytestmark = [
    pytest.mark.xdist_group("stack"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found through /proc"),
]
TOUCHLINE = str(Path(sys.executable).with_name("touchline"))


@dataclass(frozen=True)
class Place:
    """A directory of its own for one command: what it starts and leaves is known by this path."""

    folder: Path

    @contextmanager
    def command(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command; kills what is left of it at the end, whatever happened."""
        kept = ("PATH", "HOME", "LANG")
        environ = {name: os.environ[name] for name in kept if name in os.environ}
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [TOUCHLINE, *arguments],
            cwd=self.folder,
            env={**environ, "TMPDIR": str(self.folder), "PYTHONUNBUFFERED": "1"},
            stdout=pipe,
            stderr=pipe,
            text=True,
        ) as running:
            try:
                yield running
            finally:
                for pid in self.processes():
                    os.kill(pid, signal.SIGKILL)

    def processes(self, words: bytes = b"") -> list[int]:
        """Return the processes that know of this place and whose command line holds these words."""
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and self._is_ours(entry, words)
        ]

    def left_behind(self) -> list[str]:
        """Return the temporary files and folders that are still there."""
        return sorted(path.name for path in self.folder.iterdir() if path.name != "var")

    def _is_ours(self, entry: Path, words: bytes) -> bool:
        try:
            command = (entry / "cmdline").read_bytes()
            told = command + (entry / "environ").read_bytes()
        except OSError:
            # It ended in between, or is somebody else's.
            return False
        # A process that has ended and waits to be fetched has no command line any more.
        return bool(command) and os.fsencode(self.folder) in told and words in command


@pytest.fixture
def place() -> Iterator[Place]:
    # Short: a socket's path in it must stay below 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    yield Place(folder)
    shutil.rmtree(folder)


def assert_has_the_promised_shape(said: Any) -> None:
    assert set(said) == {"question", "asker", "deal", "answer", "shared", "crm", "ms"}
    assert isinstance(said["question"], str)
    assert "@" in said["asker"]
    assert {name: type(value) for name, value in said["deal"].items()} == {"id": str, "name": str, "how": str}
    assert 1 <= len(said["answer"]) <= 5
    kinds = {"asset": str, "title": str, "version": int, "language": str, "score": float, "reasons": list}
    for one in said["answer"]:
        assert {name: type(value) for name, value in one.items()} == kinds
        assert 0 <= one["score"] <= 1
        assert one["reasons"]
        assert all(isinstance(reason, str) and reason for reason in one["reasons"])
    assert set(said["shared"]) == {"asset", "touch", "link"}
    assert said["shared"]["asset"] in [one["asset"] for one in said["answer"]]
    assert said["shared"]["link"].startswith("http://127.0.0.1:")
    assert set(said["crm"]) == {"object", "id", "external_ref", "opportunity"}
    assert said["crm"]["object"] == "Content_Touch__c"
    assert said["crm"]["external_ref"] == said["shared"]["touch"]
    assert said["crm"]["opportunity"] == said["deal"]["id"]
    assert {name: type(value) for name, value in said["ms"].items()} == {
        "ack": int,
        "answer": int,
        "crm": int,
    }


def test_the_walk_shares_the_first_asset_and_finds_its_touch_on_the_opportunity(stack: Stack) -> None:
    said: dict[str, Any] = walk(stack.demo)

    assert_has_the_promised_shape(said)
    assert said["deal"] == {"id": stack.demo.opportunity, "name": said["deal"]["name"], "how": "channel"}
    [touch] = [row for row in stack.crm_rows() if row.ref == said["shared"]["touch"]]
    assert (touch.kind, touch.deal, touch.asset) == (
        "shared",
        stack.demo.opportunity,
        said["shared"]["asset"],
    )


def test_demo_once_prints_one_json_document_and_leaves_nothing_behind(place: Place) -> None:
    with place.command("demo", "--once") as running:
        printed, complaints = running.communicate(timeout=100)
        left = place.processes()

    assert (running.returncode, complaints, left) == (0, "", [])
    assert place.left_behind() == []
    assert_has_the_promised_shape(json.loads(printed))


def test_demo_once_with_a_broken_part_says_so_in_a_sentence(place: Place) -> None:
    with place.command("demo", "--once") as running:
        [sandbox] = wait_for(lambda: place.processes(b"-m\0sandbox"), "the sandbox runs")
        # Its port is listened at, or not yet, or the world is being loaded: it must not matter.
        wait_for(lambda: place.processes(b"valkey"), "the queue runs")
        os.killpg(sandbox, signal.SIGKILL)
        printed, complaints = running.communicate(timeout=100)
        left = place.processes()

    assert (running.returncode, printed, left) == (1, "", [])
    assert place.left_behind() == []
    assert_is_a_sentence(complaints)
    assert "ended" in complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_told_to_end_leaves_no_process_behind(place: Place, number: signal.Signals) -> None:
    with place.command("demo", "--port", str(_three_free_ports())) as running:
        assert running.stderr is not None
        # Once in the middle of starting, once when all is up.
        until = "Loading" if number is signal.SIGTERM else "Ctrl-C ends it"
        for line in running.stderr:
            if until in line:
                break
        running.send_signal(number)
        printed, rest = running.communicate(timeout=30)
        left = place.processes()

    assert (printed, left) == ("", [])
    assert "Traceback" not in rest
    assert place.left_behind() == []


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_taken_port_is_said_plainly(place: Place, which: int) -> None:
    port = _three_free_ports()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port + which))
        taken.listen()
        with place.command("demo", "--port", str(port)) as running:
            printed, complaints = running.communicate(timeout=30)

    assert (running.returncode, printed) == (1, "")
    assert_is_a_sentence(complaints)
    assert f"Port {port + which} is taken" in complaints


def test_a_second_demo_leaves_the_data_of_the_first_alone(place: Place) -> None:
    data = place.folder / "var" / "demo"
    data.mkdir(parents=True)
    (data / "touchline.db").write_text("in use")
    with (
        alone(data.with_name("demo.lock")),
        place.command("demo", "--port", str(_three_free_ports())) as second,
    ):
        printed, complaints = second.communicate(timeout=30)

    assert (second.returncode, printed) == (1, "")
    assert_is_a_sentence(complaints)
    assert f"(process {os.getpid()})" in complaints
    assert (data / "touchline.db").read_text() == "in use"


def assert_is_a_sentence(complaint: str) -> None:
    assert "Traceback" not in complaint
    assert complaint.strip()
    assert len(complaint.strip().splitlines()) == 1, complaint


def _three_free_ports() -> int:
    """Return a port that is free together with the two after it, below those that systems give out by themselves."""
    dice = random.Random(os.getpid())

    def found() -> int | None:
        first = dice.randrange(12_000, 30_000)
        return first if not any(is_taken(first + number) for number in range(3)) else None

    return wait_for(found, "three free ports")
