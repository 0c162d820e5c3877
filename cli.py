"""`touchline …`: a thin door for operators."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from redis.exceptions import RedisError
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import InternalError, OperationalError

import app as composition
from cli_announcements import announcements_cli
from cli_audit import show_audit
from cli_coverage import show_coverage
from cli_deals import deals_check, deals_repair
from cli_evidence import evidence_cli
from cli_library import library_cli
from cli_nudges import show_nudges
from cli_people import people_cli
from cli_status import outbox, status
from crm.mapping import BadMapping
from enablement import answering, effects, wording
from enablement.adapters.sql.database import DatabaseAway, reason
from enablement.governance import NotAllowed
from enablement.model import LANES, Ask, Lane, Place, Written, key
from enablement.ports import Services, TryLater, Undeliverable
from jobs.queue import connect
from settings import MissingSettings, read_settings
from terminal import AsJson, Failed, err, open_services, out

cli = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
deals_cli = typer.Typer(no_args_is_help=True, help="The deals that Salesforce knows.")
cli.add_typer(library_cli, name="library")
cli.add_typer(deals_cli, name="deals")
deals_cli.command("check")(deals_check)
deals_cli.command("repair")(deals_repair)
cli.add_typer(people_cli, name="people")
cli.add_typer(announcements_cli, name="announcements")
cli.command("coverage")(show_coverage)
cli.command("nudges")(show_nudges)
cli.add_typer(evidence_cli, name="evidence")
cli.command("status")(status)
cli.command("audit")(show_audit)
cli.command("outbox")(outbox)


def main() -> None:
    """Run a command; what goes wrong in an expected way is one clear text on standard error, and exit 1."""
    try:
        cli(standalone_mode=True)
    except (
        Failed,
        NotAllowed,
        DatabaseAway,
        MissingSettings,
        BadMapping,
        TryLater,
        Undeliverable,
        FileNotFoundError,
    ) as error:
        _complain(str(error))
    except (OperationalError, InternalError) as error:
        _complain(f"The database can't be used now: {reason(error)}. `touchline doctor` says what to do.")


def _complain(text: str) -> NoReturn:
    err.print(escape(text), style="red", highlight=False, soft_wrap=True)
    sys.exit(1)


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Walk through once, print JSON, end.")] = False,
    port: Annotated[int, typer.Option(help="The port of the page.")] = 3210,
) -> None:
    """Start Touchline with a local Slack and a local Salesforce, both full of sample data."""
    from demo import DemoFailed, run, walk_once  # installations do without the sandbox

    try:
        if once:
            print(json.dumps(walk_once(), indent=2, ensure_ascii=False))
        else:
            run(port, say=lambda text: err.print(escape(text), highlight=False, soft_wrap=True))
    except DemoFailed as error:
        raise Failed(str(error)) from error


@cli.command()
def up(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 3000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run all of Touchline on this machine: web, workers, relay and, unless REDIS_URL is set, a queue."""
    from demo import DemoFailed, run_alone  # as above

    if url := read_settings().redis_url:
        _reach_queue(url)
    try:
        run_alone(port, host=host, say=lambda text: err.print(escape(text), highlight=False, soft_wrap=True))
    except DemoFailed as error:
        raise Failed(str(error)) from error


@cli.command()
def serve(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 3000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    workers: Annotated[
        int | None, typer.Option(help="How many processes: 2, or 1 with SLACK_APP_TOKEN.", show_default=False)
    ] = None,
) -> None:
    """Run the web door: Slack's requests and buyers' links."""
    from stack import web_command  # only this command needs it

    settings = read_settings()
    composition.prepare(settings)
    # Slack opens a few lines a minute: with one for each of several processes a cut would take that long to mend.
    count = workers or (1 if settings.slack_app_token else 2)
    command = web_command(port, count, host)
    os.execv(command[0], command)  # noqa: S606 - a fixed command of ours takes this process over


@cli.command()
def worker(lane: Annotated[str, typer.Argument(help=f"One of {', '.join(LANES)}.")]) -> None:
    """Run a worker of one lane; it needs REDIS_URL."""
    if lane not in LANES:
        raise Failed(f"There is no lane “{lane}”: choose one of {', '.join(LANES)}.")
    if not (url := read_settings().redis_url):
        raise Failed("REDIS_URL is not set. Without a queue, `touchline relay` does all the work.")
    _reach_queue(url)
    composition.worker(_lane(lane))


@cli.command()
def relay() -> None:
    """Run the relay: it wakes the workers, keeps the schedules, and works itself where there is no queue."""
    composition.relay()


