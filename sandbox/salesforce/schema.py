"""Objects and fields of the org: standard ones from a file of facts, custom ones from SFDX folders."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

TEXT_TYPES = frozenset({"string", "textarea", "picklist", "multipicklist", "email", "phone", "url"})
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})

_HERE = Path(__file__).parent
_ALWAYS_SEEN = frozenset(
    {
        "Id",
        "IsDeleted",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
        "OwnerId",
        "FirstName",
        "LastName",
        "Name",
    }
)


@dataclass(frozen=True)
class Field:
    """One field as the platform describes it."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    filterable: bool = True
    picklist: tuple[str, ...] = ()
    picklist_from: str = ""
    restricted: bool = False
    default: str | bool | None = None
    default_to_session_user: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str = ""
    child_relationship: str = ""
    cascade: bool = False
    delete_constraint: str = ""
    """What becomes of the row when the one it refers to is deleted: SetNull, Restrict or Cascade."""
    controls_sharing: bool = False
    read_access_suffices: bool = False
    auto_number: str = ""
    per_viewer: bool = False
    """Kept for each user apart: when that user last looked."""

    @property
    def is_text(self) -> bool:
        """Tell whether the field holds text, which the platform compares without regard to case."""
        return self.type in TEXT_TYPES

    @property
    def is_number(self) -> bool:
        """Tell whether the field holds a number."""
        return self.type in NUMBER_TYPES


@dataclass(frozen=True)
class SObject:
    """One kind of row: its fields in order and the rules that hold for all its rows."""

    name: str
    label: str
    plural: str
    prefix: str
    sharing: str
    fields: Mapping[str, Field]
    """By lower-case name, for names are compared without regard to case."""
    writable: bool = True
    name_field: str = ""
    custom: bool = False
    erasable: bool = False
    """Rows are deleted for good, without a recycle bin."""
    refuses: frozenset[str] = frozenset()
    """Which of Create and Delete the API does not do with its rows, whoever asks."""

    def field(self, name: str) -> Field | None:
        """Return the field of that name in any case, or None."""
        return self.fields.get(name.lower())

    def parent_field(self, relationship: str) -> Field | None:
        """Return the reference whose relationship has that name, or None."""
        wanted = relationship.lower()
        return next(
            (f for f in self.fields.values() if f.relationship and f.relationship.lower() == wanted), None
        )

    @property
    def has_recycle_bin(self) -> bool:
        """Tell whether rows can be deleted."""
        return "isdeleted" in self.fields

    @property
    def controlling_field(self) -> Field | None:
        """Return the reference to the parent that decides who sees a row, or None."""
        return next((f for f in self.fields.values() if f.controls_sharing), None)

    @property
    def is_governed(self) -> bool:
        """Tell whether permission sets decide what a user may do with the rows."""
        return self.custom or self.name in ("Account", "Contact", "Opportunity")

    def is_permissionable(self, field: Field) -> bool:
        """Tell whether field-level security applies: not to what every row needs or the platform keeps."""
        always = field.name in _ALWAYS_SEEN or field.name == self.name_field
        if not self.is_governed or always or field.required or field.controls_sharing or field.per_viewer:
            return False
        return self.custom or field.name.endswith("__c") or field.createable


@dataclass(frozen=True)
class Child:
    """A relationship seen from its parent."""

    relationship: str
    sobject: SObject
    field: Field


class Schema:
    """All objects of the org."""

    def __init__(self, sobjects: Iterable[SObject]) -> None:
        self._sobjects = {sobject.name.lower(): sobject for sobject in sobjects}

    def __iter__(self) -> Any:
        return iter(self._sobjects.values())

    def find(self, name: str) -> SObject | None:
        """Return the object of that name in any case, or None."""
        return self._sobjects.get(name.lower())

    def get(self, name: str) -> SObject:
        """Return an object the org itself relies on; raise KeyError when it is missing."""
        return self._sobjects[name.lower()]

    def of_id(self, record_id: str) -> SObject | None:
        """Return the object whose key prefix an id begins with, or None."""
        return next((s for s in self._sobjects.values() if s.prefix and record_id.startswith(s.prefix)), None)

    def children(self, parent: SObject) -> list[Child]:
        """Return every reference that points to an object."""
        return [
            Child(field.child_relationship, sobject, field)
            for sobject in self._sobjects.values()
            for field in sobject.fields.values()
            if parent.name in field.reference_to
        ]


