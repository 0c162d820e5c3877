"""The doors of Bulk API 2.0."""

import re
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox.salesforce.bulk import ingest, query
from sandbox.salesforce.bulk.jobs import Job, Jobs
from sandbox.salesforce.bulk.table import DELIMITERS, LINE_ENDINGS, write_table
from sandbox.salesforce.clock import as_text
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, body_object, empty, version, viewer
from sandbox.salesforce.local_org import Org

_OPERATIONS = ("insert", "update", "upsert", "delete")
_INGEST_FACTS = frozenset(
    {"object", "operation", "externalIdFieldName", "contentType", "columnDelimiter", "lineEnding"}
)
_QUERY_FACTS = frozenset({"operation", "query", "contentType", "columnDelimiter", "lineEnding"})
_LARGEST_UPLOAD = 100_000_000
_MOST_ROWS_A_PAGE = 50_000
_COUNT = re.compile(r"[1-9]\d{0,7}")


def add_bulk_routes(door: Blueprint, org: Org) -> Jobs:
    """Add /jobs/ingest and /jobs/query; return their jobs."""
    jobs = Jobs()
    _add_ingest(door, org, jobs)
    _add_results(door, jobs)
    _add_query(door, org, jobs)
    for kind in ("ingest", "query"):
        _add_looks(door, jobs, kind)
    return jobs


def _add_ingest(door: Blueprint, org: Org, jobs: Jobs) -> None:
    @door.post("/jobs/ingest", strict_slashes=False)
    def create_ingest() -> Response:
        facts = _facts(body_object(), _INGEST_FACTS, _OPERATIONS)
        _check_object(org, facts)
        return answer(_new(org, jobs, "ingest", facts, state="Open").info(brief=True))

    @door.put("/jobs/ingest/<job_id>/batches", strict_slashes=False)
    def upload(job_id: str) -> Response:
        job = _own(jobs, "ingest", job_id)
        if request.mimetype != "text/csv":
            raise ApiError(
                "UNSUPPORTED_MEDIA_TYPE", f"Content-Type not supported: {request.mimetype or 'none'}"
            )
        if job.state != "Open":
            raise ApiError("INVALIDJOBSTATE", "Upload can only be done in state Open")
        if job.uploaded:
            raise ApiError("INVALIDJOBSTATE", "Found multiple contents for job: only one upload is allowed")
        data = request.get_data()
        if len(data) > _LARGEST_UPLOAD:
            raise ApiError("MAX_SIZE_EXCEEDED", f"an upload has at most {_LARGEST_UPLOAD} bytes")
        job.data, job.uploaded = data, True
        return Response(status=201)

    @door.patch("/jobs/ingest/<job_id>", strict_slashes=False)
    def close(job_id: str) -> Response:
        job = _own(jobs, "ingest", job_id)
        state = _state(body_object(), ("UploadComplete", "Aborted"))
        if job.state != "Open":
            raise ApiError("INVALIDJOBSTATE", f"Job is in state {job.info()['state']}, not Open")
        job.changed = as_text(org.clock.now())
        if state == "Aborted":
            ingest.abort(job)
            return answer(job.info(brief=True))
        ingest.process(org, job, viewer())
        g.rows = job.processed
        job.polls_left = jobs.polls
        return answer(job.info(brief=True, state="UploadComplete"))


def _add_results(door: Blueprint, jobs: Jobs) -> None:
    @door.get("/jobs/ingest/<job_id>/<name>", strict_slashes=False)
    def ingest_results(job_id: str, name: str) -> Response:
        job = _own(jobs, "ingest", job_id)
        # The documents spell it unprocessedRecords, some clients in lower case; both are taken.
        known = "unprocessedrecords" if name == "unprocessedRecords" else name
        if known not in ("successfulResults", "failedResults", "unprocessedrecords"):
            raise not_found()
        if not job.has_ended:
            raise ApiError("INVALIDJOBSTATE", f"Job is in state {job.info()['state']}; it has no results yet")
        return Response(job.results[known], content_type="text/csv;charset=UTF-8")


