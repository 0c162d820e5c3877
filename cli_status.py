"""`touchline status` and `touchline outbox`: how the installation is, for people and for monitors."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from crm.mapping import load_field_map
from enablement.health import Check, Health, Quality, Trouble, checks, measure, quality, troubles
from enablement.model import Letter, Run
from enablement.ports import Services
from enablement.retrying import retry as try_again
from settings import Settings, read_settings
from terminal import AsJson, open_services, out, record_url, say

EXAMPLES, EXAMPLES_SHOWN = 20, 1
LETTERS_SHOWN = 200
MOST_RETRIED = 10_000
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


def outbox(
    retry: Annotated[bool, typer.Option("--retry", help="Make the dead letters due again.")] = False,
    ids: Annotated[list[str] | None, typer.Argument(help="Which to retry, by id; all when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the work that waits and the dead letters, or try these again."""
    settings = read_settings(doors=False)
    services = open_services(doors=False)
    if retry:
        dead = services.outbox.letters(states=("dead",), limit=MOST_RETRIED)
        chosen = [one.id for one in dead if not ids or one.id.startswith(tuple(ids))]
        count = try_again(services, by="operator", now=services.clock(), ids=chosen)
        print(json.dumps({"retried": count})) if as_json else out.print(f"{count} made due again.")
        return
    letters = services.outbox.letters(states=("due", "leased", "dead"), limit=LETTERS_SHOWN)
    counts = services.outbox.counts()
    deals = _deals_of(letters, services)
    if as_json:
        said = {"counts": {f"{lane} {state}": count for (lane, state), count in sorted(counts.items())}}
        rows = [{**asdict(one), "url": record_url(settings, deals[one.id])} for one in letters]
        print(json.dumps({**said, "rows": rows}, default=str))
        return
    waiting = sum(count for (_, state), count in counts.items() if state in ("due", "leased"))
    dead_count = sum(count for (_, state), count in counts.items() if state == "dead")
    out.print(f"{waiting} waiting or being worked on, {dead_count} dead.", highlight=False)
    for one in sorted(letters, key=lambda one: one.state != "dead"):
        _say_letter(one, record_url(settings, deals[one.id]))
    if waiting + dead_count > len(letters):
        out.print(f"\n…and {waiting + dead_count - len(letters)} more.", highlight=False)
    if dead_count:
        say("\nMend what they say, then `touchline outbox --retry` (or name some by their ids).")


def _deals_of(letters: Sequence[Letter], services: Services) -> dict[str, str]:
    """Return for each letter, by its id, the deal that it is about; empty where it is about none."""
    touches = services.ledger.touches([one.subject for one in letters if one.kind == "crm.touch"])
    touched = {one.id: one.deal_id for one in touches}
    named = {one.id: next((part for part in one.subject.split() if part[:3] == "006"), "") for one in letters}
    return {one.id: touched.get(one.subject, named[one.id]) or "" for one in letters}


def _say_letter(one: Letter, url: str) -> None:
    attempts = f"{one.attempts} attempt{'s' * (one.attempts != 1)}"
    when = (
        f"due {one.due_at:%d %b %H:%M:%S} UTC" if one.state == "due" else f"since {_moment(one.created_at)}"
    )
    say(f"\n{one.id[:10]}  {one.kind}  {one.state}  {attempts}, {when}", style="bold" * (one.state == "dead"))
    for line in filter(None, (one.error, url)):
        say(f"  {line}")


def _document(
    health: Health, found: Iterable[Check], needed: Sequence[Trouble], deals: Quality, settings: Settings
) -> dict[str, Any]:
    return {
        "ok": not needed,
        "needs": [one.said for one in needed],
        "at": health.at.isoformat(),
        # What is said is said of what is wrong.
        "checks": [asdict(one) if one.is_wrong else {**asdict(one), "said": ""} for one in found],
        "incidents": [asdict(one) for one in health.open],
        "integrations": [asdict(one) for one in health.days],
        "waiting": [{**asdict(one), "seconds": _seconds(one.oldest, health.at)} for one in health.waiting],
        "dead_letters": [asdict(one) for one in health.dead],
        "hooks": asdict(health.hooks),
        "last_reading": health.last_reading and health.last_reading.isoformat(),
        "index_behind": health.behind,
        "learning": {"last": _run(health.learned), "in_use": _run(health.in_use)},
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


def _print(health: Health, needed: Sequence[Trouble], deals: Quality, settings: Settings) -> None:
    if needed:
        out.print("[red]This needs somebody:[/]")
        for one in needed:
            say(f"- {one.said}")
            if one.incident:
                say(
                    f"  since {_moment(one.incident.opened_at)}, seen {_times(one.incident.count)}",
                    style="dim",
                )
        say("What to do about each: docs/operations.md", style="dim")
    else:
        out.print("[green]All is well.[/]")
    _show("Calls by day", _days(health))
    _show("Work", _work(health))
    _show("Dead letters (`touchline outbox --retry` tries them again)", _letters(health))
    _show("Salesforce to here", _arrivals(health, settings))
    _say_quality(deals, settings)


def _show(title: str, table: Table) -> None:
    if table.row_count:
        out.print(f"\n[bold]{escape(title)}[/]", highlight=False)
        out.print(table)


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


def _arrivals(health: Health, settings: Settings) -> Table:
    table, hooks, now = Table(box=None, show_header=False), health.hooks, health.at
    table.add_row("deals last read", _ago(health.last_reading, now))
    hears = settings.salesforce_outbound_path or settings.salesforce_hook_secrets or hooks.last_event
    table.add_row("last hook", _ago(hooks.last_event, now) if hears else "none are set up")
    table.add_row("last change of a deal", _ago(hooks.last_deal_change, now))
    waiting = f"{hooks.waiting}, the oldest {_ago(hooks.oldest, now)}" if hooks.waiting else "none"
    table.add_row("changed deals that wait", waiting)
    if hooks.lasted is not None:
        table.add_row("longest wait of the last hour", f"{hooks.lasted:.1f} s")
    table.add_row("index behind the library", f"{health.behind} changes" if health.behind else "not at all")
    table.add_row("learned from deals", _learned(health))
    return table


def _run(run: Run | None) -> dict[str, Any] | None:
    told = ("id", "state", "begun_at", "ended_at", "step", "progress", "trouble")
    return {name: getattr(run, name) for name in told} if run else None


def _learned(health: Health) -> str:
    last, used = health.learned, health.in_use
    if last is None:
        return "nothing yet"
    said = f"run {last.id[:10]} {_ago(last.begun_at, health.at)}: {last.state.replace('_', ' ')}"
    if used and used.id != last.id:
        said += f"; in use is run {used.id[:10]} of {_moment(used.begun_at)}"
    return f"{said} (touchline evidence runs)"


def _say_quality(deals: Quality, settings: Settings) -> None:
    score = "no deals yet" if deals.score is None else f"{deals.score} of 100"
    out.print(f"\n[bold]Data quality of the deals: {score}[/]", highlight=False)
    for part in deals.parts:
        if part.missing:
            say(f" {part.name}: missing in {part.missing} of {part.of} deals, for example")
        for deal_id, name in part.examples[:EXAMPLES_SHOWN]:
            say(f"   {name}  {record_url(settings, deal_id)}".rstrip())


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style="dim")


def _moment(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _seconds(moment: datetime, now: datetime) -> float:
    return round((now - moment).total_seconds(), 1)


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    seconds = _seconds(moment, now)
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 60:.0f} min ago" if seconds < 7200 else f"{seconds / 3600:.0f} h ago"
