"""Names for those who hold leases, and whether one of them is gone for certain."""

import hashlib
import os
import socket
import uuid
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESS_NUMBERS = Path("/proc/self/ns/pid")


def owner_name(role: str) -> str:
    """Return a name for leases that no other process has, nor this one after a restart."""
    return f"{_machine()}/{os.getpid()}/{uuid.uuid4().hex[:8]} {role}"


def is_gone(owner: str) -> bool:
    """Say whether a name's process has certainly ended; of another machine's processes nobody here can know."""
    machine, _, rest = owner.partition("/")
    number = rest.partition("/")[0]
    if machine != _machine() or not number.isdecimal() or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """Return a name for all that share one numbering of processes: a container has its own, whatever its host name."""
    try:
        numbering = f"{_BOOT.read_text()} {_PROCESS_NUMBERS.readlink()}"
    except OSError:
        numbering = socket.gethostname()
    return hashlib.sha256(numbering.encode()).hexdigest()[:12]
