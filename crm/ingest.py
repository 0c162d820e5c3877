"""Many rows at once through Bulk API 2.0: a job is opened, filled, closed, waited for, and its results are read."""

import csv
import io
import time
from collections.abc import Iterator, Sequence

from crm.client import PASSING, UNKNOWN_FIELD, SalesforceClient, UnknownField
from crm.touches import Row
from enablement.ports import TryLater, Undeliverable

FIRST_LOOK_S, LONGEST_LOOK_S = 0.5, 10.0
# A job of some thousand rows takes seconds, an hour's queue in the org is not worth holding deals for.
JOB_LASTS_S = 600.0
_ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
# An empty cell would leave the field as it is.
_NULL = "#N/A"
_NO_FIELD = "Field name not found"


def upsert_many(
    client: SalesforceClient, name: str, external_id: str, rows: Sequence[Row]
) -> dict[str, Exception | None]:
    """Upsert rows by external id, what one lacks of another's fields stays; return by it what was wrong, or None.

    Raises TryLater when the job does not end in time (it is then aborted), UnknownField when the org lacks a field.
    """
    job = client.send(
        "POST",
        "jobs/ingest",
        json={
            "object": name,
            "operation": "upsert",
            "externalIdFieldName": external_id,
            "contentType": "CSV",
            "lineEnding": "LF",
        },
    ).json()["id"]
    path = f"jobs/ingest/{job}"
    client.send("PUT", f"{path}/batches", data=_csv(rows), headers={"Content-Type": "text/csv"})
    client.send("PATCH", path, json={"state": "UploadComplete"})
    ended = _wait(client, path)
    never = TryLater(f"Salesforce's bulk job ended as {ended} before this row")
    outcome: dict[str, Exception | None] = {str(row[external_id]): never for row in rows}
    outcome |= {row[external_id]: None for row in _results(client, f"{path}/successfulResults")}
    outcome |= {
        row[external_id]: _error(row["sf__Error"]) for row in _results(client, f"{path}/failedResults")
    }
    return outcome


def _wait(client: SalesforceClient, path: str) -> str:
    ends, pause = time.monotonic() + JOB_LASTS_S, FIRST_LOOK_S
    while (state := str((said := client.send("GET", path).json())["state"])) not in _ENDED:
        if time.monotonic() > ends:
            client.send("PATCH", path, json={"state": "Aborted"})
            raise TryLater(f"Salesforce's bulk job was not done after {JOB_LASTS_S:.0f} s", seconds=60)
        # The platform tells nobody that a job is done: one has to look.
        time.sleep(pause)
        pause = min(LONGEST_LOOK_S, pause * 2)
    if _NO_FIELD in (error := str(said.get("errorMessage"))):
        raise UnknownField(f"{UNKNOWN_FIELD}: {error}")
    return state


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: _NULL if cell in (None, "") else cell for name, cell in row.items()} for row in rows
    )
    return text.getvalue().encode()


def _results(client: SalesforceClient, path: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(client.send("GET", path).content.decode("utf-8-sig")))


def _error(said: str) -> Exception:
    """Return what a result's "CODE:message:fields" means."""
    code, _, rest = said.partition(":")
    message = f"{code}: {rest}"
    return TryLater(message) if code in PASSING else Undeliverable(message)
