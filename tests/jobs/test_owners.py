"""A lease outlives its owner: who is certainly gone is told from who may still be at work."""

import os
import subprocess
import sys

from jobs.owners import is_gone, owner_name

SAY_MY_NAME = "from jobs.owners import owner_name; print(owner_name('write'))"


def test_a_process_that_runs_is_not_gone() -> None:
    assert not is_gone(owner_name("write"))


def test_a_process_that_ended_is_gone() -> None:
    said = subprocess.run([sys.executable, "-c", SAY_MY_NAME], capture_output=True, text=True, check=True)

    assert is_gone(said.stdout.strip())
    assert is_gone(f"{said.stdout.strip()} reply")


def test_of_another_machines_process_nobody_can_know() -> None:
    said = subprocess.run([sys.executable, "-c", SAY_MY_NAME], capture_output=True, text=True, check=True)
    _, _, rest = said.stdout.partition("/")

    assert not is_gone(f"other000machine/{rest}")


def test_a_name_of_another_make_is_left_alone() -> None:
    assert not is_gone("")
    assert not is_gone("reply host 4711 0a1b2c3d")


def test_two_names_of_one_process_differ() -> None:
    assert owner_name("relay") != owner_name("relay")
    assert f"/{os.getpid()}/" in owner_name("relay")
