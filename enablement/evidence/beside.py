"""A step of learning in a process of its own, beside the others: it ends with them, and with whoever began it."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any


class StepDied(Exception):
    """The process of a step came to an end without a result, or its work failed."""


@contextmanager
def beside(work: Callable[..., bytes], *given: Any) -> Iterator[Callable[[], bytes]]:
    """Begin `work(*given)` in a process of its own, and yield what waits for its bytes.

    `work` stands in a module, by its name. What waits raises MemoryError where the process had too little memory, and
    StepDied where it failed otherwise or died. The process is gone when the block is left, however that happens.
    """
    spawn = get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(there, work, given), daemon=True)
    process.start()
    there.close()

    def found() -> bytes:
        try:
            trouble, data = here.recv_bytes(), here.recv_bytes()
        except EOFError:
            process.join()
            raise StepDied(f"the process of {work.__name__} died (exit code {process.exitcode})") from None
        match json.loads(trouble):
            case None:
                return data
            case ["MemoryError", said]:
                raise MemoryError(said)
            case [kind, said]:
                raise StepDied(f"{kind}: {said}")
        raise StepDied("its process said what nobody understands")

    try:
        yield found
    finally:
        process.kill()
        process.join()
        here.close()


def _work(there: Connection, work: Callable[..., bytes], given: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    trouble, data = None, b""
    try:
        data = work(*given)
    except Exception as error:
        # Raised where the result is waited for: here nobody would see it.
        trouble = [type(error).__name__, str(error)]
    there.send_bytes(json.dumps(trouble).encode())
    there.send_bytes(data)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        wait([parent.sentinel])
    os._exit(1)
