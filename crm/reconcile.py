"""Compare what the org has with what it should have: touches row by row, deals by their stamps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from crm.client import Row, SalesforceClient
from crm.deals import moment
from crm.ids import sf_id
from crm.touches import (
    EXTERNAL_ID,
    LOOKUP,
    LOOKUP_FIELD,
    OBJECT,
    RELATIONSHIP,
    Link,
    Row as Expected,
    rows_of,
    unlinked,
)
from enablement.model import LetterState, Touch
from enablement.ports import Catalog, DealCheck, Ledger, Mirror, TouchCheck, Undeliverable

# So many are compared at once; more are never held.
PAGE = 1000
# Only references of this shape are put in order by every sorting rule alike.
_OURS = re.compile(r"[0-9a-f]{40}")
_FIELDS = (
    *("Opportunity__c", "Asset_Title__c", "Asset_Ref__c", "Asset_Version__c", "Kind__c", "Actor__c"),
    *("Actor_Name__c", "Recipient__c", "Channel__c", "Share_Ref__c", "Occurred_At__c"),
)
_DEALS = "SELECT Id, SystemModstamp FROM Opportunity"


class TouchComparison:
    """Walks through the org's touches and the ledger's side by side, in the order of their ids."""

    def __init__(
        self,
        client: SalesforceClient,
        *,
        catalog: Catalog,
        mirror: Mirror,
        ledger: Ledger,
        waiting: Mapping[str, LetterState],
        before: datetime,
        link: Link | None = None,
    ) -> None:
        self._client = client
        self._catalog, self._mirror, self._ledger = catalog, mirror, ledger
        self._waiting = waiting
        self._before = before
        # An org with an older package has no field to ask for.
        self._link = link
        self._found = TouchCheck()

    def run(self, *, since: datetime | None, begins: str) -> TouchCheck:
        """Compare touches since a moment, or all; `begins` takes only those whose id begins so."""
        since = since.replace(microsecond=0) if since else None
        theirs = self._theirs(since, begins)
        row = next(theirs, None)
        for page, last in self._ours(since, begins):
            beside: dict[str, Row] = {}
            while row is not None and (last is None or row[EXTERNAL_ID] <= last):
                beside[row[EXTERNAL_ID]] = row
                row = next(theirs, None)
            self._compare(page, beside)
        return self._found

    def _theirs(self, since: datetime | None, begins: str) -> Iterator[Row]:
        """Yield the org's rows whose reference could be ours; the others are known as extra at once."""
        asked = ([f"{EXTERNAL_ID} LIKE '{{begins:like}}%'"] if begins else []) + (
            ["Occurred_At__c >= {since}"] if since else []
        )
        where = f" WHERE {' AND '.join(asked)}" if asked else ""
        names = ", ".join((EXTERNAL_ID, *_FIELDS, *([LOOKUP] if self._link else [])))
        query = f"SELECT {names} FROM {OBJECT}{where} ORDER BY {EXTERNAL_ID}"  # noqa: S608 - names of ours
        for row in self._client.query(query, begins=begins, since=since):
            self._found.rows += 1
            if _OURS.fullmatch(row[EXTERNAL_ID]):
                yield row
            else:
                self._found.extra.append(row[EXTERNAL_ID])

    def _ours(self, since: datetime | None, begins: str) -> Iterator[tuple[list[Touch], str | None]]:
        """Yield pages of touches that the org should have, each with the last id that belongs to it, if any."""
        after: str | None = begins
        while after is not None:
            page = self._ledger.touches_for_crm(since=since, after=after, begins=begins, limit=PAGE)
            after = page[-1].id if len(page) == PAGE else None
            yield page, after

    def _compare(self, page: Sequence[Touch], beside: dict[str, Row]) -> None:
        found = self._found
        found.touches += len(page)
        expected = self._expected(page)
        for touch in page:
            row, theirs = expected[touch.id], beside.pop(touch.id, None)
            if touch.id in self._waiting or touch.occurred_at >= self._before or row is None:
                continue
            if theirs is None:
                found.missing.append(touch.id)
            elif wrong := _differing(row, theirs):
                found.changed[touch.id] = wrong
        if beside:
            self._explain(beside)

    def _explain(self, rows: Mapping[str, Row]) -> None:
        """Say of rows that were not looked for why they are there."""
        found = self._found
        # Those whose time was changed lie outside of what was looked for; so do those of a moment ago.
        known = self._ledger.touches_for_crm(since=None, after="", limit=len(rows), among=list(rows))
        expected = self._expected(known)
        taken_back = {one.touch_id for one in self._ledger.withdrawals(list(rows))}
        for ref, theirs in rows.items():
            row = expected.get(ref)
            if ref in self._waiting:
                continue
            if ref in taken_back:
                found.taken_back.append(ref)
            elif ref not in expected:
                found.extra.append(ref)
            elif row and (wrong := _differing(row, theirs)):
                found.changed[ref] = wrong

    def _expected(self, touches: Sequence[Touch]) -> dict[str, Expected | None]:
        """Return the rows that touches should have; None where it can't be said any more."""
        made = rows_of(
            touches,
            catalog=self._catalog,
            mirror=self._mirror,
            ledger=self._ledger,
            link=self._link or unlinked,
        )
        return {name: None if isinstance(row, Undeliverable) else row for name, row in made.items()}


def compare_deals(client: SalesforceClient, mirror: Mirror, *, since: datetime | None) -> DealCheck:
    """Say which deals the mirror has older than the org, or not at all; of all deals also those that are gone."""
    known = mirror.stamps()
    found = DealCheck(known=len(known))
    where = " WHERE SystemModstamp >= {since}" if since else ""
    for row in client.query(f"{_DEALS}{where}", since=since):
        found.there += 1
        deal_id = sf_id(row["Id"])
        kept = known.pop(deal_id, None)
        # What the mirror has may be newer: it also counts changes beside the deal itself.
        if kept is None or kept < moment(row["SystemModstamp"]):
            found.differing.append(deal_id)
    if since is None:
        found.gone.extend(known)
    return found


def _differing(expected: Expected, found: Row) -> tuple[str, ...]:
    wrong = tuple(name for name in _FIELDS if not _same(name, expected[name], found.get(name)))
    named = (found.get(RELATIONSHIP) or {}).get(EXTERNAL_ID)
    # What is not to be named may be named all the same: it was right when it was written.
    return (*wrong, LOOKUP_FIELD) if expected.get(LOOKUP, named) != named else wrong


def _same(name: str, expected: object, found: object) -> bool:
    if name == "Occurred_At__c":
        # The org keeps whole seconds.
        return bool(found) and abs((moment(str(found)) - moment(str(expected))).total_seconds()) < 1
    if isinstance(expected, str):
        return expected.strip() == str(found or "").strip()
    return (expected or None) == (found or None)