@cli.command()
def ask(
    words: Annotated[str, typer.Argument(help="What you need; may name the deal.")] = "",
    as_: Annotated[str, typer.Option("--as", help="The e-mail of the colleague who asks.")] = "",
    deal: Annotated[str, typer.Option(help="The deal's name, when the question does not say it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give the answer that Slack would give."""
    if not as_:
        raise Failed("Say who asks: --as somebody@example.com")
    services = open_services()
    now = services.clock()
    asked = Ask(
        id=key("ask", "terminal", now.isoformat(), os.getpid()),
        surface="terminal",
        slack_id="",
        email=as_.lower(),
        question=f"{words} {deal}".strip() if deal else words,
        place=Place(),
        response_url="",
        replaces=False,
        deal_id=None,
        asked_at=now,
    )
    services.ledger.write(Written(records=(asked,)), now=now)
    reply = answering.answer(asked, services, now=now)
    if as_json:
        print(json.dumps({"asker": asked.email, **answering.as_json(reply)}, ensure_ascii=False))
    else:
        _print_reply(reply, services)
    if not isinstance(reply, answering.Answer):
        raise typer.Exit(1)


@cli.command()
def doctor(as_json: AsJson = False) -> None:
    """Check settings, database, index, outbox, queue, Slack and Salesforce; exit 1 when anything is wrong."""
    from doctor import examine  # only this command needs it
    from doctor.machine import free_bytes

    # A database host that does not answer at all would otherwise be waited for by the minute.
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
    found = examine(os.environ, clock=composition.clock, free_bytes=free_bytes)
    is_well = all(one.state != "wrong" for one in found)
    if as_json:
        print(json.dumps({"ok": is_well, "checks": [asdict(one) for one in found]}, ensure_ascii=False))
    else:
        colours = {"ok": "green", "warning": "yellow", "wrong": "red"}
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for one in found:
            said = escape(one.said) + (f"\n[dim]→ {escape(one.mend)}[/]" if one.mend else "")
            table.add_row(f"[{colours[one.state]}]{one.state}[/]", one.part, said)
        out.print(table)
    if not is_well:
        raise typer.Exit(1)


@cli.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which benchmark; an unknown name lists them.")],
    quick: Annotated[bool, typer.Option("--quick", help="Shorter, with wider error.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a promise is not kept.")] = False,
    data: Annotated[
        Path | None, typer.Option(envvar="TOUCHLINE_BENCH_DATA", help="Where benchmark data lies.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure Touchline beside its peers, and say which promises are kept."""
    from bench import (
        data as bench_data,  # installations do without them
        machine,
        registry,
        report,
    )
    from bench.figures import BenchFailed
    from demo import until_told

    try:
        chosen = registry.named(name)
        described = machine.describe()
        # What is measured are processes: they end with the bench, however it ends.
        with until_told():
            figures = registry.run(
                chosen, quick=quick, data=data, say=lambda text: err.print(escape(text), highlight=False)
            )
    except (registry.NoSuchBench, bench_data.NoBenchData, BenchFailed) as error:
        raise Failed(str(error)) from error
    short = report.shortfalls(figures)
    if as_json:
        document = report.document(chosen, figures, quick=quick, machine=described)
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        out.print(report.table(figures))
    if check and short:
        # Last, and beside the JSON document rather than inside it.
        last = err if as_json else out
        last.print("Short of what was promised:", *map(escape, short), sep="\n", highlight=False)
        raise typer.Exit(1)


@deals_cli.command("sync")
def deals_sync(
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring people and deals up to date with Salesforce now."""
    crm = open_services().crm
    with err.status("Reading people and the sales process…") as status:

        def progress(count: int, expected: int) -> None:
            status.update(f"Read {count:,} of {expected:,} deals…" if expected else f"Read {count:,} deals…")

        counts = crm.sync(full=full, progress=progress)
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(json.dumps(counts)) if as_json else out.print(f"Read {said}.")


def _reach_queue(url: str) -> None:
    try:
        connect(url).ping()
    except RedisError as error:
        raise Failed(
            f"The queue at REDIS_URL can't be used: {error} Start it, or correct REDIS_URL."
        ) from error


def _lane(name: str) -> Lane:
    return next(lane for lane in LANES if lane == name)


def _print_reply(reply: answering.Reply, services: Services) -> None:
    if not isinstance(reply, answering.Answer):
        err.print(escape(reply.text))
        if isinstance(reply, answering.Picker):
            for deal in reply.deals[:20]:
                err.print(
                    f"  {escape(deal.name)}  [dim]{escape(wording.deal_facts(deal, now=services.clock()))}[/]"
                )
        return
    facts = f"{escape(wording.deal_facts(reply.deal, now=services.clock()))}  ({wording.how(reply.how)})"
    out.print(f"[bold]{escape(reply.deal.name)}[/]  {facts}")
    out.print(escape(wording.basis(reply.basis, reply.ask.question)), style="dim")
    table = Table("", "title", "kind", "language", "updated", "why", box=None, header_style="bold")
    for one in reply.shown:
        asset, suggestion = one.asset, one.suggestion
        fresh = wording.freshness(asset.updated_at, services.clock())
        why = "\n".join(filter(None, effects.in_short(suggestion.reasons)))
        row = (str(suggestion.rank), asset.title, asset.kind, wording.language(asset.language), fresh, why)
        table.add_row(*map(escape, row))
    out.print(table)


if __name__ == "__main__":
    main()
