"""Read files in a process that may use little and may die.

`python -m enablement.adapters.extract.child LIMITS LANGUAGE`, the first a JSON object, answers {"ready": true}, then
one line of JSON for each line on standard input, which holds a file's path as a JSON string; it ends with its input.
"""

import json
import os
import resource
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from enablement.adapters.extract.contents import Limits, Refused
from enablement.adapters.extract.read import read
from enablement.language import speaking

_NICENESS = 5
_OPEN_FILES = 32


def _confine(limits: Limits) -> None:
    os.nice(_NICENESS)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        # macOS has no such limit on memory, and a host may have set a lower one: the clock still guards.
        return


def _grant_processor_time(seconds: int) -> None:
    """Allow this many seconds from now on: past them the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, most))


def _answer(path: Path, limits: Limits) -> str:
    try:
        return json.dumps({"extracted": asdict(read(path, limits))})
    except Refused as error:
        return json.dumps({"refused": str(error)})
    except MemoryError:
        return json.dumps({"out_of_memory": True})
    except Exception:
        # Whatever a stranger's file brings to light is told to the parent, which logs it and goes on.
        return json.dumps({"failed": traceback.format_exc()})


def _private_output() -> TextIO:
    """Keep the real standard output for answers, so that nothing a library prints can get between them."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return output


def main() -> None:
    """Answer until the input ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    output = _private_output()
    _confine(limits)
    print(json.dumps({"ready": True}), file=output, flush=True)
    with speaking(sys.argv[2]):
        for line in sys.stdin:
            _grant_processor_time(limits.cpu_seconds)
            print(_answer(Path(json.loads(line)), limits), file=output, flush=True)


if __name__ == "__main__":
    main()
