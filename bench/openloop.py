"""An open loop: requests leave when they are due, however slow the answers to earlier ones are.

Latency counts from the moment a request was due, not from when it left: otherwise a server that stalls hides its
worst answers by holding up the questions (coordinated omission).
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

SENDERS = 64
# Threads are made and the first requests handed out within this time.
HEAD_START_S = 0.3


@dataclass(frozen=True)
class Request:
    """Something to send, so many seconds after the start; `send` does it and returns when it was answered."""

    after_s: float
    send: Callable[[], object]


@dataclass(frozen=True)
class Sent:
    """What came of a request: `due` is Unix time, late and done are seconds after that, no error is empty."""

    due: float
    late: float
    done: float
    error: str


def fire(requests: Sequence[Request], *, senders: int = SENDERS) -> list[Sent]:
    """Send all when they are due and return what came of each, in the same order."""
    start, start_unix = time.monotonic() + HEAD_START_S, time.time() + HEAD_START_S

    def one(request: Request) -> Sent:
        due = start + request.after_s
        late = time.monotonic() - due
        try:
            request.send()
        except Exception as error:
            return Sent(
                start_unix + request.after_s, late, time.monotonic() - due, f"{type(error).__name__}: {error}"
            )
        return Sent(start_unix + request.after_s, late, time.monotonic() - due, "")

    with ThreadPoolExecutor(senders, thread_name_prefix="sender") as pool:
        running = {}
        for number, request in sorted(enumerate(requests), key=lambda pair: pair[1].after_s):
            time.sleep(max(0.0, start + request.after_s - time.monotonic()))
            running[number] = pool.submit(one, request)
        return [running[number].result() for number in range(len(requests))]
