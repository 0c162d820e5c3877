"""Who may see and change a row, as SQL conditions, so that no row leaves the database unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.salesforce.schema import Field, Schema, SObject
from sandbox.salesforce.store import quoted

Access = Literal["read", "edit"]

_LEVELS: dict[Access, str] = {
    "read": "OpportunityAccessLevel IN ('Read', 'Edit', 'All')",
    "edit": "OpportunityAccessLevel IN ('Edit', 'All')",
}
_READ_BY_ALL = frozenset({"administered", "public_read", "read_only"})
_SHARED_WITH = "SELECT OpportunityId FROM OpportunityTeamMember WHERE IsDeleted = 0 AND UserId"
# The viewer and everybody whose role stands below the viewer's.
_CIRCLE = """
    WITH RECURSIVE below(id) AS (
        SELECT role.Id FROM UserRole AS role JOIN User AS me ON me.Id = {user}
            WHERE role.ParentRoleId = me.UserRoleId
        UNION SELECT role.Id FROM UserRole AS role JOIN below ON role.ParentRoleId = below.id)
    SELECT {user} UNION SELECT Id FROM User WHERE UserRoleId IN (SELECT id FROM below)"""


@dataclass(frozen=True)
class Permissions:
    """What the profile and the permission sets of a user allow, by object."""

    objects: Mapping[str, frozenset[str]]
    """Read, Create, Edit, Delete, ViewAllRecords and ModifyAllRecords."""
    readable: frozenset[str]
    """Fields as `Account.Industry`."""
    editable: frozenset[str]


@dataclass(frozen=True)
class Viewer:
    """Whoever asks: a user, and whether that user sees and changes all data."""

    user_id: str
    sees_all: bool
    permissions: Permissions | None = None
    """None for those who may do everything."""
    queries_all_files: bool = False
    """Files are open to whom they are shared with, and to nobody else who sees all data, unless this is granted."""

    def may(self, action: str, sobject: SObject) -> bool:
        """Tell whether the user may do something with rows of an object at all."""
        if self.permissions is None:
            return True
        if sobject.is_governed:
            return action in self.permissions.objects.get(sobject.name, ())
        if sobject.sharing == "administrators":
            return False
        if sobject.sharing == "controlled_by_parent":
            return ("Read" if action == "Read" else "Edit") in self.permissions.objects.get("Opportunity", ())
        return True

    def reads(self, sobject: SObject, field: Field) -> bool:
        """Tell whether the user may see a field."""
        if self.permissions is None or not sobject.is_permissionable(field):
            return True
        return f"{sobject.name}.{field.name}" in self.permissions.readable

    def edits(self, sobject: SObject, field: Field) -> bool:
        """Tell whether the user may change a field that can be changed."""
        if self.permissions is None or not sobject.is_permissionable(field):
            return True
        return f"{sobject.name}.{field.name}" in self.permissions.editable

    def sees_all_of(self, sobject: SObject, access: Access) -> bool:
        """Tell whether sharing does not matter to the user for an object."""
        if self.sees_all:
            return True
        granted = self.permissions.objects.get(sobject.name, frozenset()) if self.permissions else frozenset()
        return "ModifyAllRecords" in granted or (access == "read" and "ViewAllRecords" in granted)


class Binder:
    """Collect the values of a statement and name their places."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def bind(self, value: object) -> str:
        """Return the placeholder of a value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def condition(
    schema: Schema, sobject: SObject, table: str, viewer: Viewer, binder: Binder, *, access: Access = "read"
) -> str:
    """Return the SQL condition that a row of `table` (an alias of the object's) is open to the viewer."""
    if sobject.sharing == "own":
        return f"{table}.ViewerId = {binder.bind(viewer.user_id)}"
    if sobject.sharing == "files":
        return _of_files(schema, sobject, table, viewer, binder, access)
    if viewer.sees_all_of(sobject, access):
        return "1"
    if sobject.sharing == "public" or (sobject.sharing in _READ_BY_ALL and access == "read"):
        return "1"
    if sobject.sharing == "private" and sobject.name == "Opportunity":
        return _private(table, viewer, binder, access)
    if sobject.sharing in ("private", "public_read"):
        return f"{table}.OwnerId IN ({_CIRCLE.format(user=binder.bind(viewer.user_id))})"
    parent_field = sobject.controlling_field
    if parent_field is None:
        return "0"
    parent = schema.get(parent_field.reference_to[0])
    needed: Access = "read" if parent_field.read_access_suffices else access
    inner = condition(schema, parent, "parent", viewer, binder, access=needed)
    open_parents = f"SELECT parent.Id FROM {quoted(parent.name)} AS parent WHERE {inner}"  # noqa: S608 names come from the schema
    return f"{table}.{quoted(parent_field.name)} IN ({open_parents})"


def _private(table: str, viewer: Viewer, binder: Binder, access: Access) -> str:
    circle = _CIRCLE.format(user=binder.bind(viewer.user_id))
    shared = f"{_SHARED_WITH} IN ({circle}) AND {_LEVELS[access]}"
    return f"({table}.OwnerId IN ({circle}) OR {table}.Id IN ({shared}))"


# Which column of an object of files leads to the file, or to the library.
_FILE = {
    "ContentDocument": "Id",
    "ContentVersion": "ContentDocumentId",
    "ContentDocumentLink": "ContentDocumentId",
}
_LIBRARY = {"ContentWorkspace": "Id", "ContentWorkspaceMember": "ContentWorkspaceId"}


def _of_files(
    schema: Schema, sobject: SObject, table: str, viewer: Viewer, binder: Binder, access: Access
) -> str:
    """Who sees a file: its owner, with whom it is shared, and the members of its libraries, who may change it too."""
    if viewer.queries_all_files and access == "read":
        return "1"
    me = binder.bind(viewer.user_id)
    libraries = f"SELECT ContentWorkspaceId FROM ContentWorkspaceMember WHERE MemberId = {me}"  # noqa: S608 a placeholder
    if sobject.name in _LIBRARY:
        return f"{table}.{_LIBRARY[sobject.name]} IN ({libraries})"
    shared = f"LinkedEntityId IN ({libraries}) OR (LinkedEntityId = {me}"
    if access == "read":
        shared = " OR ".join([f"{shared})", *_readable_records(schema, viewer, binder)])
    else:
        shared = f"{shared} AND ShareType = 'C')"
    linked = f"SELECT ContentDocumentId FROM ContentDocumentLink WHERE IsDeleted = 0 AND ({shared})"  # noqa: S608 as above
    owned = f"SELECT Id FROM ContentDocument WHERE OwnerId = {me}"  # noqa: S608 as above
    column = f"{table}.{_FILE[sobject.name]}"
    return f"({column} IN ({owned}) OR {column} IN ({linked}))"


def _readable_records(schema: Schema, viewer: Viewer, binder: Binder) -> list[str]:
    conditions = []
    for name in ("Account", "Contact", "Opportunity"):
        sobject = schema.get(name)
        if viewer.may("Read", sobject):
            open_rows = condition(schema, sobject, "linked", viewer, binder)
            rows = f"SELECT linked.Id FROM {name} AS linked WHERE linked.IsDeleted = 0 AND {open_rows}"  # noqa: S608 constants
            conditions.append(f"LinkedEntityId IN ({rows})")
    return conditions
