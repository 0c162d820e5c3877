"""`touchline announcements …`: what was announced, what became of it, and an end to it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, get_args

import typer
from rich.markup import escape
from rich.table import Table

from enablement import announcing
from enablement.announcing import CannotAnnounce, Results
from enablement.model import Announcement, AnnouncementState
from enablement.ports import Services
from terminal import AsJson, Failed, open_services, out, say

announcements_cli = typer.Typer(no_args_is_help=True, help="What was announced, and what became of it.")
MOST_LISTED = 200
MOST_NAMED = 20
STATES: tuple[AnnouncementState, ...] = get_args(AnnouncementState)

Named = Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")]


@announcements_cli.command("list")
def list_all(
    state: Annotated[str, typer.Option(help=f"Only those that are one of: {', '.join(STATES)}.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the announcements, the newest first, with how far they have come."""
    if state and state not in STATES:
        raise Failed(f"“{state}” is no state of an announcement: choose one of {', '.join(STATES)}.")
    services = open_services(doors=False)
    chosen = [one for one in STATES if state in ("", one)]
    found = services.announcements.listed(chosen, limit=MOST_LISTED)
    rows = [_facts(one, announcing.totals_of(one, services.announcements.receipts(one.id))) for one in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
        return
    table = Table("id", "title", "by", "state", "ends (UTC)", "people", "done", box=None, header_style="bold")
    for row in rows:
        cells = (
            row["id"][:10],
            row["title"],
            row["author"],
            row["state"],
            f"{row['ends_at']:%d %b %Y %H:%M}",
        )
        table.add_row(*map(escape, cells), str(row["totals"]["meant"]), str(row["done"]))
    out.print(table if rows else "Nothing was announced yet.")


@announcements_cli.command("show")
def show(named: Named, as_json: AsJson = False) -> None:
    """Show what became of an announcement: in all, by team, by question, use on deals, who is behind."""
    services = open_services(doors=False)
    found = announcing.all_results(_named(named, services), services)
    used = announcing.usage(found, services, now=services.clock())
    if as_json:
        people = [
            {
                **asdict(one.receipt),
                "name": one.name,
                "team": one.team,
                "standing": one.standing,
                "answers": [answer and answer.option for answer in one.answers],
            }
            for one in found.people
        ]
        document = {
            **_facts(found.announcement, found.totals),
            "seconds_to_acknowledge": None if found.took is None else found.took.total_seconds(),
            "teams": [asdict(one) for one in found.teams],
            "people": people,
            "questions": [asdict(one) for one in found.questions],
            "usage": [asdict(one) for one in used],
        }
        print(json.dumps(document, ensure_ascii=False, default=str))
        return
    _print(found)
    for one in used:
        after, before = sum(one.after.touches.values()), sum(one.before.touches.values())
        say(f"\n{one.title}: {after} touches on deals since they got it, {before} in as many days before.")


@announcements_cli.command("stop")
def stop(
    named: Named,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """End an announcement now: nobody else is told or reminded; messages that were sent stay."""
    services = open_services(doors=False)
    one = _named(named, services)
    if not yes:
        if as_json:
            raise Failed("--json does not ask: say --yes, too.")
        typer.confirm(f"End “{_title(one)}” now?", abort=True, err=True)
    try:
        ended = announcing.stop_as_operator(one.id, services, now=services.clock())
    except CannotAnnounce as error:
        raise Failed(f"{error.text} It is {one.state}.") from error
    if as_json:
        print(json.dumps({"id": ended.id, "state": ended.state}))
    else:
        say(f"“{_title(ended)}” has ended.")


def _named(named: str, services: Services) -> Announcement:
    found = [one for one in services.announcements.listed(STATES, limit=10_000) if one.id.startswith(named)]
    if len(found) > 1:
        raise Failed(f"{len(found)} announcements begin with “{named}”: give more of the id.")
    if not found:
        raise Failed(f"There is no announcement “{named}”. `touchline announcements list` shows them.")
    return found[0]


def _title(one: Announcement) -> str:
    return one.wordings[0].title if one.wordings else "(nothing written yet)"


def _facts(one: Announcement, totals: announcing.Totals) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": _title(one),
        "author": one.author,
        "state": one.state,
        "must_acknowledge": one.must_acknowledge,
        "made_at": one.made_at,
        "ends_at": one.ends_at,
        "done": totals.done(one),
        "totals": asdict(totals),
    }


def _print(found: Results) -> None:
    one = found.announcement
    say(_title(one), style="bold")
    say(f"{one.id}  {one.state}  by {one.author}  ends {one.ends_at:%d %b %Y %H:%M} UTC")
    counts: Mapping[str, int] = asdict(found.totals)
    say(", ".join(f"{name} {count}" for name, count in counts.items()))
    if found.took is not None:
        say(f"Half of those who acknowledged it did so within {found.took.total_seconds() / 60:.0f} minutes.")
    if found.teams:
        table = Table("team", "people", "delivered", "opened", "acknowledged", box=None, header_style="bold")
        for team in found.teams:
            of = team.totals
            figures = map(str, (of.meant, of.delivered, of.opened, of.acknowledged))
            table.add_row(escape(team.name or "(no role)"), *figures)
        out.print(table)
    for question, result in zip(
        one.wordings[0].questions if one.wordings else (), found.questions, strict=True
    ):
        say(f"\n{question.text}")
        for at, option in enumerate(question.options):
            say(f"  {result.chosen[at]:>5}  {option}{'  (right)' * (at == result.right)}")
    behind = found.behind()
    if behind:
        more = f" and {len(behind) - MOST_NAMED} more" * (len(behind) > MOST_NAMED)
        say(f"\nNot done: {', '.join(person.name for person in behind[:MOST_NAMED])}{more}")
