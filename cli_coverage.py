"""`touchline coverage`: where deals wait for content, what nobody uses, what is used though its time is over."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.markup import escape
from rich.table import Table

from enablement.coverage import (
    DIMENSIONS,
    UNUSED_DAYS,
    Cell,
    Coverage,
    Dead,
    Dimension,
    Outlived,
    coverage,
    dead,
    outlived,
    unmet_words,
)
from enablement.wording import money
from terminal import AsJson, Failed, open_services, out, say

MOST_LISTED = 50


def show_coverage(
    by: Annotated[str, typer.Option(help=f"The segments: {', '.join(DIMENSIONS)}.")] = "industry",
    language: Annotated[str, typer.Option(help="Only deals of this language, such as th.")] = "",
    unused: Annotated[bool, typer.Option("--unused", help="Instead: content that nobody uses.")] = False,
    days: Annotated[int, typer.Option(min=1, help="With --unused: for how long.")] = UNUSED_DAYS,
    expired: Annotated[
        bool, typer.Option("--expired", help="Instead: expired or archived content still in use.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows", help="Name the deals, assets and searches as well.")
    ] = False,
    png: Annotated[Path | None, typer.Option(help="Draw the matrix of one language into this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show open pipeline by stage, segment and language beside the content that fits it; gaps stand first."""
    if by not in DIMENSIONS:
        raise Failed(f"There are no segments by “{by}”: choose one of {', '.join(DIMENSIONS)}.")
    if unused and expired:
        raise Failed("Say --unused or --expired, not both.")
    services = open_services(doors=False)
    now = services.clock()
    if unused:
        some = dead(services, now=now, unused_days=days)
        _print(_unused_facts(some), as_json=as_json, nothing=f"Nothing was left unused for {days} days.")
    elif expired:
        late = outlived(services, now=now)
        _print(_late_facts(late), as_json=as_json, nothing="Nothing expired or archived is still in use.")
    else:
        dimension = next(one for one in get_args(Dimension) if one == by)
        found = coverage(services, by=dimension, now=now)
        tag = language.lower()[:2]
        if png:
            _draw(found, tag or next(iter(found.languages()), ""), png)
        else:
            cells = [one for one in found.cells if not language or one.language == tag]
            _print_cells(found, cells, services.catalog.assets(), as_json=as_json, rows=rows)


def _draw(found: Coverage, tag: str, file: Path) -> None:
    from enablement.adapters.evidence_pictures import matrix  # only this option draws

    try:
        file.write_bytes(matrix(found, tag))
    except ValueError as error:
        raise Failed(f"There is nothing to draw: {error}.") from error
    except OSError as error:
        raise Failed(f"{file} can't be written: {error.strerror}.") from error
    say(f"Drew {file}.")


def _print_cells(
    found: Coverage, cells: Sequence[Cell], assets: Sequence[Any], *, as_json: bool, rows: bool
) -> None:
    ordered = sorted(cells, key=lambda one: (not one.is_gap, *(-part for part in found.weight(one))))
    if as_json:
        print(json.dumps([_cell_facts(one, found) for one in ordered], ensure_ascii=False))
        return
    titles = {one.id: one.title for one in assets}
    table = Table(
        "stage",
        found.by,
        "language",
        "deals",
        "pipeline",
        "content",
        "failed searches",
        box=None,
        header_style="bold",
    )
    for one in ordered:
        sums = " + ".join(money(amount, currency) for currency, amount in one.amounts)
        names = (one.stage, one.segment, one.language)
        table.add_row(
            *(escape(name or "(unknown)") for name in names),
            str(len(one.deals)),
            escape(sums),
            "GAP" if one.is_gap else str(len(one.assets)),
            str(len(one.unmet)),
        )
    out.print(table if ordered else "No deal is open.")
    for one in ordered if rows else ():
        say(
            f"\n{one.stage or '(unknown)'} · {one.segment or '(unknown)'} · {one.language or '(unknown)'}",
            style="bold",
        )
        _name("deals", [found.deals[deal].name for deal in one.deals])
        _name("content", [titles.get(asset, asset) for asset in one.assets])
        _name("failed searches", [unmet_words(*found.unmet[ask]) for ask in one.unmet])


def _name(what: str, some: Sequence[str]) -> None:
    if some:
        more = f" and {len(some) - MOST_LISTED} more (--json has all)" * (len(some) > MOST_LISTED)
        say(f"  {what}: {'; '.join(some[:MOST_LISTED])}{more}")


def _cell_facts(one: Cell, found: Coverage) -> dict[str, Any]:
    return {
        "stage": one.stage,
        found.by: one.segment,
        "language": one.language,
        "gap": one.is_gap,
        "pipeline": dict(one.amounts),
        "deals": list(one.deals),
        "assets": list(one.assets),
        "failed_searches": [{"ask": ask, "words": found.unmet[ask][0].question} for ask in one.unmet],
    }


def _unused_facts(some: Sequence[Dead]) -> list[dict[str, Any]]:
    return [
        {
            "asset": one.asset.id,
            "title": one.asset.title,
            "published": one.published.isoformat(),
            "last_used": one.last_used and one.last_used.isoformat(timespec="seconds"),
            "instead": one.instead and one.instead.title,
        }
        for one in some
    ]


def _late_facts(some: Sequence[Outlived]) -> list[dict[str, Any]]:
    return [
        {
            "asset": one.asset.id,
            "title": one.asset.title,
            "since": one.since.isoformat(timespec="seconds"),
            "touches": [touch.id for touch in one.touches],
            "links": [share.id for share in one.links],
        }
        for one in some
    ]


def _print(facts: Sequence[dict[str, Any]], *, as_json: bool, nothing: str) -> None:
    """Print rows as JSON, or as a table in which lists are counted."""
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    if not facts:
        out.print(nothing)
        return
    columns = [name for name in facts[0] if name != "asset"]
    table = Table(*(name.replace("_", " ") for name in columns), box=None, header_style="bold")
    for row in facts:
        cells = (row[name] for name in columns)
        table.add_row(*(escape(str(len(one)) if isinstance(one, list) else str(one or "–")) for one in cells))
    out.print(table)
