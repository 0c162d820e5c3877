"""Type a command of the product: in a process of its own, forked from one that has everything imported already."""

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.ops.installation import ROOT

_PROCESSES = multiprocessing.get_context("forkserver")
# Importing takes longer than what most commands do then; pytest, because each process looks for who began all this.
_PROCESSES.set_forkserver_preload(
    ["cli", "doctor", "enablement.adapters.embed.openai_api", "pytest", "tests.ops.commands"]
)


@dataclass(frozen=True)
class Started:
    """A command that runs, and where what it prints goes."""

    process: BaseProcess
    out: Path
    err: Path

    def ended(self, within_s: float) -> "subprocess.CompletedProcess[str]":
        """Wait for its end; return its exit code and what it printed."""
        self.process.join(within_s)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
        said = self.out.read_text(), self.err.read_text()
        self.process.close()
        if code is None:
            raise subprocess.TimeoutExpired("touchline", within_s, *map(str.encode, said))
        return subprocess.CompletedProcess("touchline", code, *said)


def start(*words: str, environ: Mapping[str, str], folder: Path) -> Started:
    """Start `touchline WORDS` with this environment alone; what it prints goes into a folder of its own."""
    one = Started(
        _PROCESSES.Process(target=_run, args=(words, dict(environ), folder)), folder / "out", folder / "err"
    )
    one.process.start()
    return one


def touchline(
    *words: str, environ: Mapping[str, str], within_s: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run `touchline WORDS` with this environment alone; return its exit code and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        return start(*words, environ=environ, folder=Path(folder)).ended(within_s)


def _run(words: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
    import cli
    import terminal

    for stream, name in ((sys.stdout, "out"), (sys.stderr, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), stream.fileno())
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.argv = ["touchline", *words]
    for console in (terminal.out, terminal.err):
        # It was measured when it was made.
        console.width = int(environ.get("COLUMNS", 80))
    try:
        cli.main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # A forked process ends without them.
        atexit._run_exitfuncs()
