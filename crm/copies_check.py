"""Compare the org's copies of assets and suggestions with what it should have."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from crm import assets as asset_rows, suggestions as suggestion_rows
from crm.client import Row, SalesforceClient
from crm.ids import NotAnId, sf_id
from crm.touches import EXTERNAL_ID, LOOKUP_FIELD, Row as Expected
from enablement.model import Copy, CopyKind
from enablement.ports import CopyCheck, Mirror

_ASSETS = f"SELECT {', '.join(asset_rows.FIELDS)} FROM {asset_rows.OBJECT}"  # noqa: S608 - names of ours
_SUGGESTIONS = f"SELECT {EXTERNAL_ID}, {LOOKUP_FIELD} FROM {suggestion_rows.OBJECT}"  # noqa: S608 - names of ours


def compare_copies(
    client: SalesforceClient,
    copied: Collection[CopyKind],
    *,
    assets: Mapping[str, Expected],
    suggestions: Mapping[str, Copy],
    mirror: Mirror,
    waiting: Collection[str],
) -> CopyCheck:
    """Say which assets and which deals' suggestions differ, of those that do not wait; raises TryLater."""
    found = CopyCheck()
    if "asset" in copied:
        _compare_assets(client, assets, waiting, found)
    if "suggestions" in copied:
        _compare_suggestions(client, suggestions, mirror, waiting, found)
    return found


def _compare_assets(
    client: SalesforceClient, expected: Mapping[str, Expected], waiting: Collection[str], found: CopyCheck
) -> None:
    found.assets = len(expected)
    left = dict(expected)
    for theirs in client.query(_ASSETS):
        found.assets_there += 1
        row = left.pop(theirs[EXTERNAL_ID], None)
        if row is None:
            found.extra.append(theirs[EXTERNAL_ID])
        elif row[EXTERNAL_ID] not in waiting and (wrong := _differing(row, theirs)):
            found.changed[theirs[EXTERNAL_ID]] = wrong
    found.missing += [name for name in left if name not in waiting]


def _compare_suggestions(
    client: SalesforceClient,
    told: Mapping[str, Copy],
    mirror: Mirror,
    waiting: Collection[str],
    found: CopyCheck,
) -> None:
    found.suggestions = sum(copy.rows for copy in told.values())
    ranks: dict[str, set[str]] = defaultdict(set)
    for row in client.query(_SUGGESTIONS):
        found.suggestions_there += 1
        deal_id, _, rank = row[EXTERNAL_ID].rpartition("-")
        # One whose asset was deleted shows nothing.
        ranks[deal_id].add(rank if row[LOOKUP_FIELD] else f"{rank} of nothing")
    differing = [
        deal_id
        for deal_id in told.keys() | ranks.keys()
        if ranks.get(deal_id, set()) != {str(rank + 1) for rank in range(_rows(told.get(deal_id)))}
    ]
    known = {deal.id for deal in mirror.deals([one for one in differing if _is_id(one)])}
    found.deals += sorted(known.difference(waiting))


def _rows(copy: Copy | None) -> int:
    return copy.rows if copy else 0


def _is_id(text: str) -> bool:
    try:
        return sf_id(text) == text
    except NotAnId:
        return False


def _differing(expected: Expected, theirs: Row) -> tuple[str, ...]:
    return tuple(name for name, cell in expected.items() if not _same(cell, theirs.get(name)))


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, str):
        return expected.strip() == str(found or "").strip()
    return (expected or None) == (found or None)
