"""Write rows as the platform does: check every value, keep the rules between rows, stamp what was written."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.salesforce import files, opportunities
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.ids import MalformedIdError, make_id, normal_id
from sandbox.salesforce.permissions import check_permission_row
from sandbox.salesforce.schema import Child, Field, Schema, SObject
from sandbox.salesforce.sharing import Access, Binder, Viewer, condition
from sandbox.salesforce.store import Row, Store, quoted
from sandbox.salesforce.values import kept_value

_DISPLAY_FORMAT = re.compile(r"\{(0+)\}")


class AmbiguousKeyError(Exception):
    """Several rows carry the key of an upsert; `record_ids` are theirs."""

    def __init__(self, record_ids: list[str]) -> None:
        super().__init__(f"{len(record_ids)} rows carry this key")
        self.record_ids = record_ids


@dataclass(frozen=True)
class Written:
    """A row that was created or changed."""

    sobject: SObject
    record_id: str
    created: bool
    changed: frozenset[str] = frozenset()
    """The fields that have another value than before, of a row that was there."""


class Writer:
    """Write rows for one user at one moment; live inside one transaction of the store."""

    def __init__(
        self, store: Store, viewer: Viewer, *, stamp: str, when_kept: Callable[[Written], object]
    ) -> None:
        self._store = store
        self._viewer = viewer
        self._stamp = stamp
        self._when_kept = when_kept

    @property
    def _schema(self) -> Schema:
        return self._store.schema

    def create(self, sobject: SObject, body: Mapping[str, object]) -> str:
        """Add a row and return its id."""
        self._check_writable(sobject, "Create")
        row = self._accepted(sobject, body, creating=True)
        for field in sobject.fields.values():
            if row.get(field.name) is None:
                row[field.name] = self._default(field)
        self._check_required(sobject, row)
        self._check_references(sobject, row)
        number = self._store.next_number(sobject.name)
        row["Id"] = make_id(sobject.prefix, number)
        for field in sobject.fields.values():
            if field.auto_number:
                row[field.name] = _numbered(field.auto_number, number)
        row |= self._stamps(sobject, creating=True)
        self._follow(sobject, None, row)
        with _unique_values(self._store, sobject, row):
            self._store.insert(sobject, row)
        self._written(sobject, None, row)
        return str(row["Id"])

    def update(self, sobject: SObject, record_id: str, body: Mapping[str, object]) -> None:
        """Change a row."""
        self._check_writable(sobject, "Edit")
        before = self.existing(sobject, record_id)
        self._check_access(sobject, before["Id"], "edit")
        changes = self._accepted(sobject, body, creating=False)
        self._check_required(sobject, changes)
        self._check_references(sobject, changes)
        changes |= self._stamps(sobject, creating=False)
        self._follow(sobject, before, changes)
        with _unique_values(self._store, sobject, {**changes, "Id": before["Id"]}):
            self._store.update(sobject, before["Id"], changes)
        self._written(sobject, before, {**before, **changes})

    def delete(self, sobject: SObject, record_id: str) -> None:
        """Move a row and the rows that cannot be without it to the recycle bin."""
        self._check_writable(sobject, "Delete")
        if not sobject.has_recycle_bin and not sobject.erasable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", f"entity type {sobject.name} cannot be deleted")
        row = self.existing(sobject, record_id)
        self._check_access(sobject, row["Id"], "edit")
        if sobject.erasable:
            self._store.erase(sobject, row["Id"])
        else:
            self._bin(sobject, row)

    def undelete(self, sobject: SObject, record_id: str) -> None:
        """Take a row out of the recycle bin, with the rows that were deleted because it was."""
        self._check_writable(sobject, "Delete")
        row = self._store.read(sobject, record_id)
        if row is None or not sobject.has_recycle_bin or not row["IsDeleted"]:
            raise ApiError("UNDELETE_FAILED", "Entity is not in the recycle bin")
        self._check_references(sobject, row)
        self._restore(sobject, row)

    def upsert(
        self, sobject: SObject, key: Field, value: object, body: Mapping[str, object]
    ) -> tuple[str, bool]:
        """Change the row with that external id or add one; return its id and whether it was added."""
        kept = kept_value(key, value)
        if kept is None:
            raise ApiError("MISSING_ARGUMENT", f"{key.name} not specified", (key.name,))
        found = [row["Id"] for row in self._store.find_all(sobject, key, kept)]
        if len(found) > 1:
            raise AmbiguousKeyError(found)
        if found:
            self.update(sobject, found[0], body)
            return str(found[0]), False
        if key.type == "id":
            raise not_found()
        return self.create(sobject, {**body, key.name: value}), True

    def existing(self, sobject: SObject, record_id: str) -> Row:
        """Return a row that is there and open to the user, or raise the platform's answer."""
        try:
            record_id = normal_id(record_id)
        except MalformedIdError:
            raise not_found() from None
        row = self._store.read(sobject, record_id)
        if row is None or not self._viewer.may("Read", sobject) or not self._may(sobject, record_id, "read"):
            raise not_found()
        if row.get("IsDeleted"):
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted")
        return row

    def _accepted(self, sobject: SObject, body: Mapping[str, object], *, creating: bool) -> Row:
        row: Row = {}
        closed = []
        for given, sent in body.items():
            name, value = self._by_key(sobject, given, sent) if isinstance(sent, dict) else (given, sent)
            field = sobject.field(name)
            if field is None or not self._viewer.reads(sobject, field):
                raise ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
            open_field = field.createable if creating else field.updateable
            if open_field and self._viewer.edits(sobject, field):
                row[field.name] = kept_value(field, value)
            else:
                closed.append(field.name)
        if closed:
            message = (
                f"Unable to create/update fields: {', '.join(closed)}. "
                "Please check the security settings of this field and verify that it is read/write for your "
                "profile or permission set."
            )
            raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(closed))
        return row

    def _by_key(self, sobject: SObject, relationship: str, named: Mapping[str, object]) -> tuple[str, object]:
        """Return a reference given as `{"External_Ref__c": "x"}` of the parent as field and id."""
        field = sobject.parent_field(relationship)
        keys = {key: value for key, value in named.items() if key != "attributes"}
        if field is None or len(keys) != 1:
            raise ApiError(
                "INVALID_FIELD", f"No such column '{relationship}' on sobject of type {sobject.name}"
            )
        [(key_name, value)] = keys.items()
        target = self._schema.get(field.reference_to[0])
        key = target.field(key_name)
        if key is None or not key.id_lookup:
            message = f"{key_name} is no external id of {target.name}"
            raise ApiError("INVALID_FIELD", message, (field.name,))
        kept = kept_value(key, value)
        is_open = kept is not None and self._viewer.may("Read", target) and self._viewer.reads(target, key)
        found = self._store.find_all(target, key, kept) if is_open else []
        if len(found) != 1:
            message = (
                f"Foreign key external ID: {value} not found for field {key.name} in entity {target.name}"
            )
            raise ApiError("INVALID_FIELD", message)
        return field.name, found[0]["Id"]

    def _default(self, field: Field) -> object:
        if field.default_to_session_user:
            return self._viewer.user_id
        if field.type == "boolean":
            return int(bool(field.default))
        return field.default

    def _stamps(self, sobject: SObject, *, creating: bool) -> Row:
        stamps: Row = {"LastModifiedDate": self._stamp, "SystemModstamp": self._stamp}
        stamps["LastModifiedById"] = self._viewer.user_id
        if creating:
            stamps |= {"CreatedDate": self._stamp, "CreatedById": self._viewer.user_id, "IsDeleted": 0}
        return {name: value for name, value in stamps.items() if sobject.field(name)}

    def _check_writable(self, sobject: SObject, action: str) -> None:
        administered = sobject.sharing == "administered" and not self._viewer.sees_all
        if not sobject.writable or administered:
            message = f"entity type {sobject.name} does not support this operation for this user"
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", message)
        done = {"Create": "inserted", "Edit": "updated", "Delete": "deleted"}[action]
        message = f"entity type cannot be {done}: {sobject.label}"
        if action in sobject.refuses:
            raise ApiError("INVALID_TYPE_FOR_OPERATION", message)
        if not self._viewer.may(action, sobject):
            raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)

    def _check_required(self, sobject: SObject, row: Row) -> None:
        names = [
            f.name for f in sobject.fields.values() if f.required and f.name in row and row[f.name] is None
        ]
        if names:
            message = f"Required fields are missing: [{', '.join(names)}]"
            raise ApiError("REQUIRED_FIELD_MISSING", message, tuple(names))

    def _check_references(self, sobject: SObject, row: Row) -> None:
        for field in sobject.fields.values():
            target = row.get(field.name)
            # What nobody can write the platform itself keeps right.
            is_written = field.createable or field.updateable
            if field.type == "reference" and target is not None and is_written:
                self._check_reference(field, str(target))

    def _check_reference(self, field: Field, target: str) -> None:
        referenced = self._schema.of_id(target)
        if referenced is None or referenced.name not in field.reference_to:
            message = f"{field.label}: id value of incorrect type: {target}"
            raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
        row = self._store.read(referenced, target)
        if row is None:
            raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,))
        if row.get("IsDeleted"):
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted", (field.name,))
        needed: Access = "edit" if field.controls_sharing and not field.read_access_suffices else "read"
        if not self._may(referenced, target, needed):
            message = f"insufficient access rights on cross-reference id: {target}"
            raise ApiError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message)

    def _check_access(self, sobject: SObject, record_id: str, access: Access) -> None:
        if not self._may(sobject, record_id, access):
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")

    def _may(self, sobject: SObject, record_id: str, access: Access) -> bool:
        if sobject.sharing in ("read_only", "administered"):
            return access == "read" or self._viewer.sees_all
        binder = Binder()
        allowed = condition(self._schema, sobject, "one", self._viewer, binder, access=access)
        this = f"one.Id = {binder.bind(record_id)}"
        sql = f"SELECT 1 FROM {quoted(sobject.name)} AS one WHERE {this} AND {allowed}"  # noqa: S608 names come from the schema
        return bool(self._store.select(sql, binder.values))

    def _follow(self, sobject: SObject, before: Row | None, changes: Row) -> None:
        if sobject.name == "Opportunity":
            opportunities.follow_stage(self._store, before, changes, stamp=self._stamp)
        elif sobject.name in ("User", "Contact") and {"FirstName", "LastName"} & changes.keys():
            known = {**(before or {}), **changes}
            changes["Name"] = " ".join(filter(None, (known.get("FirstName"), known.get("LastName"))))
        elif sobject.sharing == "files":
            files.follow(
                self._store, sobject, before, changes, stamp=self._stamp, user_id=self._viewer.user_id
            )
        elif sobject.name in ("ObjectPermissions", "FieldPermissions"):
            check_permission_row(self._schema, sobject, {**(before or {}), **changes})

    def _written(self, sobject: SObject, before: Row | None, after: Row) -> None:
        if not after.get("IsDeleted"):
            known = before or {}
            changed = frozenset(name for name in known if known[name] != after[name])
            written = Written(sobject, str(after["Id"]), created=before is None, changed=changed)
            self._store.when_kept(lambda: self._when_kept(written))
        if sobject.sharing == "files":
            files.keep_in_step(self._store, sobject, before, after, stamp=self._stamp)
        elif sobject.name == "Opportunity":
            self._store.mark_changed(after["Id"])
            if history := opportunities.history_of(before, after):
                self._add_history(history)
        elif parent := sobject.controlling_field:
            for opportunity_id in {row[parent.name] for row in (before, after) if row}:
                self._store.mark_changed(opportunity_id)

    def _add_history(self, row: Row) -> None:
        sobject = self._schema.get("OpportunityHistory")
        row["Id"] = make_id(sobject.prefix, self._store.next_number(sobject.name))
        self._store.insert(sobject, row | self._stamps(sobject, creating=True))

    def _bin(self, sobject: SObject, row: Row) -> None:
        changes = {"IsDeleted": 1, **self._stamps(sobject, creating=False)}
        self._store.update(sobject, row["Id"], changes)
        self._written(sobject, row, {**row, **changes})
        for child in self._schema.children(sobject):
            if child.field.delete_constraint or child.field.cascade:
                for found in self._store.find_all(child.sobject, child.field, row["Id"]):
                    self._let_go(child, found)

    def _let_go(self, child: Child, row: Row) -> None:
        if child.field.cascade:
            self._bin(child.sobject, row)
        elif child.field.delete_constraint == "Restrict":
            message = (
                f"Your attempt to delete could not be completed because of {child.sobject.label} {row['Id']}"
            )
            raise ApiError("DELETE_FAILED", message, (row["Id"],))
        else:
            changes = {child.field.name: None}
            self._store.update(child.sobject, row["Id"], changes)
            if parent := child.sobject.controlling_field:
                self._store.mark_changed(row[parent.name])

    def _restore(self, sobject: SObject, row: Row) -> None:
        changes = {"IsDeleted": 0, **self._stamps(sobject, creating=False)}
        with _unique_values(self._store, sobject, {**row, **changes}):
            self._store.update(sobject, row["Id"], changes)
        self._written(sobject, row, {**row, **changes})
        for child in self._schema.children(sobject):
            if child.field.cascade:
                found = self._store.find_all(child.sobject, child.field, row["Id"], with_deleted=True)
                # What was deleted in the same moment went along; what was deleted before stays where it is.
                for each in found:
                    if each["IsDeleted"] and each["SystemModstamp"] == row["SystemModstamp"]:
                        self._restore(child.sobject, each)


@contextmanager
def _unique_values(store: Store, sobject: SObject, row: Row) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as broken:
        for field in sobject.fields.values():
            if field.unique and row.get(field.name) is not None:
                twin = store.find(sobject, field, row[field.name])
                if twin is not None and twin["Id"] != row["Id"]:
                    where = f"duplicates value on record with id: {twin['Id'][:15]}"
                    message = f"duplicate value found: {field.name} {where}"
                    raise ApiError("DUPLICATE_VALUE", message, (field.name,)) from broken
        raise


def _numbered(display_format: str, number: int) -> str:
    return _DISPLAY_FORMAT.sub(lambda zeros: str(number).zfill(len(zeros[1])), display_format)
