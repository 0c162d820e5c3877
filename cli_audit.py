"""`touchline audit`: who did what."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from terminal import AsJson, Failed, open_services, out

MOST = 1000


def show_audit(
    since: Annotated[str, typer.Option(help="A day or moment, such as 2026-11-01.")] = "",
    person: Annotated[
        str, typer.Option(help="An e-mail or a member ID: what they did, or was done to them.")
    ] = "",
    limit: Annotated[int, typer.Option(help=f"How many at most, up to {MOST}.", min=1, max=MOST)] = 100,
    as_json: AsJson = False,
) -> None:
    """Show who published, approved, announced, changed roles or links, forgot, and decided what; newest first."""
    audits = open_services(doors=False).journal.audits(limit=limit, since=_moment(since), person=person)
    if as_json:
        print(json.dumps([asdict(one) for one in audits], default=str, ensure_ascii=False))
        return
    table = Table("when (UTC)", "who", "what", "of", "", box=None, header_style="bold")
    for one in audits:
        row = (f"{one.at:%Y-%m-%d %H:%M}", one.email or "–", one.action, one.subject, one.detail)
        table.add_row(*map(escape, row))
    out.print(table if audits else "Nothing is noted.")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(
            f"--since: “{text}” is not a day or moment such as 2026-11-01 or 2026-11-01T14:00Z."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
