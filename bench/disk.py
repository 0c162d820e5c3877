"""What the disk makes anybody wait for a durable write, measured while something else is: the floor of an ack."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BYTES = 4096
EVERY_S = 0.05


@contextmanager
def probing(folder: Path) -> Iterator[Sequence[float]]:
    """Append and sync 20 times a second in a folder; the seconds of each gather in what is yielded."""
    took: list[float] = []
    stop = threading.Event()

    def write() -> None:
        with (folder / "disk-probe").open("ab", buffering=0) as file:
            while not stop.wait(EVERY_S):
                begun = time.perf_counter()
                file.write(bytes(BYTES))
                os.fdatasync(file.fileno())
                took.append(time.perf_counter() - begun)

    thread = threading.Thread(target=write, name="disk-probe")
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()
