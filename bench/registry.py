"""The benchmarks by name."""

from pathlib import Path

from bench import announce, ask, deals, extract, loop, search, slack, writeback
from bench.data import find
from bench.figures import Bench, BenchFailed, Figure, Options, Say
from bench.recommend import whole

BENCHES: dict[str, Bench] = {
    bench.name: bench
    for bench in (
        announce.BENCH,
        ask.BENCH,
        deals.BENCH,
        extract.BENCH,
        loop.BENCH,
        whole.BENCH,
        search.BENCH,
        slack.BENCH,
        writeback.BENCH,
    )
}


class NoSuchBench(Exception):
    """There is no benchmark of this name; the message lists those that there are."""


def named(name: str) -> Bench:
    """Return a benchmark; raises NoSuchBench."""
    if name not in BENCHES:
        known = "\n".join(f"  {one.name}: {one.summary}" for one in BENCHES.values())
        raise NoSuchBench(f"There is no benchmark “{name}”. There are:\n{known}")
    return BENCHES[name]


def run(bench: Bench, *, quick: bool, data: Path | None, say: Say) -> list[Figure]:
    """Measure; raises NoBenchData or BenchFailed."""
    folder = find(bench.data, data) if bench.data else None
    try:
        return list(bench.run(Options(quick, folder, say)))
    except ModuleNotFoundError as error:
        raise BenchFailed(
            f"This benchmark needs {error.name}, a peer: make it part with make .venv/dev."
        ) from error
