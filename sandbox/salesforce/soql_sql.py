"""Compile SOQL to one SQLite statement, and its rows to records."""

from dataclasses import dataclass
from datetime import date

from sandbox.salesforce.files import check_filter
from sandbox.salesforce.schema import Field, Schema, SObject
from sandbox.salesforce.sharing import Binder, Viewer, condition
from sandbox.salesforce.soql_ast import Aggregate, DateFunction, FieldPath, Ordering, Query, Selected, Subject
from sandbox.salesforce.soql_scope import Found, Names, Scope, hint, source_object
from sandbox.salesforce.soql_shape import (
    AggregateColumn,
    ChildColumn,
    Column,
    FieldColumn,
    ParentColumn,
    Shape,
)
from sandbox.salesforce.soql_where import Conditions
from sandbox.salesforce.store import quoted

_MOST_SKIPPED = 2000
_NOT_GROUPABLE = frozenset({"textarea", "double", "currency", "percent", "datetime", "multipicklist"})
_COUNTED = Field("count", "int")


@dataclass(frozen=True)
class Statement:
    """SQL with its values, and the shape of its rows."""

    sql: str
    values: dict[str, object]
    shape: Shape
    counts_only: bool
    """SELECT COUNT(): the single value is the answer's size."""


def compile_query(
    query: Query, schema: Schema, viewer: Viewer, *, today: date, with_deleted: bool
) -> Statement:
    """Return the SQL of a query that shows its viewer only what is shared with them."""
    compiler = _Compiler(schema, viewer, today=today, with_deleted=with_deleted or query.all_rows)
    return compiler.statement(query)


