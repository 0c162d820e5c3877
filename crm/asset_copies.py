"""The org's copies of assets, and the rows that name one: what they name is written before them."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from crm import assets as asset_rows
from crm.assets import OBJECT, digest
from crm.client import SalesforceClient
from crm.plugin import Plugin
from crm.touches import EXTERNAL_ID, LOOKUP, Row
from crm.writing import Written, write
from enablement.model import Asset, Copy
from enablement.ports import Catalog, Clock, Copies, TryLater, Undeliverable

log = logging.getLogger(__name__)
# What the org says to the second of two who write a new row in the same moment.
_AT_ONCE = "DUPLICATE_VALUE"
# How it says that no row has that external id; the other names what it lacks or hides.
_NOT_THERE, _HIDDEN = "Foreign key external ID", "Content_Asset__"


class AssetCopies:
    """Writes assets whose row would differ from the one that was written last."""

    def __init__(
        self, client: SalesforceClient, plugin: Plugin, *, copies: Copies, catalog: Catalog, clock: Clock
    ) -> None:
        self._client = client
        self._plugin = plugin
        self._copies = copies
        self._catalog = catalog
        self._clock = clock
        self._lock = threading.Lock()

    def rows(self, assets: Sequence[Asset], *, on: date) -> dict[str, Row]:
        """Return by id the rows that the org should have: of what is shown, and of what it was told of before."""
        told = self._copies.told("asset", [one.id for one in assets])
        return {
            one.id: asset_rows.to_row(one, on=on)
            for one in assets
            if one.id in told or asset_rows.is_shown(one, on=on)
        }

    def stale(self, assets: Sequence[Asset], *, on: date) -> list[str]:
        """Return which of these the org was told otherwise; it is not asked."""
        return list(self._news(self.rows(assets, on=on)))

    def write(self, assets: Sequence[Asset], *, on: date) -> Written:
        """Write what differs; return for each asset what was wrong, or None; raises TryLater, Undeliverable."""
        if self._plugin.lacks(OBJECT):
            return dict.fromkeys(one.id for one in assets)
        return dict.fromkeys(one.id for one in assets) | self._put(self._news(self.rows(assets, on=on)))

    def linked(self, assets: Sequence[Asset]) -> frozenset[str]:
        """Return which of these a row of the org may name: those that it has, and those that it never heard of."""
        has, new = self._standing(assets)
        return has.union(one.id for one in new)

    def ensured(self, assets: Sequence[Asset]) -> frozenset[str]:
        """Write those that rows may name and the org never heard of; return which it then has, as far as is known."""
        has, new = self._standing(assets)
        if not new:
            return has
        # Many threads come with touches of one new asset: one of them writes it.
        with self._lock:
            self._write_those(self._standing(assets)[1])
        return self._standing(assets)[0]

    def write_naming(
        self, name: str, rows: Sequence[Row], *, in_the_end: Callable[[Row], Row | None]
    ) -> Written:
        """Write rows that may name an asset; where the org has lost that, it is written again, and they once more.

        `in_the_end` makes of a row that is refused for its asset even then the one to write, or None.
        """
        written = write(self._client, name, rows)
        refused = _refused(rows, written)
        if not refused:
            return written
        if any(_NOT_THERE not in str(written[str(row[EXTERNAL_ID])]) for row in refused):
            self._plugin.doubt()
        else:
            self._write_those(self._catalog.assets({str(row[LOOKUP]) for row in refused}))
            written |= write(self._client, name, refused)
        last = [in_the_end(row) for row in _refused(refused, written)]
        return written | write(self._client, name, [row for row in last if row])

    def _standing(self, assets: Sequence[Asset]) -> tuple[frozenset[str], list[Asset]]:
        """Return which of these the org has, and those that it never heard of and may be told of."""
        if self._plugin.lacks(OBJECT):
            return frozenset(), []
        told, on = self._copies.told("asset", [one.id for one in assets]), self._clock().date()
        # What the org refused is not named until it was taken.
        has = frozenset(name for name, copy in told.items() if copy.digest)
        return has, [one for one in assets if one.id not in told and asset_rows.is_nameable(one, on=on)]

    def _write_those(self, assets: Iterable[Asset]) -> None:
        """Write assets for the rows that name them, whatever was told of them before and whatever comes of it."""
        on = self._clock().date()
        try:
            self._put({one.id: asset_rows.to_row(one, on=on) for one in assets})
        except Undeliverable:
            self._plugin.doubt()
        except TryLater as error:
            # Where the org is away, so it is for the rows that follow.
            log.warning("assets are not named: they could not be written (%s)", error)

    def _news(self, rows: dict[str, Row]) -> dict[str, Row]:
        told = self._copies.told("asset", rows)
        return {name: row for name, row in rows.items() if told.get(name) != Copy(digest(row))}

    def _put(self, rows: dict[str, Row]) -> Written:
        written = {
            name: TryLater(str(error)) if str(error).startswith(_AT_ONCE) else error
            for name, error in (write(self._client, OBJECT, list(rows.values())) if rows else {}).items()
        }
        kept = {
            name: Copy("" if error else digest(rows[name]))
            for name, error in written.items()
            if error is None or isinstance(error, Undeliverable)
        }
        if kept:
            self._copies.keep("asset", kept)
        return written


def is_about_asset(error: Exception | None) -> bool:
    """Say whether the org refused a row for the asset that it names."""
    return isinstance(error, Undeliverable) and any(sign in str(error) for sign in (_NOT_THERE, _HIDDEN))


def _refused(rows: Sequence[Row], written: Written) -> list[Row]:
    """Return the rows that the org refused for the asset that they name."""
    return [row for row in rows if LOOKUP in row and is_about_asset(written[str(row[EXTERNAL_ID])])]
