"""Several processes as one: started together, restarted when one dies, ended together."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

log = logging.getLogger(__name__)
GRACE_S = 8.0
TICK_S = 0.1
LONGEST_PAUSE_S = 5.0
# A process that ran this long was well: its next death is the first again.
WELL_AFTER_S = 20.0
# Hears which groups run, and ends those it heard of last once nobody speaks any more: the speaker was killed.
_GUARD = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -s KILL -- $groups 2>/dev/null'


@dataclass
class Process:
    """One child: what to run, and how often it died."""

    name: str
    command: Sequence[str]
    again: bool = True
    deaths: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    running: subprocess.Popen[bytes] | None = field(default=None, repr=False)


class Processes:
    """Keeps children alive, and none longer than itself.

    Each has its own process group, so that nothing of it is left behind.
    """

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        self._environ = dict(environ)
        self._logs = logs
        self._children: dict[str, Process] = {}
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self, name: str, command: Sequence[str], *, again: bool = True) -> None:
        """Start a child, and `again` whenever it dies; its output goes to NAME.log."""
        with self._lock:
            child = self._children[name] = Process(name, command, again)
            self._launch(child)
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="processes", daemon=True)
            self._watcher.start()

    def pid(self, name: str) -> int | None:
        """Return the process id of a child that runs now."""
        running = self._children[name].running
        return running.pid if running and running.poll() is None else None

    def has_ended(self, name: str) -> bool:
        """Say whether a child is gone for good."""
        child = self._children.get(name)
        return bool(child and child.running and not child.again and child.running.poll() is not None)

    def names(self) -> list[str]:
        return list(self._children)

    def kill(self, name: str) -> None:
        """Kill a child and all it started, at once; it is started again."""
        running = self._children[name].running
        if running:
            _signal(running, signal.SIGKILL)

    def log_tail(self, name: str, lines: int = 12) -> str:
        """Return the last lines that a child wrote."""
        return "\n".join((self._logs / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End all children: politely, then not."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()
        with self._lock:
            running = [child.running for child in reversed(self._children.values()) if child.running]
        for process in running:
            _signal(process, signal.SIGTERM)
        ends = time.monotonic() + GRACE_S
        for process in running:
            try:
                process.wait(max(0.05, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process %s did not end in time and was killed", process.pid)
            # Also when the child is gone: what it started may still be there.
            _signal(process, signal.SIGKILL)
            process.wait()
        self._dismiss_guard()

    def _watch(self) -> None:
        while not self._stop.wait(TICK_S):
            with self._lock:
                for child in self._children.values():
                    self._look_after(child)

    def _look_after(self, child: Process) -> None:
        now = time.monotonic()
        if child.started_at and not child.again:
            return
        if child.running and child.running.poll() is not None:
            _signal(child.running, signal.SIGKILL)
            child.deaths = 0 if now - child.started_at > WELL_AFTER_S else child.deaths + 1
            child.start_at = now + min(LONGEST_PAUSE_S, 0.1 * 2**child.deaths)
            log.warning("%s ended with %s and is started again", child.name, child.running.returncode)
            child.running = None
            self._tell_guard()
        elif child.running is None and now >= child.start_at:
            self._launch(child)

    def _launch(self, child: Process) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        child.started_at = time.monotonic()
        with (self._logs / f"{child.name}.log").open("ab") as output:
            child.running = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environ,
                start_new_session=True,
            )
        self._tell_guard()

    def _tell_guard(self) -> None:
        if self._guard is None:
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD], stdin=subprocess.PIPE, bufsize=0, start_new_session=True
            )
        groups = [f"-{child.running.pid}" for child in self._children.values() if child.running]
        # Without a guard, which somebody ended, the children are still looked after.
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", self._guard.stdin).write(" ".join(groups).encode() + b"\n")

    def _dismiss_guard(self) -> None:
        if self._guard:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None


def python(*arguments: str) -> list[str]:
    """Return the command that runs this same Python."""
    return [sys.executable, *arguments]


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        # It ended by itself in between.
        return
