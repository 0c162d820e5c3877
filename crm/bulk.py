"""Read very many rows as tables: Bulk API 2.0 query jobs, page by page, never all at once in memory."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import IO, TypeVar

from crm.client import SalesforceClient, UnknownField
from enablement.ports import TryLater, Undeliverable

T = TypeVar("T")
ROWS_A_PAGE = 20_000
BIGGEST_PAGE = 200 << 20
FIRST_LOOK_S, LONGEST_LOOK_S = 0.1, 10.0
# A job that takes longer is stuck in the org's queue.
JOB_LASTS_S = 3600.0
TRIES = 3
_LAST = "null"


def table_rows(client: SalesforceClient, job_id: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a job's table as texts by field, waiting for the job to be done; raises TryLater."""
    _wait(client, job_id)
    locator = ""
    while locator != _LAST:
        with TemporaryFile() as page:
            locator = _fetch(client, job_id, locator, page)
            page.seek(0)
            with io.TextIOWrapper(page, encoding="utf-8", newline="") as table:
                yield from csv.DictReader(table)
    client.end_job(job_id)


def _wait(client: SalesforceClient, job_id: str) -> None:
    ends, pause = time.monotonic() + JOB_LASTS_S, FIRST_LOOK_S
    while (job := _patiently(lambda: client.job(job_id)))["state"] != "JobComplete":
        if job["state"] in ("Failed", "Aborted"):
            raise _failure(str(job.get("errorMessage") or job["state"]))
        if time.monotonic() > ends:
            raise TryLater("Salesforce has not begun to read the deals within an hour")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_LOOK_S)


def _failure(said: str) -> Exception:
    is_about_field = "INVALID_FIELD" in said or "No such column" in said
    return (UnknownField if is_about_field else Undeliverable)(f"Salesforce can't read the deals: {said}")


def _fetch(client: SalesforceClient, job_id: str, locator: str, page: IO[bytes]) -> str:
    """Write a page of the table into a file and return the locator behind it."""
    behind = f"&locator={locator}" if locator else ""
    path = f"jobs/query/{job_id}/results?maxRecords={ROWS_A_PAGE}{behind}"

    def fetch() -> str:
        page.seek(0)
        page.truncate()
        return client.download(path, page, most=BIGGEST_PAGE).get("Sforce-Locator") or _LAST

    return _patiently(fetch)


def _patiently(act: Callable[[], T]) -> T:
    """Do what may be done again, and do it again when it breaks off: the whole reading would begin anew."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except TryLater as error:
            if error.seconds:
                raise
    return act()
