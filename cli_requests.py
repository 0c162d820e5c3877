"""`touchline library requests` and `not-useful`: what people miss, and what they say of what is there."""

import json
from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from enablement.feedback import complaints
from enablement.requests import listed_for
from enablement.wording import feedback_reasons, wanted_facts
from terminal import AsJson, open_services, out

MOST_REQUESTS = 200


def requests(as_json: AsJson = False) -> None:
    """List what people requested because nothing fitted: newest first, with how many wait for it."""
    services = open_services(doors=False)
    some = services.requests.recent(limit=MOST_REQUESTS)
    rows = [
        {
            "id": one.request.id,
            "words": one.request.words,
            "state": one.request.state,
            "waiting": one.askers,
            "facts": wanted_facts(one.request),
            "asset": one.asset.title if one.asset else None,
            "note": one.request.note,
            "since": one.request.made_at.isoformat(),
        }
        for one in listed_for(None, some, services)
    ]
    _print_rows(
        rows, ("words", "state", "waiting", "facts", "asset"), "Nothing was requested.", as_json=as_json
    )


def not_useful(as_json: AsJson = False) -> None:
    """List what people found not useful within 90 days, and why."""
    services = open_services(doors=False)
    rows = [
        {
            "asset": one.asset.title,
            "reason": feedback_reasons()[one.reason],
            "people": one.people,
            "words": list(one.words),
        }
        for one in complaints(services, now=services.clock())
    ]
    _print_rows(
        rows, ("asset", "reason", "people"), "Nobody said why something is not useful.", as_json=as_json
    )


def _print_rows(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], nothing: str, *, as_json: bool
) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        out.print(nothing)
        return
    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(str(row[name] or "")) for name in columns))
    out.print(table)
