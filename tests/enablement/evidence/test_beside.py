import os
import signal
import subprocess
import sys

import pytest

from enablement.evidence.beside import StepDied, beside

PARENT = """
import sys
from enablement.evidence.beside import beside
from tests.enablement.evidence.test_beside import lasts
if __name__ == "__main__":
    with beside(lasts) as found:
        found()
"""


def doubled(data: bytes) -> bytes:
    return data * 2


def dies() -> bytes:
    os._exit(7)


def fails(memory: bool) -> bytes:
    raise MemoryError("full") if memory else ZeroDivisionError("by none")


def lasts() -> bytes:
    os.write(1, b"begun\n")
    signal.pause()
    return b""


def test_what_is_found_beside_comes_back_whole() -> None:
    data = bytes(range(256)) * 4_000

    with beside(doubled, data) as found:
        assert found() == data * 2


def test_a_process_that_dies_is_the_error_of_its_step() -> None:
    with beside(dies) as found, pytest.raises(StepDied, match=r"dies died \(exit code 7\)"):
        found()


@pytest.mark.parametrize(
    ("memory", "error", "said"),
    [(True, MemoryError, "full"), (False, StepDied, "ZeroDivisionError: by none")],
)
def test_what_fails_beside_says_why(memory: bool, error: type[Exception], said: str) -> None:
    with beside(fails, memory) as found, pytest.raises(error, match=said):
        found()


def test_it_ends_with_a_parent_that_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"begun\n"

    parent.send_signal(signal.SIGKILL)

    # It holds the other end of this for as long as it lives.
    assert parent.stdout.read() == b""
    parent.wait()
    parent.stdout.close()
