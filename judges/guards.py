"""Take each guard of docs/slack-failures.md out of a copy of the code, one at a time, and see that its tests fail."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from judges.stage import ROOT
from judges.tally import Tally, Wrong
from tests.ops.slack_guards import REMOVALS, Removal, failures

AT_ONCE = 2
LONGEST_SECONDS = 120
_LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", "*.pyc")


def main(numbers: Collection[int]) -> int:
    """Take each guard out, or those of these failures, and return the exit code."""
    removals = [one for one in REMOVALS if not numbers or one.number in numbers]
    tests = {one.number: one.tests for one in failures() if not numbers or one.number in numbers}
    tally = Tally()
    with (
        tempfile.TemporaryDirectory(prefix="touchline-guards-") as folder,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        free = [_copy(Path(folder) / str(number)) for number in range(AT_ONCE)]

        def judge(removal: Removal) -> str:
            copy = free.pop()
            try:
                with _without(copy, removal):
                    return _failing(copy, tests[removal.number], first_only=True)
            finally:
                free.append(copy)

        with tally.check("all tests of the page pass while nothing is taken out"):
            if failed := _failing(free[0], sorted({test for some in tests.values() for test in some})):
                raise Wrong(failed)
        if tally.failed:
            # Then no failure would say anything.
            return tally.close()
        verdicts = [pool.submit(judge, removal) for removal in removals]
        for removal, verdict in zip(removals, verdicts, strict=True):
            with tally.check(f"{removal.number}: without {removal.guard!r} in {removal.path} a test fails"):
                if not verdict.result():
                    raise Wrong("they all pass")
    return tally.close()


def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return folder


@contextmanager
def _without(copy: Path, removal: Removal) -> Iterator[None]:
    module = copy / removal.path
    text = module.read_text(encoding="utf-8")
    if text.count(removal.guard) != 1:
        raise Wrong(f"{removal.path} holds {removal.guard!r} {text.count(removal.guard)} times")
    module.write_text(text.replace(removal.guard, removal.without), encoding="utf-8")
    try:
        yield
    finally:
        module.write_text(text, encoding="utf-8")


def _failing(copy: Path, tests: Sequence[str], *, first_only: bool = False) -> str:
    """Return what pytest says of tests that failed, or nothing; raises Wrong when it could not run them."""
    options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(["-x"] if first_only else []), *tests],
        cwd=copy,
        # The copy's own modules, not those that are installed.
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise Wrong(f"pytest ended with {done.returncode}: {done.stdout[-600:]}")
    return done.stdout if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]]))
