"""`extract`: how fast files are read, whether all their words are found, and what hostile files can do."""

import logging
import re
import resource
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import hostile
from bench.figures import Bench, BenchFailed, Figure, Options, Promise, median_ratio
from enablement.adapters.extract import Extracted, UnreadableFile, extract_many

LIBRARY = Path(__file__).resolve().parent.parent / "samples" / "library"
FORMATS = (".pptx", ".docx", ".pdf", ".html", ".md")
ROUNDS, QUICK_ROUNDS = 10, 3
DAMAGED, QUICK_DAMAGED = 1000, 150
SEED = 20
WORDS_FOUND_FROM = 0.99
MOST_SECONDS, MOST_MIB = 20.0, 1024.0
# Its name, and what reads a file.
OtherReader = tuple[str, Callable[[Path], str]]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Survived:
    """What hostile files did: seconds and name of the slowest, MiB of the hungriest, how many were read, or how not."""

    slowest: float
    slowest_name: str
    most_mib: float
    read: int
    refused: int
    failed: int


def run(options: Options) -> list[Figure]:
    """Read the sample library, then damaged copies of it and bombs; raises BenchFailed when a good file is not read."""
    # The peers are installed for development only.
    from bench.other_readers import OTHER_READERS

    figures = []
    for suffix in FORMATS:
        paths = sorted(LIBRARY.glob(f"*{suffix}"))
        options.say(f"Reading {len(paths)} {suffix} files…")
        figures += _format_figures(
            paths, OTHER_READERS.get(suffix), rounds=QUICK_ROUNDS if options.quick else ROUNDS
        )
    count = QUICK_DAMAGED if options.quick else DAMAGED
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder:
        options.say(f"Reading {count} damaged files…")
        whole = [path for suffix in (".pptx", ".pdf", ".docx") for path in sorted(LIBRARY.glob(f"*{suffix}"))]
        figures += _survival(
            "damaged", survive(list(hostile.damaged(whole, Path(folder), count=count, seed=SEED))), options
        )
        options.say(f"Reading {len(hostile.BOMBS)} bombs…")
        figures += _survival("bombs", survive(list(hostile.bombs(Path(folder)))), options)
    return figures


BENCH = Bench("extract", "Files into pages: speed, words found, hostile files (no data needed).", run)


def survive(paths: Sequence[Path]) -> Survived:
    """Read hostile files; that this returns at all says that none of them ended the caller."""
    slowest, slowest_name, found = 0.0, "", Counter[str]()
    with _Failures() as failures:
        outcomes = extract_many(paths)
        while True:
            started = time.monotonic()
            path, outcome = next(outcomes, (None, None))
            if path is None:
                break
            found["refused" if isinstance(outcome, UnreadableFile) else "read"] += 1
            slowest, slowest_name = max((slowest, slowest_name), (time.monotonic() - started, path.name))
    # Of all children so far; and a child's count begins with what its parent had.
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (
        1024 if sys.platform == "linux" else 1024**2
    )
    return Survived(slowest, slowest_name, most, found["read"], found["refused"], failures.count)


def words_found(ours: str, theirs: str) -> float:
    """Return which share of the words that another found we found too, each as often."""
    mine, others = _words(ours), _words(theirs)
    return (mine & others).total() / others.total() if others else 1.0


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _format_figures(paths: Sequence[Path], other: OtherReader | None, *, rounds: int) -> list[Figure]:
    # The first file also starts the process that reads.
    outcomes = extract_many([paths[0], *(path for path in paths for _ in range(rounds))])
    next(outcomes)
    took: list[float] = []
    texts: dict[Path, str] = {}
    pages = 0
    for path in (path for path in paths for _ in range(rounds)):
        started = time.perf_counter()
        extracted = _read(next(outcomes))
        took.append(time.perf_counter() - started)
        pages += len(extracted.pages)
        texts[path] = "\n".join(f"{page.title}\n{page.text}" for page in extracted.pages)
    outcomes.close()
    kind = paths[0].suffix[1:]
    speed = f"{kind}: pages a second"
    if other is None:
        return [Figure(speed, "", pages / sum(took))]
    name, read = other
    others: list[float] = []
    shares: list[float] = []
    for path in paths:
        for _ in range(rounds):
            started = time.perf_counter()
            text = read(path)
            others.append(time.perf_counter() - started)
        shares.append(words_found(texts[path], text))
    return [
        # Of speeds, not of times: the more the better.
        Figure(f"{speed} ({name})", "", pages / sum(took), pages / sum(others), median_ratio(others, took)),
        Figure(
            f"{kind}: words of {name} found, worst file",
            "",
            min(shares),
            promise=Promise(WORDS_FOUND_FROM, "least"),
        ),
    ]


def _read(read: tuple[Path, Extracted | UnreadableFile]) -> Extracted:
    _, outcome = read
    if isinstance(outcome, UnreadableFile):
        raise BenchFailed(f"A file of the sample library is not read: {outcome}")
    return outcome


def _survival(name: str, survived: Survived, options: Options) -> list[Figure]:
    options.say(
        f"{name}: {survived.read} read, {survived.refused} refused, of which {survived.failed} for reasons "
        f"not foreseen; slowest: {survived.slowest_name}"
    )
    return [
        Figure(f"{name}: slowest file", "s", survived.slowest, promise=Promise(MOST_SECONDS)),
        Figure(
            f"{name}: most memory of the reading process", "MiB", survived.most_mib, promise=Promise(MOST_MIB)
        ),
        Figure(f"{name}: files that failed in ways not foreseen", "", survived.failed),
        Figure(f"{name}: files read or refused in words", "", survived.read + survived.refused),
    ]


class _Failures(logging.Handler):
    """Counts what the reader logs: an error in it that was not foreseen."""

    count = 0
    _logger = logging.getLogger("enablement.adapters.extract.process")

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.levelno >= logging.WARNING

    def __enter__(self) -> "_Failures":
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