class _Compiler:
    def __init__(self, schema: Schema, viewer: Viewer, *, today: date, with_deleted: bool) -> None:
        self._schema = schema
        self._viewer = viewer
        self._today = today
        self._with_deleted = with_deleted
        self._binder = Binder()
        self._names = Names()

    def statement(self, query: Query) -> Statement:
        """Compile a whole statement."""
        sobject = source_object(self._schema, query, self._viewer)
        check_filter(query, self._viewer)
        scope = self._scope(query, sobject)
        if query.offset > _MOST_SKIPPED:
            message = f"Maximum SOQL offset allowed is {_MOST_SKIPPED}"
            raise scope.refuse(0, message, code="NUMBER_OUTSIDE_VALID_RANGE")
        aggregates = [entry.item for entry in query.selected if isinstance(entry.item, Aggregate)]
        counts_only = len(query.selected) == 1 and aggregates == [query.selected[0].item]
        counts_only = counts_only and aggregates[0].argument is None
        _check_window(scope, query, counts_only=counts_only, aggregated=bool(aggregates))
        if aggregates or query.group_by:
            columns, order = self._grouped(scope, query, counts_only=counts_only)
        else:
            columns = self._plain(scope, query.selected)
            order = self._order(scope, query.order_by)
        sql = self._select(scope, query, ["1"] if counts_only else [sql for sql, _ in columns], order)
        if counts_only:
            sql = f"SELECT COUNT(*) FROM ({sql})"  # noqa: S608 compiled above
        shape = Shape(
            "AggregateResult" if aggregates or query.group_by else sobject.name, tuple(c for _, c in columns)
        )
        return Statement(sql, self._binder.values, shape, counts_only)

    def _scope(self, query: Query, sobject: SObject) -> Scope:
        return Scope(self._schema, query, sobject, self._viewer, self._binder, self._names)

    # --- parts of a SELECT

    def _select(self, scope: Scope, query: Query, columns: list[str], order: str, *, also: str = "") -> str:
        conditions = Conditions(scope, self._binder, today=self._today, semi_join=self._semi_join)
        where = [self._visible(scope), *([also] if also else [])]
        if query.where is not None:
            where.append(conditions.sql(query.where))
        group = having = ""
        if query.group_by:
            group = " GROUP BY " + ", ".join(scope.find(path).column for path in query.group_by)
        if query.having is not None:
            grouped = Conditions(
                scope,
                self._binder,
                today=self._today,
                semi_join=None,
                groups=self._groups(scope, query),
                aggregate=lambda item: self._aggregate(scope, item),
            )
            having = f" HAVING {grouped.sql(query.having)}"
        window = f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
        return (
            f"SELECT {', '.join(columns)} {scope.from_clause()} WHERE {' AND '.join(where)}"
            f"{group}{having}{order}{window}"
        )

    def _visible(self, scope: Scope) -> str:
        visible = condition(self._schema, scope.sobject, scope.table, self._viewer, self._binder)
        alive = scope.sobject.has_recycle_bin and not self._with_deleted
        return f"{visible} AND {scope.table}.IsDeleted = 0" if alive else visible

    def _plain(self, scope: Scope, selected: tuple[Selected, ...]) -> list[tuple[str, Column]]:
        columns: list[tuple[str, Column]] = [(f"{scope.table}.Id", ParentColumn((), scope.sobject.name))]
        known: set[tuple[str, ...]] = set()
        for entry in selected:
            if entry.alias:
                raise scope.refuse(0, f"an alias needs an aggregate: {entry.alias}", code="MALFORMED_QUERY")
            if isinstance(entry.item, Query):
                columns.append(self._child(scope, entry.item))
            elif isinstance(entry.item, DateFunction):
                message = f"Field must be grouped or aggregated: {entry.item.text}"
                raise scope.refuse(entry.item.position, message, code="MALFORMED_QUERY")
            elif isinstance(entry.item, FieldPath):
                found = scope.find(entry.item)
                if found.path in known:
                    message = f"duplicate field selected: {entry.item.text}"
                    raise scope.refuse(entry.item.position, message, code="MALFORMED_QUERY")
                columns += _parents_on_the_way(scope, found.path, known)
                columns.append((found.column, FieldColumn(found.path, found.field)))
                known.add(found.path)
        return columns

    def _child(self, scope: Scope, query: Query) -> tuple[str, Column]:
        wanted = query.source.lower()
        children = self._schema.children(scope.sobject)
        child = next((c for c in children if c.relationship and c.relationship.lower() == wanted), None)
        if child is None or not (
            self._viewer.may("Read", child.sobject) and self._viewer.reads(child.sobject, child.field)
        ):
            message = f"Didn't understand relationship '{query.source}' in FROM part of query call. " + hint(
                "relationship", suffix="__r", named="custom relationship name"
            )
            raise scope.refuse(query.source_position, message, code="INVALID_TYPE")
        inner = self._scope(query, child.sobject)
        columns = self._plain(inner, query.selected)
        named = [f"{sql} AS c{place}" for place, (sql, _) in enumerate(columns)]
        order = self._order(inner, query.order_by)
        mine = f"{inner.table}.{quoted(child.field.name)} = {scope.table}.Id"
        rows = self._select(inner, query, named, order, also=mine)
        array = ", ".join(f"c{place}" for place in range(len(columns)))
        shape = Shape(child.sobject.name, tuple(column for _, column in columns))
        packed = f"(SELECT json_group_array(json_array({array})) FROM ({rows}))"  # noqa: S608 compiled above
        return packed, ChildColumn(child.relationship, shape)

    def _semi_join(self, query: Query) -> tuple[str, Field]:
        scope = self._scope(query, source_object(self._schema, query, self._viewer))
        if scope.sobject.name == "ContentDocumentLink":
            message = f"Entity '{scope.sobject.name}' is not supported for semi join inner selects"
            raise scope.refuse(query.source_position, message, code="MALFORMED_QUERY")
        if len(query.selected) != 1 or not isinstance(query.selected[0].item, FieldPath):
            raise scope.refuse(0, "a semi-join selects exactly one field", code="MALFORMED_QUERY")
        found = scope.find(query.selected[0].item)
        if len(found.path) > 1:
            message = "a semi-join selects a field of its own object"
            raise scope.refuse(query.selected[0].item.position, message, code="MALFORMED_QUERY")
        conditions = Conditions(scope, self._binder, today=self._today, semi_join=None)
        own = f" AND {conditions.sql(query.where)}" if query.where is not None else ""
        where = f"{self._visible(scope)} AND {found.column} IS NOT NULL{own}"
        return f"SELECT {found.column} {scope.from_clause()} WHERE {where}", found.field

    # --- order and groups

    def _order(self, scope: Scope, orderings: tuple[Ordering, ...]) -> str:
        parts = []
        for ordering in orderings:
            if not isinstance(ordering.subject, FieldPath):
                message = f"ORDER BY {ordering.subject.text} needs GROUP BY"
                raise scope.refuse(ordering.subject.position, message, code="MALFORMED_QUERY")
            found = scope.find(ordering.subject)
            if not found.field.filterable:
                raise scope.refuse(
                    ordering.subject.position, f"field '{found.field.name}' can not be sorted in a query call"
                )
            parts.append(f"{found.compared_column} {ordering.direction} NULLS {ordering.nulls}")
        return " ORDER BY " + ", ".join([*parts, f"{scope.table}.seq"])

    def _grouped(
        self, scope: Scope, query: Query, *, counts_only: bool
    ) -> tuple[list[tuple[str, Column]], str]:
        groups = self._groups(scope, query)
        columns: list[tuple[str, Column]] = []
        unnamed = 0
        for entry in query.selected:
            if isinstance(entry.item, Query):
                raise scope.refuse(
                    entry.item.source_position, "no subqueries beside GROUP BY", code="MALFORMED_QUERY"
                )
            sql, field = self._group_item(scope, entry.item, groups)
            name = entry.alias
            if not name and isinstance(entry.item, FieldPath):
                name = field.name
            elif not name:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            if isinstance(entry.item, Aggregate) and entry.item.argument is None and not counts_only:
                raise scope.refuse(entry.item.position, "COUNT() stands alone", code="MALFORMED_QUERY")
            function = "" if isinstance(entry.item, FieldPath) else entry.item.text
            columns.append((sql, AggregateColumn(name, field, function)))
        return columns, self._group_order(scope, query, groups)

    def _groups(self, scope: Scope, query: Query) -> dict[tuple[str, ...], Found]:
        groups = {}
        for subject in query.group_by:
            found = scope.find(subject)
            if found.field.type in _NOT_GROUPABLE:
                message = f"field '{found.field.name}' can not be grouped in a query call"
                raise scope.refuse(subject.position, message)
            groups[found.path] = found
        return groups

    def _group_item(
        self, scope: Scope, item: Subject, groups: dict[tuple[str, ...], Found]
    ) -> tuple[str, Field]:
        if isinstance(item, Aggregate):
            return self._aggregate(scope, item)
        found = scope.find(item)
        if found.path not in groups:
            message = f"Field must be grouped or aggregated: {item.text}"
            raise scope.refuse(item.position, message, code="MALFORMED_QUERY")
        return found.column, found.field

    def _aggregate(self, scope: Scope, item: Aggregate) -> tuple[str, Field]:
        if item.argument is None:
            return "COUNT(*)", _COUNTED
        found = scope.find(item.argument)
        summable = found.field.is_number
        ordered = summable or found.field.type in ("date", "datetime")
        allowed = {"SUM": summable, "AVG": summable, "MIN": ordered, "MAX": ordered}
        if not found.field.filterable or not allowed.get(item.function, True):
            message = f"field {found.field.name} does not support aggregate operator {item.function}"
            raise scope.refuse(item.position, message, code="MALFORMED_QUERY")
        if item.function == "COUNT":
            return f"COUNT({found.column})", _COUNTED
        if item.function == "COUNT_DISTINCT":
            return f"COUNT(DISTINCT {found.compared_column})", _COUNTED
        shown = Field("average", "double") if item.function == "AVG" else found.field
        return f"{item.function}({found.column})", shown

    def _group_order(self, scope: Scope, query: Query, groups: dict[tuple[str, ...], Found]) -> str:
        parts = []
        for ordering in query.order_by:
            sql, _ = self._group_item(scope, ordering.subject, groups)
            parts.append(f"{sql} {ordering.direction} NULLS {ordering.nulls}")
        parts += [found.column for found in groups.values()]
        return " ORDER BY " + ", ".join(parts) if parts else ""


def _check_window(scope: Scope, query: Query, *, counts_only: bool, aggregated: bool) -> None:
    if counts_only and (query.group_by or query.order_by):
        raise scope.refuse(0, "COUNT() takes neither GROUP BY nor ORDER BY", code="MALFORMED_QUERY")
    windowed = query.limit is not None or query.offset
    if aggregated and not counts_only and not query.group_by and windowed:
        message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise scope.refuse(0, message, code="MALFORMED_QUERY")


def _parents_on_the_way(
    scope: Scope, path: tuple[str, ...], known: set[tuple[str, ...]]
) -> list[tuple[str, Column]]:
    columns: list[tuple[str, Column]] = []
    for length in range(1, len(path)):
        steps = path[:length]
        if steps not in known:
            parent = scope.parents[steps]
            columns.append((f"{parent.table}.Id", ParentColumn(steps, parent.sobject.name)))
            known.add(steps)
    return columns
