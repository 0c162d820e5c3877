"""The org's copies of what fits each deal: a row a rank, absolute, so that writing twice is the same as once."""

from collections.abc import Iterable, Mapping, Sequence

from crm.asset_copies import AssetCopies, is_about_asset
from crm.assets import digest
from crm.client import SalesforceClient
from crm.plugin import Plugin
from crm.suggestions import OBJECT, compared, ref, to_rows
from crm.touches import EXTERNAL_ID, LOOKUP, Row
from crm.writing import GONE, Written, delete
from enablement.model import Copy, Recommended
from enablement.ports import Catalog, Copies, TryLater

_NOTHING = Copy(digest([]), rows=0)


class SuggestionCopies:
    """Writes the suggestions of deals whose rows would differ from those that were written last."""

    def __init__(
        self,
        client: SalesforceClient,
        plugin: Plugin,
        *,
        assets: AssetCopies,
        copies: Copies,
        catalog: Catalog,
    ) -> None:
        self._client = client
        self._plugin = plugin
        self._assets = assets
        self._copies = copies
        self._catalog = catalog

    def stale(self, shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        """Return for which deals the org was told otherwise; it is not asked."""
        return list(self._news({deal: to_rows(some) for deal, some in shown.items()}))

    def write(self, shown: Mapping[str, Sequence[Recommended]]) -> Written:
        """Make these the suggestions of deals; return for each deal what was wrong, or None; raises TryLater."""
        well: Written = dict.fromkeys(shown)
        if self._plugin.lacks(OBJECT):
            return well
        news = self._news({deal: to_rows(some) for deal, some in shown.items()})
        if not news:
            return well
        told = self._copies.told("suggestions", news)
        # Before the rows: whoever is killed while writing leaves word of how many there may be.
        most = {deal: max(told.get(deal, _NOTHING).rows, len(rows)) for deal, rows in news.items()}
        self._copies.keep("suggestions", {deal: Copy("", rows) for deal, rows in most.items()})
        self._assets.ensured(
            self._catalog.assets({str(row[LOOKUP]) for rows in news.values() for row in rows})
        )
        outcome = self._put(news, most)
        done = {
            deal: Copy(digest(compared(rows)), len(rows)) for deal, rows in news.items() if not outcome[deal]
        }
        self._copies.keep("suggestions", done)
        return well | outcome

    def _put(self, news: Mapping[str, Sequence[Row]], most: Mapping[str, int]) -> Written:
        """Write the rows of deals and delete those of the ranks behind; return for each deal what was wrong."""
        surplus = {
            deal: [ref(deal, rank) for rank in range(len(rows) + 1, most[deal] + 1)]
            for deal, rows in news.items()
        }
        rows = [row for some in news.values() for row in some]
        written = self._assets.write_naming(OBJECT, rows, in_the_end=lambda _: None) if rows else {}
        written |= delete(self._client, [one for refs in surplus.values() for one in refs], OBJECT)
        return {
            deal: _first(written[name] for name in (*(str(row[EXTERNAL_ID]) for row in some), *surplus[deal]))
            for deal, some in news.items()
        }

    def _news(self, rows: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
        told = self._copies.told("suggestions", rows)
        return {
            deal: some
            for deal, some in rows.items()
            if told.get(deal, _NOTHING) != Copy(digest(compared(some)), len(some))
        }


def _first(errors: Iterable[Exception | None]) -> Exception | None:
    """Return what was wrong with the rows of a deal; that the deal itself is gone needs nobody."""
    found = next((error for error in errors if error), None)
    if found and str(found).startswith(GONE):
        return None
    if found and is_about_asset(found):
        # The asset waits to be written too, or a person is told of it.
        return TryLater(str(found))
    return found
