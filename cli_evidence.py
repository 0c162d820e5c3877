"""`touchline evidence …`: what content does to deals, and the rounds of learning that it comes from."""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, get_args
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from enablement import effects as words
from enablement.adapters.own_data import BadData, history_in
from enablement.announcing.sheets import harmless
from enablement.copying import renewal_of_all
from enablement.learning import LEAST_DEALS, estimates
from enablement.model import Audit, Effect, EffectOn, Interval, Run, Task, Written, key
from enablement.ports import NoSuchRun, Services
from jobs.learning import LEARN
from terminal import AsJson, Failed, err, open_services, out, say

evidence_cli = typer.Typer(help="What content does to deals, with how sure that is.")
KINDS: tuple[EffectOn, ...] = get_args(EffectOn)
RUNS_LISTED = 20
LOOK_EVERY_S = 0.5
_ORDER = ("helps", "hurts", "no_clear_effect", "not_enough")
COLUMNS = (
    *("asset_id", "title", "on", "segment", "verdict", "estimate", "low", "high", "deals"),
    *("stage", "used_won", "won", "used_lost", "lost", "hidden"),
    *("trial_estimate", "trial_low", "trial_high", "trial_deals", "logit", "logit_error"),
)


@dataclass(frozen=True)
class _Found:
    """Effects with the titles of their assets; `run` is None where they come from files."""

    effects: Sequence[Effect]
    titles: Mapping[str, str]
    run: Run | None
    # The last round, where it is another one than that in use.
    last: Run | None = None


@evidence_cli.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    asset: Annotated[str, typer.Option(help="Only this asset, by title or id, with all its segments.")] = "",
    segment: Annotated[str, typer.Option(help="Only deals such as industry:Retail.")] = "",
    on: Annotated[str, typer.Option(help=f"Only effects on one of: {', '.join(KINDS)}.")] = "",
    data: Annotated[
        Path | None, typer.Option(help="Learn from CSV files in this folder instead (docs/evidence.md).")
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    png: Annotated[Path | None, typer.Option(help="Draw the most telling effects into this file.")] = None,
) -> None:
    """Show what content does to winning and to speed: verdict, interval, plain counts, what could overturn it."""
    if context.invoked_subcommand:
        return
    if on and on not in KINDS:
        raise Failed(f"There are no effects on “{on}”: choose one of {', '.join(KINDS)}.")
    if as_json + as_csv + bool(png) > 1:
        raise Failed("Say one of --json, --csv and --png.")
    found = _from_files(data) if data else _in_use(open_services(doors=False))
    chosen = replace(found, effects=_chosen(found, asset=asset, segment=segment, on=on))
    if as_json:
        print(json.dumps(_document(chosen), ensure_ascii=False, default=str))
    elif as_csv:
        sys.stdout.buffer.write(_sheet(chosen))
    elif png:
        _draw(chosen, on or KINDS[0], png)
    else:
        _print(chosen)


