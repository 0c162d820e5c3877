"""Show what a benchmark found: as a table, as JSON, as the list of what falls short."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from bench.figures import Bench, Figure, Promise


def table(figures: Sequence[Figure]) -> Table:
    """Return the figures as a table for a terminal."""
    made = Table(box=None, header_style="bold")
    made.add_column("figure")
    for heading in ("ours", "peer", "ratio", "promised"):
        made.add_column(heading, justify="right")
    made.add_column("kept")
    for one in figures:
        made.add_row(
            one.name,
            _with_unit(one.ours, one.unit),
            _with_unit(one.peer, one.unit),
            _with_unit(one.ratio, "×"),
            _bound(one.promise, one.unit) if one.promise else "–",
            {True: "[green]yes[/]", False: "[red]no[/]", None: "–"}[one.kept],
        )
    return made


def document(
    bench: Bench, figures: Sequence[Figure], *, quick: bool, machine: dict[str, object]
) -> dict[str, object]:
    """Return a run as a document of plain values."""
    rows = [{**asdict(one), "kept": one.kept} for one in figures]
    return {
        "bench": bench.name,
        "quick": quick,
        "machine": machine,
        "figures": rows,
        "shortfalls": shortfalls(figures),
    }


def shortfalls(figures: Sequence[Figure]) -> list[str]:
    """Return a line for each promise that is not kept."""
    return [
        f"{one.name}: {_measured(one, one.promise)}, promised {_bound(one.promise, one.unit)}"
        for one in figures
        if one.promise and not one.kept
    ]


def _measured(figure: Figure, promise: Promise) -> str:
    return _with_unit(figure.ours, figure.unit) if promise.of == "ours" else _with_unit(figure.ratio, "×")


def _bound(promise: Promise, unit: str) -> str:
    sign = "≤" if promise.at == "most" else "≥"
    return f"{sign} {_with_unit(promise.bound, unit if promise.of == 'ours' else '×')}"


def _with_unit(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:,.5g} {unit}".strip()
