"""`touchline nudges`: what people were told unasked, and how welcome it was."""

import json
from dataclasses import asdict

from rich.table import Table

from enablement.nudging import is_unwelcome, measures
from terminal import AsJson, open_services, out


def show_nudges(as_json: AsJson = False) -> None:
    """Show of each kind of nudge in the last 90 days how many were sent, opened, shared from, put off, unwanted."""
    services = open_services(doors=False)
    found = measures(services, now=services.clock())
    if as_json:
        print(json.dumps([{**asdict(one), "is_unwelcome": is_unwelcome(one)} for one in found]))
        return
    names = ("sent", "opened", "shared", "snoozed", "muted", "dropped", "waiting")
    table = Table("kind", *names, "", box=None, header_style="bold")
    for one in found:
        note = "more than a third do not want it" if is_unwelcome(one) else ""
        table.add_row(one.kind, *(str(getattr(one, name)) for name in names), note)
    out.print(table if found else "Nobody was told anything yet.")
