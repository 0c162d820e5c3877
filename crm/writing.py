"""Rows go into the org and out of it again: some by collections, very many by a bulk job."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from crm.client import ROWS_A_CALL, SalesforceClient, UnknownField
from crm.ingest import upsert_many
from crm.touches import EXTERNAL_ID, OBJECT, Row, advised

T = TypeVar("T")
Written = dict[str, Exception | None]
# Up to here collections of 200 rows take hardly more calls than a bulk job, and answer at once.
BULK_FROM = 2000
# What a deletion says of a row that somebody else deleted meanwhile.
GONE = ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND")


def write(client: SalesforceClient, name: str, rows: Sequence[Row]) -> Written:
    """Upsert rows; return by external id what was wrong, or None."""
    # Rows of one Opportunity side by side: each locks its parent.
    ready = sorted(rows, key=lambda row: str(row.get("Opportunity__c", "")))
    if len(ready) > BULK_FROM:
        try:
            written = upsert_many(client, name, EXTERNAL_ID, ready)
        except UnknownField as error:
            written = {str(row[EXTERNAL_ID]): error for row in ready}
    else:
        written = {}
        for some in chunks(ready):
            results = _upserted(client, name, some)
            written |= {
                str(row[EXTERNAL_ID]): result if isinstance(result, Exception) else None
                for row, result in zip(some, results, strict=True)
            }
    return {ref: advised(error) if error else None for ref, error in written.items()}


def delete(client: SalesforceClient, refs: Sequence[str], name: str = OBJECT) -> Written:
    """Delete rows by external id; return for each what was wrong, or None, also when it is gone already."""
    deleted: Written = dict.fromkeys(refs)
    query = f"SELECT Id, {EXTERNAL_ID} FROM {name} WHERE {EXTERNAL_ID} IN {{refs}}"  # noqa: S608 - names of ours
    for some in chunks(refs):
        found = {row["Id"]: row[EXTERNAL_ID] for row in client.query(query, refs=list(some))}
        results = client.delete(list(found)) if found else []
        for ref, result in zip(found.values(), results, strict=True):
            if isinstance(result, Exception) and not str(result).startswith(GONE):
                deleted[ref] = advised(result)
    return deleted


def chunks(all_of_them: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield as many at once as one call takes."""
    for start in range(0, len(all_of_them), ROWS_A_CALL):
        yield all_of_them[start : start + ROWS_A_CALL]


def _upserted(client: SalesforceClient, name: str, rows: Sequence[Row]) -> Sequence[Exception | str]:
    try:
        return client.upsert(name, EXTERNAL_ID, rows)
    except UnknownField as error:
        # Some answers refuse the whole call for it, others each row.
        return [error] * len(rows)
