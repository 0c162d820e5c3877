"""What each user has looked at."""

from collections.abc import Iterable
from typing import Any

from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Store

_MOST_KEPT = 200
_COLUMNS = {"VIEW": ("LastViewedDate", "LastReferencedDate"), "REFERENCE": ("LastReferencedDate",)}
_TOO_OLD = """
    SELECT Id FROM RecentlyViewed WHERE ViewerId = ? AND Type = ?
    ORDER BY LastViewedDate DESC NULLS LAST, seq DESC LIMIT -1 OFFSET ?"""


def see(
    store: Store, record_ids: Iterable[str], sobject: SObject, user_id: str, *, at: str, kind: str
) -> None:
    """Note that a user looked at rows (VIEW) or at something about them (REFERENCE)."""
    recent = store.schema.get("RecentlyViewed")
    with store.transaction():
        for record_id in record_ids:
            record = store.read(sobject, record_id)
            if record is None:
                continue
            before = _before(store, record_id, user_id)
            store.erase(recent, record_id, viewer_id=user_id)
            row = {"Id": record_id, "Name": record[sobject.name_field], "Type": sobject.name}
            store.insert(recent, {**row, **before, **dict.fromkeys(_COLUMNS[kind], at), "ViewerId": user_id})
        for (too_old,) in store.select(_TOO_OLD, [user_id, sobject.name, _MOST_KEPT]):
            store.erase(recent, too_old, viewer_id=user_id)


def _before(store: Store, record_id: str, user_id: str) -> dict[str, Any]:
    found = store.select(
        "SELECT LastViewedDate, LastReferencedDate FROM RecentlyViewed WHERE ViewerId = ? AND Id = ?",
        [user_id, record_id],
    )
    return dict(zip(("LastViewedDate", "LastReferencedDate"), found[0], strict=True)) if found else {}
