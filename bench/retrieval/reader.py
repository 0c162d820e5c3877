"""A second process that searches: `python -m bench.retrieval.reader FOLDER`, one JSON request on standard input.

{"questions": […], "meant": bool, "on": day, "model": name} is answered with {"most_mib": …, "own_mib": …}, the memory
that it took to open the index and answer all, with an embedder of its own if `meant`: the most of it all, and what at
the end was its own alone and not the index's files, which processes share. {"await": [word, …]} is answered with
the Unix time at which each word was first found, a line each, in their order.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.retrieval import shelf
from bench.retrieval.synthetic import Passing
from enablement.adapters.embed.use import UseEmbedder
from enablement.ports import IndexQuery

_LOOK_EVERY_S = 0.02
_FOUND = 10


def main() -> None:
    """Answer the request."""
    request = json.load(sys.stdin)
    with shelf.opened(Path(sys.argv[1]), request["model"]) as opened:
        if "await" in request:
            _watch(opened, request["await"])
        else:
            _answer(opened, request)


def _watch(opened: shelf.Shelf, awaited: list[str]) -> None:
    print("ready", flush=True)
    for word in awaited:
        while not opened.index.search(IndexQuery((word,)), only=shelf.EVERYTHING, limit=1).hits:
            time.sleep(_LOOK_EVERY_S)
        print(time.time(), flush=True)


def _answer(opened: shelf.Shelf, request: dict[str, Any]) -> None:
    embedder = UseEmbedder() if request["meant"] else None
    only = Passing(request["on"]).as_filter()
    for question in request["questions"]:
        meaning = opened.meaning(question, embedder, only=only) if embedder else None
        opened.search(question, meaning, only=only, limit=_FOUND)
    print(json.dumps({"most_mib": _memory_mib("VmHWM"), "own_mib": _memory_mib("RssAnon")}))


def _memory_mib(kind: str) -> float:
    # Not getrusage: there a child begins with what its parent had.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(kind)) / 1024


if __name__ == "__main__":
    main()
