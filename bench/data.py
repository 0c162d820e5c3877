"""Where benchmark data lies: beside the checkout, or where one says."""

from pathlib import Path

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


class NoBenchData(Exception):
    """The data that a benchmark needs is not there; the message says where it was looked for."""


def find(name: str, given: Path | None, *, beside: Path = BESIDE) -> Path:
    """Return the folder `name` of the benchmark data; raises NoBenchData."""
    folder = (given or beside) / name
    if not folder.is_dir():
        raise NoBenchData(
            f"This benchmark needs data that is not here: there is no folder {folder}. "
            "Say where the data is with --data or TOUCHLINE_BENCH_DATA."
        )
    return folder