def _add_query(door: Blueprint, org: Org, jobs: Jobs) -> None:
    @door.post("/jobs/query", strict_slashes=False)
    def create_query() -> Response:
        facts = _facts(body_object(), _QUERY_FACTS, ("query", "queryAll"))
        statement = facts.pop("query", None)
        if not isinstance(statement, str):
            raise ApiError("INVALIDJOB", "query must be given")
        with_deleted = facts["operation"] == "queryAll"
        facts["object"], columns, rows = query.run(org, viewer(), statement, with_deleted=with_deleted)
        job = _new(org, jobs, "query", facts, state="JobComplete")
        job.columns, job.rows, job.processed = columns, rows, len(rows)
        job.polls_left = jobs.polls
        return answer(job.info(brief=True, state="UploadComplete"))

    @door.patch("/jobs/query/<job_id>", strict_slashes=False)
    def abort_query(job_id: str) -> Response:
        job = _own(jobs, "query", job_id)
        _state(body_object(), ("Aborted",))
        if job.has_ended:
            raise ApiError("INVALIDJOBSTATE", f"Aborting already {job.state} Job not allowed")
        job.state, job.polls_left, job.rows = "Aborted", 0, []
        return answer(job.info(brief=True))

    @door.get("/jobs/query/<job_id>/results", strict_slashes=False)
    def query_results(job_id: str) -> Response:
        job = _own(jobs, "query", job_id)
        if not job.has_ended or job.state != "JobComplete":
            raise ApiError("INVALIDJOBSTATE", f"Job is in state {job.info()['state']}; it has no results")
        most = request.args.get("maxRecords", str(_MOST_ROWS_A_PAGE))
        if not _COUNT.fullmatch(most):
            raise ApiError("INVALID_PARAMETER", f"maxRecords: {most}")
        rows, following = query.page(job, request.args.get("locator"), min(int(most), _MOST_ROWS_A_PAGE))
        g.rows = len(rows)
        form = {"delimiter": job.facts["columnDelimiter"], "line_ending": job.facts["lineEnding"]}
        response = Response(write_table(job.columns, rows, **form), content_type="text/csv;charset=UTF-8")
        response.headers["Sforce-Locator"] = following
        response.headers["Sforce-NumberOfRecords"] = str(len(rows))
        return response


def _add_looks(door: Blueprint, jobs: Jobs, kind: str) -> None:
    @door.get(f"/jobs/{kind}", strict_slashes=False, endpoint=f"all_{kind}_jobs")
    def all_jobs() -> Response:
        mine = [job for job in jobs.all_of(kind) if viewer().sees_all or job.user_id == viewer().user_id]
        return answer(
            {"done": True, "records": [job.info(brief=True) for job in mine], "nextRecordsUrl": None}
        )

    @door.get(f"/jobs/{kind}/<job_id>", strict_slashes=False, endpoint=f"{kind}_job")
    def one_job(job_id: str) -> Response:
        return answer(jobs.poll(_own(jobs, kind, job_id)))

    @door.delete(f"/jobs/{kind}/<job_id>", strict_slashes=False, endpoint=f"delete_{kind}_job")
    def delete_job(job_id: str) -> Response:
        jobs.remove(_own(jobs, kind, job_id))
        return empty()


def _own(jobs: Jobs, kind: str, job_id: str) -> Job:
    job = jobs.get(kind, job_id)
    if job.user_id != viewer().user_id and not viewer().sees_all:
        raise not_found()
    return job


def _new(org: Org, jobs: Jobs, kind: str, facts: dict[str, Any], *, state: str) -> Job:
    now = as_text(org.clock.now())
    return jobs.add(lambda job_id: Job(job_id, kind, facts, viewer().user_id, version()[1:], now, state))


def _facts(body: dict[str, Any], allowed: frozenset[str], operations: tuple[str, ...]) -> dict[str, Any]:
    unknown = sorted(body.keys() - allowed)
    if unknown:
        raise ApiError("INVALIDJOB", f'Unrecognized field "{unknown[0]}"')
    facts = {"columnDelimiter": "COMMA", "lineEnding": "LF", **body}
    choices = {
        "operation": operations,
        "columnDelimiter": tuple(DELIMITERS),
        "lineEnding": tuple(LINE_ENDINGS),
    }
    for name, allowed_values in choices.items():
        if facts.get(name) not in allowed_values:
            raise ApiError("INVALIDJOB", f"{name} must be one of {', '.join(allowed_values)}")
    if facts.pop("contentType", "CSV") != "CSV":
        raise ApiError("INVALIDJOB", "contentType must be CSV")
    return facts


def _check_object(org: Org, facts: dict[str, Any]) -> None:
    sobject = org.schema.find(str(facts.get("object", "")))
    if sobject is None or not sobject.writable or not viewer().may("Read", sobject):
        raise ApiError("INVALIDENTITY", f"Entity '{facts.get('object')}' is not supported by the Bulk API.")
    facts["object"] = sobject.name
    key = facts.get("externalIdFieldName")
    if (facts["operation"] == "upsert") != (key is not None):
        raise ApiError("INVALIDJOB", "externalIdFieldName goes with upsert, and with nothing else")
    field = None if key is None else sobject.field(str(key))
    if key is not None and (field is None or not field.id_lookup):
        raise ApiError("INVALIDJOB", f"{key} is not an external id of {sobject.name}")


def _state(body: dict[str, Any], allowed: tuple[str, ...]) -> str:
    if body.keys() != {"state"} or body["state"] not in allowed:
        raise ApiError("INVALIDJOBSTATE", f"state must be one of {', '.join(allowed)}")
    return str(body["state"])
