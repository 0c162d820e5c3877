"""The jobs of the Bulk API: what was ordered, how far it is, and what came of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.ids import MalformedIdError, make_id, normal_id

_ENDED = ("Aborted", "JobComplete", "Failed")


@dataclass
class Job:
    """One job; `facts` are those its client gave."""

    id: str
    kind: str
    facts: dict[str, Any]
    user_id: str
    api_version: str
    created: str
    state: str
    changed: str = ""
    polls_left: int = 0
    """How often the job still says that it is in progress before it tells what came of it."""
    data: bytes = b""
    uploaded: bool = False
    processed: int = 0
    failed: int = 0
    error: str = ""
    results: dict[str, str] = field(default_factory=dict)
    """The tables of an ingest job by name."""
    columns: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        """Tell whether the client may fetch results."""
        return self.state in _ENDED and not self.polls_left

    def info(self, *, brief: bool = False, state: str | None = None) -> dict[str, Any]:
        """Return the job as the API shows it."""
        shown = state or ("InProgress" if self.polls_left else self.state)
        info: dict[str, Any] = {
            "id": self.id,
            **self.facts,
            "createdById": self.user_id,
            "createdDate": self.created,
            "systemModstamp": self.changed or self.created,
            "state": shown,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.api_version),
        }
        if self.kind == "ingest" and shown == "Open":
            info["contentUrl"] = f"services/data/v{self.api_version}/jobs/ingest/{self.id}/batches"
        if brief:
            return info
        done = shown in _ENDED
        info |= {
            "jobType": "V2Ingest" if self.kind == "ingest" else "V2Query",
            "retries": 0,
            "totalProcessingTime": self.processed if done else 0,
            "apiActiveProcessingTime": self.processed if done else 0,
            "apexProcessingTime": 0,
            "numberRecordsProcessed": self.processed if done else 0,
        }
        if self.kind == "ingest":
            info["numberRecordsFailed"] = self.failed if done else 0
        if self.error and done:
            info["errorMessage"] = self.error
        return info


class Jobs:
    """All jobs of the org, oldest first; `polls` is how often each says that it is in progress."""

    def __init__(self) -> None:
        self.polls = 1
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def add(self, make: Callable[[str], Job]) -> Job:
        """Keep a new job under the next id."""
        with self._lock:
            job = make(make_id("750", len(self._jobs) + 1))
            self._jobs[job.id] = job
            return job

    def get(self, kind: str, job_id: str) -> Job:
        """Return a job; raise NOT_FOUND when there is none of that kind and id."""
        try:
            job = self._jobs.get(normal_id(job_id))
        except MalformedIdError:
            raise not_found() from None
        if job is None or job.kind != kind or job.state == "Deleted":
            raise not_found()
        return job

    def all_of(self, kind: str) -> list[Job]:
        """Return the jobs of a kind."""
        return [job for job in list(self._jobs.values()) if job.kind == kind and job.state != "Deleted"]

    def poll(self, job: Job) -> dict[str, Any]:
        """Return a job as a client sees it now; being looked at brings it forward."""
        with self._lock:
            info = job.info()
            job.polls_left = max(0, job.polls_left - 1)
            return info

    def remove(self, job: Job) -> None:
        """Forget a job that has ended."""
        if not job.has_ended:
            raise ApiError("INVALIDJOBSTATE", f"Deleting a job in state {job.info()['state']} is not allowed")
        # Its place stays taken, so that no later job gets the same id.
        job.state, job.data, job.results, job.rows = "Deleted", b"", {}, []
