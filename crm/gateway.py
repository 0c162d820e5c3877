"""Salesforce as the product needs it: who may read a deal, deals in, touches out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from crm import touches as rows, writing
from crm.asset_copies import AssetCopies
from crm.client import Row, SalesforceClient
from crm.copies_check import compare_copies
from crm.fields import Alert, Mended, OrgFields, log_alert, log_mended
from crm.files import SalesforceFiles
from crm.ids import sf_id
from crm.links import deal_at
from crm.mapping import FieldMap
from crm.opportunity_fields import write_summaries
from crm.people import users_in
from crm.plugin import Plugin
from crm.reconcile import TouchComparison, compare_deals
from crm.refresh import Reader
from crm.suggestion_copies import SuggestionCopies
from crm.sync import sync
from enablement.model import Asset, CopyKind, DealSummary, LetterState, Recommended, Touch
from enablement.ports import (
    Catalog,
    Clock,
    Copies,
    CopyCheck,
    DealCheck,
    Ledger,
    Mirror,
    Progress,
    TouchCheck,
    Undeliverable,
    WorkAfter,
)

# People are waiting for this answer; no answer means no.
ACCESS_TIMEOUT_S = 5
RECORDS_A_QUESTION = 200
_READABLE = (
    "SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = {user} AND RecordId IN {records}"
)


class SalesforceCrm:
    """The `Crm` port over one org.

    `work` is what changes of deals cause; `alert` and `mended` hear of mapped fields that go and come.
    """

    def __init__(
        self,
        client: SalesforceClient,
        fields: FieldMap,
        *,
        catalog: Catalog,
        mirror: Mirror,
        ledger: Ledger,
        copies: Copies,
        libraries: Sequence[str] = (),
        work: WorkAfter | None = None,
        clock: Clock,
        alert: Alert = log_alert,
        mended: Mended = log_mended,
    ) -> None:
        self._client = client
        org_fields = OrgFields(client, fields, alert=alert, mended=mended)
        self._reader = Reader(client, org_fields, mirror, clock, work)
        self._catalog = catalog
        self._mirror = mirror
        self._ledger = ledger
        self._libraries = libraries
        self._copies = copies
        self._plugin = Plugin(client, is_known=lambda: bool(copies.told("followed")))
        self._assets = AssetCopies(client, self._plugin, copies=copies, catalog=catalog, clock=clock)
        self._suggestions = SuggestionCopies(
            client, self._plugin, assets=self._assets, copies=copies, catalog=catalog
        )

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        records = [sf_id(deal_id) for deal_id in deal_ids]
        parts = (
            records[start : start + RECORDS_A_QUESTION]
            for start in range(0, len(records), RECORDS_A_QUESTION)
        )
        found = (row for part in parts for row in self._access(sf_id(user_id), part))
        return frozenset(sf_id(row["RecordId"]) for row in found if row["HasReadAccess"] is True)

    def _access(self, user: str, records: Sequence[str]) -> Iterator[Row]:
        # Somebody waits: this is asked even when the rest must save calls.
        return self._client.query(
            _READABLE, user=user, records=records, timeout=ACCESS_TIMEOUT_S, urgent=True
        )

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        made = rows.rows_of(
            touches,
            catalog=self._catalog,
            mirror=self._mirror,
            ledger=self._ledger,
            link=self._assets.ensured if touches and self._plugin.links_touches() else rows.unlinked,
        )
        refused = {name: row for name, row in made.items() if isinstance(row, Undeliverable)}
        ready = [row for row in made.values() if not isinstance(row, Undeliverable)]
        # That an asset can't be named keeps no touch from managers: the comparison names it later.
        written = self._assets.write_naming(rows.OBJECT, ready, in_the_end=rows.without_asset)
        return {**refused, **written}

    def withdraw_touches(self, ids: Sequence[str]) -> dict[str, Exception | None]:
        return writing.delete(self._client, ids)

    def check_touches(
        self, *, since: datetime | None, begins: str, waiting: Mapping[str, LetterState], before: datetime
    ) -> TouchCheck:
        comparison = TouchComparison(
            self._client,
            catalog=self._catalog,
            mirror=self._mirror,
            ledger=self._ledger,
            waiting=waiting,
            before=before,
            link=self._assets.linked if self._plugin.links_touches() else None,
        )
        return comparison.run(since=since, begins=begins)

    def check_deals(self, *, since: datetime | None) -> DealCheck:
        return compare_deals(self._client, self._mirror, since=since)

    def copied(self) -> frozenset[CopyKind]:
        return self._plugin.copied()

    def stale_assets(self, assets: Sequence[Asset], *, on: date) -> list[str]:
        return self._assets.stale(assets, on=on)

    def write_assets(self, assets: Sequence[Asset], *, on: date) -> dict[str, Exception | None]:
        return self._assets.write(assets, on=on)

    def stale_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        return self._suggestions.stale(shown)

    def write_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> dict[str, Exception | None]:
        return self._suggestions.write(shown)

    def check_copies(self, *, on: date, waiting: Collection[str]) -> CopyCheck:
        expected = self._assets.rows(self._catalog.assets(), on=on)
        told = self._copies.told("suggestions")
        return compare_copies(
            self._client,
            self.copied(),
            assets=expected,
            suggestions=told,
            mirror=self._mirror,
            waiting=waiting,
        )

    def write_summaries(self, summaries: Sequence[DealSummary]) -> dict[str, Exception | None]:
        named = self._catalog.assets({one.top_asset_id for one in summaries if one.top_asset_id})
        return write_summaries(self._client, summaries, {asset.id: asset.title for asset in named})

    def deal_at(self, url: str) -> str:
        return deal_at(url, self._client.url)

    def written(self, touch_id: str) -> tuple[str, str] | None:
        """Return (record id, Opportunity id) of a touch in Salesforce, or None when it is not there."""
        query = f"SELECT Id, Opportunity__c FROM {rows.OBJECT} WHERE {rows.EXTERNAL_ID} = {{ref}}"  # noqa: S608 - names of ours
        row = next(iter(self._client.query(query, ref=touch_id)), None)
        return (row["Id"], row["Opportunity__c"]) if row else None

    def sync(
        self, *, full: bool, until: datetime | None = None, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        return sync(self._reader, full=full, until=until, progress=progress)

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        return self._reader.refresh(deal_ids)

    def users_in(self, *, profile: str = "", permission_set: str = "") -> list[str]:
        return users_in(self._client, profile=profile, permission_set=permission_set)

    def files(self) -> SalesforceFiles | None:
        return SalesforceFiles(self._client, self._libraries) if self._libraries else None
