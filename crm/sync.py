"""Bring the mirror up to date: everything at first, then what changed since, with an overlap for late commits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from crm.client import Row, SalesforceClient
from crm.deals import ROLES, STAGES, USERS, deals_query, moment, to_role, to_stages, to_user
from crm.load import load
from crm.mapping import FieldMap
from crm.refresh import DEALS_AT_ONCE, Reader
from enablement.model import key
from enablement.ports import Mirror, Progress

# A transaction may commit minutes after the stamp that it bears.
OVERLAP = timedelta(minutes=10)
# From so many deals on whole tables take fewer calls.
TABLES_FROM = 2_000
# When the last whole sweep began, by Salesforce's own clock. The newest stamp would not do: when nothing happens for
# days, what happened just before would be read again and again.
WATERMARK = "deals"
# SOQL knows no less.
_SECOND = timedelta(seconds=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Source:
    """Where Salesforce shows that something about a deal changed: rows with the deal's id and a stamp."""

    name: str
    soql: str
    deal: str = "OpportunityId"
    stamp: str = "SystemModstamp"
    # What is in the recycle bin is a change, too.
    deleted: bool = False


# The stamp of an Opportunity stays as it is when its account, team or contacts change.
_DEALS = _Source("", "SELECT Id, SystemModstamp FROM Opportunity", deal="Id", deleted=True)
_ROUND_ABOUT = (
    _Source(
        "accounts",
        "SELECT Id, Account.SystemModstamp FROM Opportunity",
        deal="Id",
        stamp="Account.SystemModstamp",
    ),
    _Source("roles", "SELECT OpportunityId, SystemModstamp FROM OpportunityContactRole", deleted=True),
    _Source(
        "contacts",
        "SELECT OpportunityId, Contact.SystemModstamp FROM OpportunityContactRole",
        stamp="Contact.SystemModstamp",
    ),
)
_TEAM = _Source("team", "SELECT OpportunityId, SystemModstamp FROM OpportunityTeamMember", deleted=True)


def sync(
    reader: Reader, *, full: bool, until: datetime | None = None, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Read people, roles, stages and changed deals into the mirror; return how many rows of each were read.

    A sweep that ends early (by `until`, or killed) goes on where it was. Raises TryLater.
    """
    mirror, client = reader.mirror, reader.client
    fields = reader.fields.now()
    counts = _people_and_process(reader, fields)
    begun_at = client.org_time()
    round_about = {
        f"{WATERMARK}:{one.name}": one for one in (*_ROUND_ABOUT, *([_TEAM] if fields.team else []))
    }
    for mark in round_about:
        # What was before the first sweep comes along with the deals.
        _advance(mirror, mark, mirror.watermark(mark) or begun_at)
    since = None if full else _known_until(reader, fields)
    if mirror.watermark(WATERMARK) is None:
        # The first time everything is new: what nobody asked about yet is worked out when somebody does.
        reader = replace(reader, work=None)
    expected = client.count("Opportunity") if since is None and until is None else 0
    if expected >= TABLES_FROM:
        found = reader.fields.reading(lambda left: load(reader, left, expected=expected, progress=progress))
        _set_known(reader, begun_at)
        return {**counts, "deals": found}
    sweep = _Sweep(reader, begun_at, until, progress, set())
    try:
        _set_known(reader, sweep.over(_DEALS, _mark(fields), since))
        for mark, source in round_about.items():
            _advance(mirror, mark, sweep.over(source, mark, mirror.watermark(mark)))
    except _TimeIsUp:
        pass
    return {**counts, "deals": len(sweep.seen)}


class _TimeIsUp(Exception):
    """The sweep goes on another time."""


@dataclass(frozen=True)
class _Sweep:
    """One pass over what changed; `seen` gathers the deals that were read."""

    reader: Reader
    begun_at: datetime | None
    until: datetime | None
    progress: Progress
    seen: set[str]

    def over(self, source: _Source, mark: str, since: datetime | None) -> datetime | None:
        """Read anew the deals that a source names, from a moment on or where the last sweep broke off.

        Returns when the sweep began, by the org's clock; raises _TimeIsUp.
        """
        mirror, place, beginning = self.reader.mirror, f"{mark}:at", f"{mark}:begun"
        start, begun_at = since and since - OVERLAP, self.begun_at
        if (unfinished := mirror.watermark(place) or _NEVER) > _NEVER:
            start, begun_at = unfinished, mirror.watermark(beginning)
        for rows in _batches(_changed(self.reader.client, source, start)):
            self.seen.update(self.reader.refresh([row[source.deal] for row in rows]))
            self.progress(len(self.seen), 0)
            reached = _stamp(rows[-1], source)
            if begun_at:
                mirror.set_watermark(beginning, begun_at)
                mirror.set_watermark(place, reached)
            # Thousands may bear one second: who ended among them would begin at their first again and again.
            came_further = start is None or reached - start >= _SECOND
            if self.until and self.reader.clock() >= self.until and came_further:
                raise _TimeIsUp
        if mirror.watermark(place):
            mirror.set_watermark(place, _NEVER)
        return begun_at


def _people_and_process(reader: Reader, fields: FieldMap) -> dict[str, int]:
    users = [to_user(row) for row in reader.client.query(USERS)]
    roles = [to_role(row) for row in reader.client.query(ROLES)]
    stages = to_stages(reader.client.query(STAGES), fields)
    reader.mirror.store(users=users, roles=roles, stages=stages)
    return {"people": len(users), "roles": len(roles)}


def _mark(fields: FieldMap) -> str:
    """Return the name of the watermark of deals read with just these fields.

    With other fields everything is read anew; when a field is back that was gone, all since it went.
    """
    return f"{WATERMARK}:{key(deals_query(fields))[:12]}"


def _known_until(reader: Reader, fields: FieldMap) -> datetime | None:
    known = reader.mirror.watermark(_mark(fields))
    # With a field gone there is nothing to be learned from reading everything again.
    return known if known or reader.fields.is_whole else reader.mirror.watermark(WATERMARK)


def _set_known(reader: Reader, at: datetime | None) -> None:
    """Say until when deals are known: with the fields that are there at the end."""
    for mark in (WATERMARK, _mark(reader.fields.now())):
        _advance(reader.mirror, mark, at)


def _advance(mirror: Mirror, mark: str, at: datetime | None) -> None:
    known = mirror.watermark(mark)
    if at and (known is None or known < at):
        mirror.set_watermark(mark, at)


def _changed(client: SalesforceClient, source: _Source, start: datetime | None) -> Iterator[Row]:
    order = f"ORDER BY {source.stamp}, Id"
    if start is None:
        return client.query(f"{source.soql} {order}", deleted=source.deleted)
    where = f"WHERE {source.stamp} >= {{start}}"
    return client.query(f"{source.soql} {where} {order}", deleted=source.deleted, start=start)


def _stamp(row: Row, source: _Source) -> datetime:
    parent, _, name = source.stamp.rpartition(".")
    return moment((row[parent] if parent else row)[name])


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, DEALS_AT_ONCE)):
        yield some
