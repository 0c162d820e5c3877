"""Find the fields a SOQL statement names, and join the parents it reaches for."""

from dataclasses import dataclass

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.schema import Field, Schema, SObject
from sandbox.salesforce.sharing import Binder, Viewer, condition
from sandbox.salesforce.soql_ast import DateFunction, FieldPath, Query
from sandbox.salesforce.soql_functions import function_field, function_sql, takes
from sandbox.salesforce.soql_lexer import error_at
from sandbox.salesforce.store import folded_column, quoted

_MOST_LEVELS = 5


@dataclass(frozen=True)
class Found:
    """A field of a statement: where it stands in SQL and how it is named in the answer."""

    table: str
    field: Field
    path: tuple[str, ...]
    """The relationships that lead to it and its own name, spelled as in the schema."""
    expression: str = ""
    """SQL for the value, where it is not simply the column."""

    @property
    def column(self) -> str:
        """Return the column that shows the value."""
        if self.expression:
            return self.expression
        return f"{self.table}.{quoted(self.field.name)}"

    @property
    def compared_column(self) -> str:
        """Return the column to compare and sort by."""
        return f"{self.table}.{quoted(folded_column(self.field))}" if self.field.is_text else self.column


@dataclass(frozen=True)
class Parent:
    """A joined parent."""

    table: str
    sobject: SObject
    path: tuple[str, ...]


class Names:
    """Hand out table aliases that are unique within one SQL statement."""

    def __init__(self) -> None:
        self._count = 0

    def take(self) -> str:
        """Return the next alias."""
        self._count += 1
        return f"t{self._count}"


class Scope:
    """The object a query reads from and the parents it has joined so far."""

    def __init__(
        self, schema: Schema, query: Query, sobject: SObject, viewer: Viewer, binder: Binder, names: Names
    ) -> None:
        self._schema = schema
        self._query = query
        self._viewer = viewer
        self._binder = binder
        self._names = names
        self._joins: list[str] = []
        self.sobject = sobject
        self.table = names.take()
        self.parents: dict[tuple[str, ...], Parent] = {}

    def find(self, subject: FieldPath | DateFunction) -> Found:
        """Return the field a path means, or a date function of one; raise INVALID_FIELD for what is unknown."""
        if isinstance(subject, FieldPath):
            return self._find(subject)
        found = self._find(subject.argument)
        if not takes(subject.function, found.field, converted=subject.converted):
            message = f"{subject.function} does not take {found.field.name}, which is a {found.field.type}"
            raise self.refuse(subject.position, message)
        field = function_field(subject.function)
        sql = function_sql(subject.function, found.column)
        return Found(found.table, field, (*found.path, f"{subject.function}()"), sql)

    def _find(self, path: FieldPath) -> Found:
        names = self._without_prefix(path)
        if len(names) > _MOST_LEVELS + 1:
            message = f"SOQL relationships go at most {_MOST_LEVELS} levels up"
            raise self.refuse(path.position, message, code="MALFORMED_QUERY")
        parent = Parent(self.table, self.sobject, ())
        for relationship in names[:-1]:
            parent = self._join(parent, relationship, path)
        field = parent.sobject.field(names[-1])
        if field is None or not self._viewer.reads(parent.sobject, field):
            message = f"No such column '{names[-1]}' on entity '{parent.sobject.name}'. " + hint(
                "field", suffix="__c", named="custom field name"
            )
            raise self.refuse(path.position, message)
        return Found(parent.table, field, (*parent.path, field.name), self._own_view(parent, field))

    def from_clause(self) -> str:
        """Return FROM with all joins."""
        return " ".join([f"FROM {quoted(self.sobject.name)} AS {self.table}", *self._joins])

    def refuse(self, position: int, message: str, *, code: str = "INVALID_FIELD") -> ApiError:
        """Return an error that points into the statement."""
        return error_at(self._query.text, position, message, code=code)

    def _own_view(self, parent: Parent, field: Field) -> str:
        """Return SQL for a field that every user has a value of their own for."""
        if not field.per_viewer:
            return ""
        mine = self._binder.bind(self._viewer.user_id)
        return (
            f"(SELECT seen.{quoted(field.name)} FROM RecentlyViewed AS seen "  # noqa: S608 names come from the schema
            f"WHERE seen.ViewerId = {mine} AND seen.Id = {parent.table}.Id)"
        )

    def _without_prefix(self, path: FieldPath) -> tuple[str, ...]:
        first = path.names[0].lower()
        if len(path.names) > 1 and first in (self._query.alias.lower(), self.sobject.name.lower()):
            return path.names[1:]
        return path.names

    def _join(self, child: Parent, relationship: str, path: FieldPath) -> Parent:
        field = child.sobject.parent_field(relationship)
        if field is None or not (
            self._viewer.reads(child.sobject, field)
            and self._viewer.may("Read", self._schema.get(field.reference_to[0]))
        ):
            message = f"Didn't understand relationship '{relationship}' in field path. " + hint(
                "relationship", suffix="__r", named="custom relationship name"
            )
            raise self.refuse(path.position, message)
        steps = (*child.path, field.relationship)
        if steps not in self.parents:
            target = self._schema.get(field.reference_to[0])
            parent = Parent(self._names.take(), target, steps)
            visible = condition(self._schema, target, parent.table, self._viewer, self._binder)
            self._joins.append(
                f"LEFT JOIN {quoted(target.name)} AS {parent.table} "
                f"ON {parent.table}.Id = {child.table}.{quoted(field.name)} AND {visible}"
            )
            self.parents[steps] = parent
        return self.parents[steps]


def hint(kind: str, *, suffix: str, named: str) -> str:
    """Return the advice the platform adds when it does not know a name."""
    return (
        f"If you are attempting to use a custom {kind}, be sure to append the '{suffix}' after the {named}. "
        "Please reference your WSDL or the describe call for the appropriate names."
    )


def source_object(schema: Schema, query: Query, viewer: Viewer) -> SObject:
    """Return the object a query reads from; raise INVALID_TYPE when the viewer knows none of that name."""
    sobject = schema.find(query.source)
    if sobject is None or not viewer.may("Read", sobject):
        message = f"sObject type '{query.source}' is not supported. " + hint(
            "object", suffix="__c", named="entity name"
        )
        raise error_at(query.text, query.source_position, message, code="INVALID_TYPE")
    if sobject.sharing == "computed":
        message = f"entity type {sobject.name} can only be queried on its own"
        raise error_at(query.text, query.source_position, message)
    return sobject
