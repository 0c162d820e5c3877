"""Numerical libraries keep to one thread in every process of ours: they read how many when they are imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.installation import ROOT

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WATCH = f"""
import importlib, os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(*(os.environ.get(name) for name in {NAMES}))

sys.meta_path.insert(0, Watch())
importlib.import_module(sys.argv[1])
"""
MULTIPLY = """
import app
import numpy as np
square = np.ones((600, 600), np.float32)
square @ square
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("Threads:")))
"""


def said_by(code: str, *arguments: str, **environ: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**clean, **environ},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["app", "cli", "doctor", "demo"])
def test_when_numpy_is_imported_it_is_told_to_keep_to_one_thread(module: str) -> None:
    assert said_by(WATCH, module) == "1 1 1"


def test_who_wants_another_number_may_say_so() -> None:
    assert said_by(WATCH, "app", OMP_NUM_THREADS="3") == "3 1 1"


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells how many threads there are"
)
def test_a_multiplication_starts_no_thread() -> None:
    assert said_by(MULTIPLY) == "1"
