"""When an Outbound Message goes out, and with which fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sharing import Viewer
from sandbox.salesforce.soql_parser import parse
from sandbox.salesforce.soql_sql import compile_query
from sandbox.salesforce.writer import Written

EVERYBODY = Viewer("", sees_all=True)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENTS = ("create", "update")


@dataclass(frozen=True)
class Rule:
    """One configured message: rows of an object that meet a condition are reported to an endpoint."""

    id: str
    name: str
    object: str
    fields: tuple[str, ...]
    endpoint: str
    when: str
    """A SOQL condition, or nothing for every row."""
    events: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """Fields of which one must have changed when the row was there before; none means any."""

    def fires_on(self, org: Org, written: Written) -> bool:
        """Tell whether a row that was just written is to be reported."""
        if written.sobject.name != self.object:
            return False
        if ("create" if written.created else "update") not in self.events:
            return False
        if self.changes and not written.created and written.changed.isdisjoint(self.changes):
            return False
        return not self.when or bool(self.rows(org, [written.record_id], matching=True))

    def rows(self, org: Org, record_ids: list[str], *, matching: bool = False) -> list[dict[str, Any]]:
        """Return the present values of rows, without those that are gone."""
        statement = f"SELECT {', '.join(('Id', *self.fields))} FROM {self.object}"  # noqa: S608 SOQL, checked when the rule was made
        if record_ids:
            listed = ", ".join(f"'{record_id}'" for record_id in record_ids)
            statement += f" WHERE Id IN ({listed})"
        if matching:
            statement += f" AND ({self.when})" if record_ids else f" WHERE {self.when}"
        today = org.clock.now().date()
        compiled = compile_query(parse(statement), org.schema, EVERYBODY, today=today, with_deleted=False)
        found = org.store.select(compiled.sql, compiled.values)
        return [compiled.shape.record(row, version="v62.0") for row in found]


def rule_from(org: Org, rule_id: str, body: Mapping[str, Any]) -> Rule:
    """Return the rule a control request orders; raise ApiError naming what is wrong with it."""
    unknown = sorted(body.keys() - {"name", "object", "fields", "endpoint", "when", "events"})
    if unknown:
        raise ApiError("INVALID_PARAMETER", f"unknown: {', '.join(unknown)}")
    sobject = org.schema.find(str(body.get("object", "")))
    fields, events = body.get("fields", []), body.get("events", list(_EVENTS))
    if sobject is None or not sobject.prefix:
        raise ApiError("INVALID_TYPE", f"no object {body.get('object')}")
    if not _are_texts(fields) or not _are_texts(events) or not set(events) <= set(_EVENTS) or not events:
        raise ApiError("INVALID_PARAMETER", f"fields are names, events some of {', '.join(_EVENTS)}")
    found = [(name, sobject.field(name)) for name in fields if str(name).lower() != "id"]
    missing = [name for name, field in found if field is None]
    if missing:
        raise ApiError("INVALID_FIELD", f"{sobject.name} has no field {missing[0]}")
    rule = Rule(
        rule_id,
        str(body.get("name", "Outbound_Message")),
        sobject.name,
        tuple(dict.fromkeys(field.name for _, field in found if field is not None)),
        local_url(body.get("endpoint")),
        str(body.get("when", "")),
        tuple(events),
    )
    rule.rows(org, [], matching=bool(rule.when))  # raises when the condition is none
    return rule


def local_url(url: object) -> str:
    """Return an address on this machine; the sandbox sends nowhere else."""
    split = urlsplit(str(url or ""))
    if split.scheme not in ("http", "https") or split.hostname not in _LOOPBACK:
        raise ApiError("INVALID_PARAMETER", f"an address on this machine is needed, not {url}")
    return str(url)


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