@cache
def load_standard_objects() -> tuple[SObject, ...]:
    """Return the standard objects from the committed facts."""
    facts = json.loads((_HERE / "standard_objects.json").read_text(encoding="utf-8"))
    stages = tuple(row["MasterLabel"] for row in initial_rows()["OpportunityStage"])
    return tuple(
        _standard_object(name, fact, picklists={"OpportunityStage": stages}) for name, fact in facts.items()
    )


def initial_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows a new org is born with."""
    rows: dict[str, list[dict[str, Any]]] = json.loads(
        (_HERE / "initial_rows.json").read_text(encoding="utf-8")
    )
    return rows


def system_fields(names: Iterable[str]) -> list[Field]:
    """Return the fields the platform itself keeps, in the order of their names given."""
    return [_SYSTEM_FIELDS[name] for name in names]


def by_name(listed: Iterable[Field]) -> dict[str, Field]:
    """Return fields by lower-case name in their order."""
    return {field.name.lower(): field for field in listed}


def with_fields(sobject: SObject, added: Iterable[Field]) -> SObject:
    """Return the object with more fields."""
    return replace(sobject, fields={**sobject.fields, **by_name(added)})


def _standard_object(
    name: str, fact: Mapping[str, Any], *, picklists: Mapping[str, tuple[str, ...]]
) -> SObject:
    listed = system_fields(fact["system"]) + [_standard_field(entry, picklists) for entry in fact["fields"]]
    return SObject(
        name=name,
        label=fact["label"],
        plural=fact["plural"],
        prefix=fact["prefix"] or "",
        sharing=fact["sharing"],
        fields=by_name(listed),
        writable=fact.get("writable", fact["sharing"] != "read_only"),
        name_field=fact.get("name_field", ""),
        erasable=fact.get("erasable", False),
        refuses=frozenset(fact.get("refuses", ())),
    )


def _standard_field(entry: Mapping[str, Any], picklists: Mapping[str, tuple[str, ...]]) -> Field:
    unknown = entry.keys() - {field.name for field in fields(Field)}
    if unknown:
        raise ValueError(
            f"standard_objects.json says {sorted(unknown)} of {entry['name']}, which no field has"
        )
    facts = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    field = Field(**{"label": entry["name"], **facts})
    if field.picklist_from:
        return replace(field, picklist=picklists[field.picklist_from])
    return field


def _system(name: str, kind: str, label: str, *, user_relationship: str = "") -> Field:
    return Field(
        name,
        kind,
        label,
        createable=False,
        updateable=False,
        id_lookup=kind == "id",
        reference_to=("User",) if user_relationship else (),
        relationship=user_relationship,
    )


_SYSTEM_FIELDS = {
    field.name: field
    for field in (
        _system("Id", "id", "Record ID"),
        _system("IsDeleted", "boolean", "Deleted"),
        _system("CreatedDate", "datetime", "Created Date"),
        _system("CreatedById", "reference", "Created By ID", user_relationship="CreatedBy"),
        _system("LastModifiedDate", "datetime", "Last Modified Date"),
        _system("LastModifiedById", "reference", "Last Modified By ID", user_relationship="LastModifiedBy"),
        _system("SystemModstamp", "datetime", "System Modstamp"),
        replace(_system("LastViewedDate", "datetime", "Last Viewed Date"), per_viewer=True),
        replace(_system("LastReferencedDate", "datetime", "Last Referenced Date"), per_viewer=True),
    )
}
