"""Rows of touches go into the org and out of it again: some by collections, very many by a bulk job."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from crm.client import ROWS_A_CALL, SalesforceClient
from crm.ingest import upsert_many
from crm.touches import EXTERNAL_ID, OBJECT, Row, advised

T = TypeVar("T")
Written = dict[str, Exception | None]
# Up to here collections of 200 rows take hardly more calls than a bulk job, and answer at once.
BULK_FROM = 2000
# What a deletion says of a row that somebody else deleted meanwhile.
_GONE = ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND")
_BY_REF = f"SELECT Id, {EXTERNAL_ID} FROM {OBJECT} WHERE {EXTERNAL_ID} IN {{refs}}"  # noqa: S608 - names of ours


def write(client: SalesforceClient, rows: Sequence[Row]) -> Written:
    """Upsert rows; return by external id what was wrong, or None."""
    # Rows of one Opportunity side by side: each locks its parent.
    ready = sorted(rows, key=lambda row: str(row["Opportunity__c"]))
    if len(ready) > BULK_FROM:
        written = upsert_many(client, OBJECT, EXTERNAL_ID, ready)
    else:
        written = {}
        for some in chunks(ready):
            results = client.upsert(OBJECT, EXTERNAL_ID, some)
            written |= {
                str(row[EXTERNAL_ID]): result if isinstance(result, Exception) else None
                for row, result in zip(some, results, strict=True)
            }
    return {ref: advised(error) if error else None for ref, error in written.items()}


def delete(client: SalesforceClient, refs: Sequence[str]) -> Written:
    """Delete rows by external id; return for each what was wrong, or None, also when it is gone already."""
    deleted: Written = dict.fromkeys(refs)
    for some in chunks(refs):
        found = {row["Id"]: row[EXTERNAL_ID] for row in client.query(_BY_REF, refs=list(some))}
        results = client.delete(list(found)) if found else []
        for ref, result in zip(found.values(), results, strict=True):
            if isinstance(result, Exception) and not str(result).startswith(_GONE):
                deleted[ref] = advised(result)
    return deleted


def chunks(all_of_them: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield as many at once as one call takes."""
    for start in range(0, len(all_of_them), ROWS_A_CALL):
        yield all_of_them[start : start + ROWS_A_CALL]
