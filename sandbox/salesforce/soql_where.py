"""Turn SOQL conditions into SQL."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time

from sandbox.salesforce.clock import as_text
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.schema import Field
from sandbox.salesforce.sharing import Binder
from sandbox.salesforce.soql_ast import (
    Aggregate,
    Comparison,
    Condition,
    DateFunction,
    FieldPath,
    Includes,
    Literal,
    Logic,
    Membership,
    Not,
    Query,
    SemiJoin,
    Subject,
)
from sandbox.salesforce.soql_dates import days_meant
from sandbox.salesforce.soql_scope import Found, Scope
from sandbox.salesforce.values import kept_date, kept_datetime

_MOST_SEMI_JOINS = 2
_WANTED = {"boolean": "boolean", "date": "date", "datetime": "dateTime"}


class Conditions:
    """Compile the conditions of one query; as on the platform, NULL counts as false and NOT makes it true."""

    def __init__(
        self,
        scope: Scope,
        binder: Binder,
        *,
        today: date,
        semi_join: Callable[[Query], tuple[str, Field]] | None,
        groups: Mapping[tuple[str, ...], Found] | None = None,
        aggregate: Callable[[Aggregate], tuple[str, Field]] | None = None,
    ) -> None:
        """Compile WHERE, or HAVING when there are groups and a way to compile aggregates."""
        self._scope = scope
        self._binder = binder
        self._today = today
        self._semi_join = semi_join
        self._groups = groups
        self._aggregate = aggregate
        self._semi_joins = 0

    def sql(self, condition: Condition, *, beneath_or: bool = False) -> str:
        """Return the condition as SQL."""
        match condition:
            case Logic(operator, parts):
                beneath_or = beneath_or or operator == "OR"
                inner = (self.sql(part, beneath_or=beneath_or) for part in parts)
                return "(" + f" {operator} ".join(inner) + ")"
            case Not(part):
                return f"(NOT COALESCE({self.sql(part, beneath_or=True)}, 0))"
            case Comparison(subject, operator, value):
                return self._comparison(subject, operator, value)
            case Membership(subject, negated, values):
                return self._membership(subject, values, negated=negated)
            case Includes(subject, negated, values):
                return self._includes(subject, values, negated=negated)
            case SemiJoin(subject, negated, query):
                return self._joined(subject, query, negated=negated, beneath_or=beneath_or)

    def _comparison(self, subject: Subject, operator: str, value: Literal) -> str:
        found = self._filterable(subject)
        if value.kind == "relative":
            return self._compared_range(found, operator, value)
        column, kept = found.compared_column, self._kept(found, value)
        of_sets = found.field.type == "multipicklist" and operator not in ("=", "!=")
        if operator == "LIKE" or of_sets:
            if of_sets or not found.field.is_text:
                raise self._scope.refuse(subject.position, f"invalid operator on {found.field.type} field")
            return f"{column} LIKE {self._binder.bind(kept)} ESCAPE '\\'"
        if operator == "=":
            return f"{column} IS NULL" if kept is None else f"{column} = {self._binder.bind(kept)}"
        if operator == "!=":
            return f"{column} IS NOT {self._binder.bind(kept)}"
        if found.field.type == "boolean":
            raise self._scope.refuse(subject.position, "invalid operator on boolean field")
        return f"{column} {operator} {self._binder.bind(kept)}"

    def _compared_range(self, found: Found, operator: str, value: Literal) -> str:
        if found.field.type not in ("date", "datetime"):
            raise self._wrong_type(found, value)
        try:
            first, after = days_meant(str(value.value), value.count, today=self._today)
        except (OverflowError, ValueError) as cause:
            raise self._scope.refuse(value.position, f"{value.value}: out of range") from cause
        start, end = (self._binder.bind(_day_text(found.field, day)) for day in (first, after))
        column = found.compared_column
        inside = f"({column} >= {start} AND {column} < {end})"
        ranges = {
            "=": inside,
            "!=": f"(NOT COALESCE({inside}, 0))",
            "<": f"{column} < {start}",
            "<=": f"{column} < {end}",
            ">": f"{column} >= {end}",
            ">=": f"{column} >= {start}",
        }
        if operator not in ranges:
            raise self._scope.refuse(value.position, f"invalid operator on {found.field.type} field")
        return ranges[operator]

    def _membership(
        self, subject: FieldPath | DateFunction, values: tuple[Literal, ...], *, negated: bool
    ) -> str:
        found = self._filterable(subject)
        if any(value.kind == "relative" for value in values):
            equal = [self._comparison(subject, "=", value) for value in values]
            either = "(" + " OR ".join(equal) + ")"
            return f"(NOT COALESCE({either}, 0))" if negated else either
        kept = [self._kept(found, value) for value in values]
        marks = ", ".join(self._binder.bind(value) for value in kept if value is not None)
        column = found.compared_column
        null = f" OR {column} IS NULL" if None in kept else ""
        inside = f"({column} IN ({marks}){null})"
        return f"(NOT COALESCE({inside}, 0))" if negated else inside

    def _includes(self, subject: FieldPath, values: tuple[Literal, ...], *, negated: bool) -> str:
        found = self._filterable(subject)
        if found.field.type != "multipicklist":
            message = f"INCLUDES and EXCLUDES need a multi-select picklist, which {found.field.name} is not"
            raise self._scope.refuse(subject.position, message)
        sets = []
        for value in values:
            wanted = str(self._kept(found, value) or "").split(";")
            each = (
                f"instr(';' || {found.compared_column} || ';', {self._binder.bind(f';{one};')})"
                for one in wanted
            )
            sets.append("(" + " AND ".join(each) + ")")
        either = "(" + " OR ".join(sets) + ")"
        return f"(NOT COALESCE({either}, 0))" if negated else either

    def _joined(self, subject: FieldPath, query: Query, *, negated: bool, beneath_or: bool) -> str:
        found = self._filterable(subject)
        if self._semi_join is None or beneath_or:
            message = "semi-joins stand at the top of WHERE only, not within OR, NOT or another semi-join"
            raise self._scope.refuse(subject.position, message, code="MALFORMED_QUERY")
        self._semi_joins += 1
        if self._semi_joins > _MOST_SEMI_JOINS:
            message = "maximum 2 semi join sub-selects are allowed"
            raise self._scope.refuse(subject.position, message, code="MALFORMED_QUERY")
        inner, selected = self._semi_join(query)
        if query.source.lower() == self._scope.sobject.name.lower():
            message = "The inner and outer selects should not be on the same object type"
            raise self._scope.refuse(query.source_position, message, code="MALFORMED_QUERY")
        if {found.field.type, selected.type} - {"id", "reference"}:
            message = "semi-joins compare ids and references only"
            raise self._scope.refuse(subject.position, message, code="MALFORMED_QUERY")
        inside = f"{found.column} IN ({inner})"
        return f"(NOT COALESCE({inside}, 0))" if negated else inside

    def _filterable(self, subject: Subject) -> Found:
        if isinstance(subject, Aggregate):
            if self._aggregate is None:
                message = "an aggregate stands in SELECT, HAVING and ORDER BY only"
                raise self._scope.refuse(subject.position, message, code="MALFORMED_QUERY")
            sql, field = self._aggregate(subject)
            return Found("", field, (), sql)
        found = self._scope.find(subject)
        if not found.field.filterable:
            raise self._scope.refuse(
                subject.position, f"field '{found.field.name}' can not be filtered in a query call"
            )
        if self._groups is not None and found.path not in self._groups:
            message = f"Field must be grouped or aggregated: {subject.text}"
            raise self._scope.refuse(subject.position, message, code="MALFORMED_QUERY")
        return found

    def _kept(self, found: Found, literal: Literal) -> object:
        field = found.field
        if literal.kind == "null" or (literal.value == "" and literal.kind == "string"):
            return 0 if field.type == "boolean" else None
        if field.is_text and literal.kind == "string":
            return str(literal.value).lower()
        if field.type in ("id", "reference") and literal.kind == "string":
            return self._kept_id(literal)
        if field.is_number and literal.kind == "number":
            return literal.value
        if field.type == "boolean" and literal.kind == "boolean":
            return int(bool(literal.value))
        if field.type == literal.kind:
            return self._kept_moment(found, literal)
        raise self._wrong_type(found, literal)

    def _kept_moment(self, found: Found, literal: Literal) -> str:
        keep = kept_date if literal.kind == "date" else kept_datetime
        try:
            return keep(found.field, literal.value)
        except ApiError:
            message = f"line {literal.value}: not a {literal.kind}"
            raise self._scope.refuse(literal.position, message, code="MALFORMED_QUERY") from None

    def _kept_id(self, literal: Literal) -> str:
        try:
            return normal_id(str(literal.value))
        except MalformedIdError:
            message = f"invalid ID field: {literal.value}"
            raise self._scope.refuse(
                literal.position, message, code="INVALID_QUERY_FILTER_OPERATOR"
            ) from None

    def _wrong_type(self, found: Found, literal: Literal) -> ApiError:
        quotes = "should be enclosed in quotes" if found.field.is_text else "should not be enclosed in quotes"
        wanted = _WANTED.get(found.field.type, "string" if found.field.is_text else found.field.type)
        message = (
            f"value of filter criterion for field '{found.field.name}' must be of type {wanted} and {quotes}"
        )
        return self._scope.refuse(literal.position, message)


def _day_text(field: Field, day: date) -> str:
    return day.isoformat() if field.type == "date" else as_text(datetime.combine(day, time(), UTC))
