"""`touchline status`: how the installation is, for people and for monitors."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from crm.mapping import load_field_map
from enablement.health import Check, Health, Quality, checks, measure, quality, troubles
from settings import Settings, read_settings
from terminal import AsJson, open_services, out

EXAMPLES, EXAMPLES_SHOWN = 20, 1
REASONS_SHOWN = 10


def status(as_json: AsJson = False) -> None:
    """Show errors, waiting work, dead letters, API budget, lag and data quality; exit 1 when a person is needed."""
    settings = read_settings(doors=False)
    services = open_services(doors=False)
    now = services.clock()
    health = measure(services, now=now)
    found = checks(health, read_every_s=settings.sync_every_s)
    needed = troubles(health, found)
    knows_losses = bool(load_field_map(settings.salesforce_mapping).loss_reason)
    deals = quality(services, on=now.date(), loss_reasons=knows_losses, examples=EXAMPLES)
    if as_json:
        document = _document(health, found, needed, deals, settings)
        print(json.dumps(document, default=str, ensure_ascii=False))
    else:
        _print(health, needed, deals, settings)
    if needed:
        raise typer.Exit(1)


def record_url(settings: Settings, deal_id: str) -> str:
    """Return the address of a deal in Salesforce; empty where the org's is not set."""
    return settings.salesforce_url and f"{settings.salesforce_url}/lightning/r/Opportunity/{deal_id}/view"


def _document(
    health: Health, found: Iterable[Check], needed: list[str], deals: Quality, settings: Settings
) -> dict[str, Any]:
    return {
        "ok": not needed,
        "needs": needed,
        "at": health.at.isoformat(),
        "checks": [asdict(one) for one in found],
        "incidents": [asdict(one) for one in health.open],
        "integrations": [asdict(one) for one in health.days],
        "waiting": [{**asdict(one), "seconds": _seconds(one.oldest, health.at)} for one in health.waiting],
        "dead_letters": [asdict(one) for one in health.dead],
        "hooks": asdict(health.hooks),
        "last_reading": health.last_reading and health.last_reading.isoformat(),
        "index_behind": health.behind,
        "quality": {
            "score": deals.score,
            "parts": [
                {
                    "name": part.name,
                    "missing": part.missing,
                    "of": part.of,
                    "examples": [
                        {"id": deal_id, "name": name, "url": record_url(settings, deal_id)}
                        for deal_id, name in part.examples
                    ],
                }
                for part in deals.parts
            ],
        },
    }


def _print(health: Health, needed: list[str], deals: Quality, settings: Settings) -> None:
    if needed:
        out.print(
            f"[red]This needs somebody:[/] {escape('; '.join(needed))}.", highlight=False, soft_wrap=True
        )
    else:
        out.print("[green]All is well.[/]")
    _show("Incidents", _incidents(health))
    _show("Calls by day", _days(health))
    _show("Work", _work(health))
    _show("Dead letters (`touchline outbox --retry` tries them again)", _letters(health))
    _show("Salesforce to here", _arrivals(health))
    score = "no deals yet" if deals.score is None else f"{deals.score} of 100"
    _show(f"Data quality of the deals: {score}", _quality(deals, settings))


def _show(title: str, table: Table) -> None:
    if table.row_count:
        out.print(f"\n[bold]{escape(title)}[/]", highlight=False)
        out.print(table)


def _incidents(health: Health) -> Table:
    table = _table("since", "seen", "last", "what")
    for one in health.open:
        table.add_row(_moment(one.opened_at), str(one.count), _moment(one.last_at), escape(one.summary))
    return table


def _days(health: Health) -> Table:
    table = _table("day", "integration", "calls", "errors", "error rate", "API calls of the org")
    for one in health.days:
        budget = f"{one.used} of {one.allowed}" if one.used is not None and one.allowed else ""
        share = f"{one.errors / one.calls:.1%}" if one.calls else ""
        table.add_row(f"{one.day:%d %b}", escape(one.name), str(one.calls), str(one.errors), share, budget)
    return table


def _work(health: Health) -> Table:
    table = _table("lane", "state", "rows", "oldest")
    for one in health.waiting:
        table.add_row(one.lane, one.state, str(one.count), _ago(one.oldest, health.at))
    return table


def _letters(health: Health) -> Table:
    table = _table("rows", "kind", "reason")
    for one in health.dead[:REASONS_SHOWN]:
        table.add_row(str(one.count), escape(one.kind), escape(one.reason))
    return table


def _arrivals(health: Health) -> Table:
    table, hooks, now = Table(box=None, show_header=False), health.hooks, health.at
    table.add_row("deals last read", _ago(health.last_reading, now))
    table.add_row("last hook", _ago(hooks.last_event, now))
    table.add_row("last change of a deal", _ago(hooks.last_deal_change, now))
    waiting = f"{hooks.waiting}, the oldest {_ago(hooks.oldest, now)}" if hooks.waiting else "none"
    table.add_row("changed deals that wait", waiting)
    if hooks.lasted is not None:
        table.add_row("longest wait of the last hour", f"{hooks.lasted:.1f} s")
    table.add_row("index behind the library", f"{health.behind} changes" if health.behind else "not at all")
    return table


def _quality(deals: Quality, settings: Settings) -> Table:
    table = _table("", "missing", "of", "for example")
    for part in deals.parts:
        shown = part.examples[:EXAMPLES_SHOWN]
        links = "\n".join(f"{escape(name)}  {escape(record_url(settings, one))}" for one, name in shown)
        table.add_row(part.name, str(part.missing), str(part.of), links)
    return table


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style="dim")


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M}"


def _seconds(moment: datetime, now: datetime) -> float:
    return round((now - moment).total_seconds(), 1)


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    seconds = _seconds(moment, now)
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 60:.0f} min ago" if seconds < 7200 else f"{seconds / 3600:.0f} h ago"
