"""`touchline up` and its parts: what keeps them from starting is one sentence, and none outlives the other."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stack import alone
from tests.ops.commands import touchline
from tests.ops.installation import Installation

KEEPER = """
import os, sys, time
from pathlib import Path
from processes import Processes
kept = Processes(dict(os.environ), Path(sys.argv[1]))
kept.start("one", ["sh", "-c", "sleep 600 & echo $! $$; wait"])
kept.start("again", ["sh", "-c", "echo $$; exec sleep 600"])
time.sleep(600)  # It is killed while it keeps them.
"""


def said_by(installation: Installation, *words: str) -> str:
    """Return what a command that can't go on complains of."""
    ended = touchline(*words, environ={"PATH": os.environ["PATH"], **installation.environ})
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends, what
        # Other processes tell nobody that they are so far.
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Who ended is still there until somebody asks how.
    return not Path(f"/proc/{pid}/stat").exists() or ") Z " not in Path(f"/proc/{pid}/stat").read_text()


def test_a_port_that_is_taken_is_said_in_one_line(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        said = said_by(installation, "up", "--port", str(port))

    assert said == f"Port {port} is taken by another program. Choose another with --port.\n"


def test_an_address_of_another_machine_is_said_in_one_line(installation: Installation) -> None:
    said = said_by(installation, "up", "--host", "192.0.2.1")

    assert said.startswith("Nothing can listen at 192.0.2.1:3000 (")
    assert len(said.splitlines()) == 1


def test_a_second_one_with_the_same_data_does_not_start(installation: Installation) -> None:
    with alone(installation.folder / "running.lock"):
        said = said_by(installation, "up", "--port", "0")

    beginning = f"Another one runs with {installation.folder} (process {os.getpid()}). End it first"
    assert said.startswith(beginning)
    assert len(said.splitlines()) == 1


def test_a_data_folder_that_can_not_be_made_is_said_in_one_line(installation: Installation) -> None:
    file = installation.folder / "file"
    file.write_text("")
    installation.environ["TOUCHLINE_DATA"] = str(file / "data")

    said = said_by(installation, "up")

    assert said.startswith(f"{file / 'data'} can't be made or written to (Not a directory).")
    assert "TOUCHLINE_DATA" in said


@pytest.mark.parametrize("command", ["up", "serve"])
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SALESFORCE_MAPPING", "/nowhere.yml", "/nowhere.yml can't be used as the field mapping"),
        (
            "DATABASE_URL",
            "postgresql://u:canary@127.0.0.1:1/t",
            "The database postgresql+psycopg://u:***@127",
        ),
        ("DATABASE_URL", "mysql://u:canary@127.0.0.1/t", "DATABASE_URL should be"),
    ],
)
def test_what_no_process_could_start_with_is_said_before_any_does(
    installation: Installation, command: str, name: str, value: str, said: str
) -> None:
    installation.environ[name] = value

    complaint = said_by(installation, command, "--port", "0")

    assert complaint.startswith(said)
    assert len(complaint.splitlines()) == 1
    assert "canary" not in complaint
    assert not (installation.folder / "logs").exists()


@pytest.mark.parametrize("words", [("up",), ("worker", "reply")])
def test_a_queue_that_is_away_is_said_in_one_line(installation: Installation, words: tuple[str, ...]) -> None:
    installation.environ["REDIS_URL"] = "redis://:canary@127.0.0.1:1/0"

    said = said_by(installation, *words)

    assert said.startswith("The queue at REDIS_URL can't be used: ")
    assert (len(said.splitlines()), "canary" in said) == (1, False)


def test_a_database_that_can_only_be_read_is_said_in_one_line(
    installation: Installation, migrated_postgres: str
) -> None:
    read_only = "options=-c%20default_transaction_read_only%3Don"
    installation.environ["DATABASE_URL"] = f"{migrated_postgres}&{read_only}"

    said = said_by(installation, "relay")

    (line,) = [line for line in said.splitlines() if " INFO " not in line]
    assert line.startswith(
        "The database can't be used now: cannot execute INSERT in a read-only transaction."
    )
    assert "`touchline doctor`" in line


def test_a_killed_keeper_leaves_no_process_behind(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KEEPER, str(tmp_path)]) as keeper:

        def pids() -> list[int]:
            logs = (tmp_path / f"{name}.log" for name in ("one", "again"))
            return [int(word) for log in logs if log.exists() for word in log.read_text().split()]

        wait_for(lambda: len(pids()) == 3, "both children have started")
        first = pids()[-1]
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: len(pids()) == 4, "the killed child is started again")
        left = pids()
        assert [runs(pid) for pid in left] == [True, True, False, True]

        keeper.kill()

    wait_for(lambda: not any(map(runs, left)), "all that it kept has ended")