@evidence_cli.command("learn")
def learn(
    now: Annotated[bool, typer.Option("--now", help="Learn here and wait for the end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn anew from what is known now, instead of tonight."""
    services = open_services(doors=False)
    if now:
        run = _learn_here(services)
        print(json.dumps(_run_facts(run))) if as_json else _say_run(run)
        if run and run.state in ("failed", "refused"):
            raise typer.Exit(1)
        return
    task = Task(key(LEARN, uuid4().hex), LEARN, "compute", "", LEARN)
    services.outbox.add([task], now=services.clock())
    services.work.wake("compute")
    print(json.dumps({"task": task.id})) if as_json else say(
        "It will begin in a moment: touchline evidence runs"
    )


@evidence_cli.command("runs")
def runs(as_json: AsJson = False) -> None:
    """List the rounds of learning, the newest first: which is in use, and why others are not."""
    found = open_services(doors=False).evidence.runs(limit=RUNS_LISTED)
    if as_json:
        print(json.dumps([_run_facts(run) for run in found], ensure_ascii=False))
        return
    table = Table("run", "begun (UTC)", "state", "deals", "uses", "", box=None, header_style="bold")
    for run in found:
        how = f"{run.step} {run.progress:.0%}" if run.state == "learning" else run.trouble
        cells = (
            run.id[:10],
            f"{run.begun_at:%d %b %Y %H:%M}",
            _state(run),
            f"{run.deals:,}",
            f"{run.uses:,}",
            how,
        )
        table.add_row(*map(escape, cells))
    out.print(table if found else "Nothing was learned yet.")


@evidence_cli.command("use")
def use(
    named: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or how that begins.")],
    as_json: AsJson = False,
) -> None:
    """Go back to an earlier round; all open deals' suggestions are made anew."""
    services = open_services(doors=False)
    some = [run for run in services.evidence.runs(limit=1000) if run.id.startswith(named)]
    if len(some) != 1:
        how = f"{len(some)} runs begin with" if some else "There is no run"
        raise Failed(f"{how} “{named}”: see `touchline evidence runs`.")
    (run,), now = some, services.clock()
    try:
        services.evidence.use(run.id)
    except NoSuchRun as error:
        raise Failed(str(error)) from error
    audit = Audit(key("audit", run.id, now.isoformat()), "operator", "evidence.use", run.id, "", now)
    renewal = renewal_of_all(f"{run.id} {now.isoformat()}")
    services.ledger.write(Written(records=(audit,), tasks=(renewal,)), now=now)
    services.work.wake("compute")
    print(json.dumps({"in_use": run.id})) if as_json else say(f"Run {run.id[:10]} is in use.")


def _in_use(services: Services) -> _Found:
    newest = services.evidence.runs(limit=1)
    run, last = services.evidence.current(), newest[0] if newest else None
    found = services.evidence.effects(run.id) if run else []
    titles = {one.id: one.title for one in services.catalog.assets()}
    return _Found(found, titles, run, last if last != run else None)


def _from_files(folder: Path) -> _Found:
    try:
        with err.status("Reading…") as status:
            history = history_in(folder)
            learned = estimates(history, on_step=lambda step, done: status.update(f"{step}… {done:.0%}"))
    except BadData as error:
        raise Failed(str(error)) from error
    if learned is None:
        raise Failed(
            f"There is too little to learn from: it takes {LEAST_DEALS} closed deals, and content used in some."
        )
    for check in learned.checks:
        if not check.passed:
            err.print(
                escape(f"Careful: {check.name} is {check.measured:.4g}, the bound is {check.bound:.4g}.")
            )
    return _Found(learned.effects, {}, None)


def _chosen(found: _Found, *, asset: str, segment: str, on: str) -> list[Effect]:
    some = [one for one in found.effects if not on or one.on == on]
    if asset:
        wanted = _asset_id(asset, found)
        some = [one for one in some if one.asset_id == wanted]
    if segment:
        known = sorted({one.segment for one in found.effects} - {""})
        if segment not in known:
            hint = f"Known are {', '.join(known[:20])}" if known else "No segment has enough deals yet"
            raise Failed(f"Nothing is known of the segment “{segment}”. {hint}.")
        some = [one for one in some if one.segment == segment]
    elif not asset:
        some = [one for one in some if not one.segment]
    return sorted(
        some,
        key=lambda one: (
            one.on != "winning",
            _ORDER.index(one.verdict),
            -abs(one.logit),
            one.asset_id,
            one.segment,
        ),
    )


def _asset_id(named: str, found: _Found) -> str:
    ids = {one.asset_id for one in found.effects}
    if named in ids or named in found.titles:
        return named
    wanted = named.casefold()
    like = {one: title for one, title in found.titles.items() if wanted in title.casefold()}
    exact = [one for one, title in like.items() if title.casefold() == wanted]
    if len(exact or like) == 1:
        return next(iter(exact or like))
    if like:
        raise Failed(
            f"Several assets are called so: {', '.join(sorted(set(like.values()))[:10])}. Say more, or the id."
        )
    raise Failed(f"There is no asset “{named}”: `touchline library list` shows them.")


def _document(found: _Found) -> dict[str, Any]:
    return {
        "run": _run_facts(found.run),
        "last_run": _run_facts(found.last),
        "effects": [_facts(one, found.titles) for one in found.effects],
    }


def _facts(one: Effect, titles: Mapping[str, str]) -> dict[str, Any]:
    said = asdict(one)
    interval, trial, deals = said.pop("interval"), said.pop("trial"), said.pop("trial_deals")
    return {
        "title": titles.get(one.asset_id, one.asset_id),
        **said,
        **interval,
        "trial": trial and {**trial, "deals": deals},
    }


def _run_facts(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    ended_at = run.ended_at and run.ended_at.isoformat()
    return {**asdict(run), "begun_at": run.begun_at.isoformat(), "ended_at": ended_at}


def _sheet(found: _Found) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    rows.writeheader()
    for one in found.effects:
        said = _facts(one, found.titles)
        trial = {f"trial_{name}": value for name, value in (said["trial"] or {}).items()}
        cells = {**said, **(said["plain"] or {}), **trial}
        # A number is none of a person's texts: its minus is no formula.
        rows.writerow(
            {name: harmless(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
        )
    return text.getvalue().encode("utf-8-sig")


def _draw(found: _Found, on: str, into: Path) -> None:
    # Pictures need fonts and more: this option alone draws.
    from enablement.adapters.evidence_pictures import MOST_ROWS, forest
    from enablement.coverage import telling

    some = telling([one for one in found.effects if one.on == on], most=MOST_ROWS)
    if not some:
        raise Failed("There is nothing to draw yet: no asset was used in enough closed deals.")
    into.write_bytes(
        forest(some, {one.asset_id: found.titles.get(one.asset_id, one.asset_id) for one in some})
    )
    err.print(escape(f"{into} has the {len(some)} most telling of {len(found.effects)}."), highlight=False)


def _print(found: _Found) -> None:
    if found.run:
        said = f"From {found.run.deals:,} closed deals and {found.run.uses:,} uses of content in deals"
        say(f"{said}, learned on {found.run.begun_at:%d %b %Y}.", style="dim")
    if found.last:
        _say_run(found.last)
    if not found.effects:
        nothing = "Nothing is known of that." if found.run else "Nothing was learned yet."
        say(
            f"{nothing} It takes {LEAST_DEALS} closed deals in which an asset was used to say anything of it."
        )
        return
    for on in KINDS:
        some = [one for one in found.effects if one.on == on]
        if some:
            out.print(f"\n[bold]{'Effect on winning' if on == 'winning' else 'Effect on speed'}[/]")
            out.print(_table(some, found.titles))


def _table(some: Sequence[Effect], titles: Mapping[str, str]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in (
        "asset",
        "verdict",
        "effect (90 % interval)",
        "deals",
        "plain counts",
        "to overturn it",
        "experiment",
    ):
        table.add_column(name, overflow="fold")
    for one in some:
        title = titles.get(one.asset_id, one.asset_id)
        cells = (
            f"{title} ({one.segment})" if one.segment else title,
            words.verdict(one.verdict),
            _size(one.on, one.interval),
            f"{one.deals:,}",
            _plain(one),
            f"{words.times(one.hidden)} times" if one.hidden else "",
            f"{_size('winning', one.trial)}, {one.trial_deals:,} deals" if one.trial else "",
        )
        table.add_row(*map(escape, cells))
    return table


def _size(on: EffectOn, interval: Interval) -> str:
    """Return an interval in points of the chance to win, or as how many times as fast."""
    say_one = words.points if on == "winning" else words.times
    unit = "points" if on == "winning" else "times as fast"
    return f"{say_one(interval.estimate)} {unit} ({say_one(interval.low)} to {say_one(interval.high)})"


def _plain(one: Effect) -> str:
    if one.plain is None:
        return ""
    plain = one.plain
    return f"{plain.used_won} of {plain.won} won, {plain.used_lost} of {plain.lost} lost that reached {plain.stage}"


def _learn_here(services: Services) -> Run | None:
    before = services.evidence.runs(limit=1)
    with err.status("Reading deals…") as status:
        while (says := services.learner.go_on(seconds=LOOK_EVERY_S)) == "runs":
            run = next(iter(services.evidence.runs(limit=1)), None)
            if run and run.state == "learning":
                status.update(f"{run.step}… {run.progress:.0%}")
    if says == "busy":
        raise Failed("Another process learns just now: touchline evidence runs")
    if says == "died":
        raise Failed("The process that learned died. Start it again: it goes on where that was.")
    services.work.wake("compute")
    newest = services.evidence.runs(limit=1)
    if says == "failed" and newest == before:
        raise Failed("Learning from deals failed: the log above says why.")
    return newest[0] if newest else None


def _say_run(run: Run | None) -> None:
    if run is None:
        say(
            f"There is too little to learn from yet: it takes {LEAST_DEALS} closed deals, and content used in some."
        )
        return
    why = (
        f": {run.trouble}"
        if run.trouble
        else f", {run.step} {run.progress:.0%}"
        if run.state == "learning"
        else ""
    )
    style = "yellow" if run.state in ("refused", "failed") else ""
    say(f"The last round (run {run.id[:10]}, {run.begun_at:%d %b %Y}) is {_state(run)}{why}", style=style)


def _state(run: Run) -> str:
    return run.state.replace("_", " ")
