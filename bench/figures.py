"""What a benchmark says: figures, ours beside the peer's, and whether they keep what was promised."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

Say = Callable[[str], None]


class BenchFailed(Exception):
    """A benchmark could not be run to its end, or something in it went wrong; the message says what."""


@dataclass(frozen=True)
class Promise:
    """A bound that a figure must keep: our value, or its ratio to the peer's."""

    bound: float
    at: Literal["most", "least"] = "most"
    of: Literal["ours", "ratio"] = "ours"


@dataclass(frozen=True)
class Figure:
    """One measured value in its unit; `ratio` is ours to the peer's, the median of pairs measured side by side.

    Ours is None where it was not measured; then the name says why.
    """

    name: str
    unit: str
    ours: float | None
    peer: float | None = None
    ratio: float | None = None
    promise: Promise | None = None

    @property
    def kept(self) -> bool | None:
        """Say whether the promise is kept; None where nothing is promised. A ratio that is missing keeps none."""
        if self.promise is None:
            return None
        value = self.ours if self.promise.of == "ours" else self.ratio
        if value is None or math.isnan(value):
            return False
        return value <= self.promise.bound if self.promise.at == "most" else value >= self.promise.bound


@dataclass(frozen=True)
class Options:
    """How to run: shortened or whole, with which data folder (None for benchmarks without), whom to tell."""

    quick: bool
    data: Path | None
    say: Say


@dataclass(frozen=True)
class Bench:
    """A benchmark: what it compares, and the function that measures it. `data` names its folder of data, if any."""

    name: str
    summary: str
    run: Callable[[Options], Sequence[Figure]]
    data: str = ""


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` (0 < percent ≤ 100) of all values do not exceed (nearest rank)."""
    if not values or not 0 < percent <= 100:
        raise ValueError(f"there is no percentile {percent} of {len(values)} values")
    ordered = sorted(values)
    # Rounded first: 99 % of 200 values are 198 of them, whatever floating point makes of 0.99 × 200.
    return ordered[math.ceil(round(percent * len(ordered) / 100, 9)) - 1]


def median_ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    """Return the median of ours to the peer's, pair by pair; both were measured in the same order."""
    return median(our / peer for our, peer in zip(ours, peers, strict=True))
