"""Salesforce as the product needs it: who may read a deal, deals in, touches out."""

from collections.abc import Sequence

from crm import touches as rows
from crm.client import ROWS_A_CALL, SalesforceClient
from crm.files import SalesforceFiles
from crm.ids import sf_id
from crm.mapping import FieldMap
from crm.sync import sync
from enablement.model import Touch
from enablement.ports import Catalog, Ledger, Mirror, Undeliverable

# People are waiting for this answer; no answer means no.
ACCESS_TIMEOUT_S = 5
_READABLE = (
    "SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = {user} AND RecordId IN {records}"
)


class SalesforceCrm:
    """The `Crm` port over one org."""

    def __init__(
        self,
        client: SalesforceClient,
        fields: FieldMap,
        *,
        catalog: Catalog,
        mirror: Mirror,
        ledger: Ledger,
        libraries: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._fields = fields
        self._catalog = catalog
        self._mirror = mirror
        self._ledger = ledger
        self._libraries = libraries

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        records = [sf_id(deal_id) for deal_id in deal_ids]
        if not records:
            return frozenset()
        found = self._client.query(_READABLE, user=sf_id(user_id), records=records, timeout=ACCESS_TIMEOUT_S)
        return frozenset(sf_id(row["RecordId"]) for row in found if row["HasReadAccess"])

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        outcome: dict[str, Exception | None] = {}
        ready: list[tuple[str, dict[str, rows.Cell]]] = []
        for touch in touches:
            try:
                row = rows.row_of(touch, catalog=self._catalog, mirror=self._mirror, ledger=self._ledger)
            except Undeliverable as error:
                outcome[touch.id] = error
            else:
                ready.append((touch.id, row))
        # Rows of one Opportunity side by side: each locks its parent.
        ready.sort(key=lambda pair: str(pair[1]["Opportunity__c"]))
        for start in range(0, len(ready), ROWS_A_CALL):
            some = ready[start : start + ROWS_A_CALL]
            results = self._client.upsert(rows.OBJECT, rows.EXTERNAL_ID, [row for _, row in some])
            for (touch_id, _), result in zip(some, results, strict=True):
                outcome[touch_id] = result if isinstance(result, Exception) else None
        return outcome

    def written(self, touch_id: str) -> tuple[str, str] | None:
        """Return (record id, Opportunity id) of a touch in Salesforce, or None when it is not there."""
        query = f"SELECT Id, Opportunity__c FROM {rows.OBJECT} WHERE {rows.EXTERNAL_ID} = {{ref}}"  # noqa: S608 - names of ours
        row = next(iter(self._client.query(query, ref=touch_id)), None)
        return (row["Id"], row["Opportunity__c"]) if row else None

    def sync(self, *, full: bool) -> dict[str, int]:
        return sync(self._client, self._fields, self._mirror, full=full)

    def files(self) -> SalesforceFiles | None:
        return SalesforceFiles(self._client, self._libraries) if self._libraries else None
