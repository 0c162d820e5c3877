"""Answer queries on UserRecordAccess: what any one user may do with each of some records."""

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.permissions import known_viewer
from sandbox.salesforce.schema import Schema, SObject
from sandbox.salesforce.sharing import Access, Binder, Viewer, condition
from sandbox.salesforce.soql_ast import Comparison, FieldPath, Literal, Logic, Membership, Query
from sandbox.salesforce.soql_lexer import error_at
from sandbox.salesforce.soql_shape import Record
from sandbox.salesforce.store import Store, quoted

_MOST_RECORDS = 200


def is_about_access(query: Query) -> bool:
    """Tell whether the query must be answered here."""
    return query.source.lower() == "userrecordaccess"


def access_records(query: Query, store: Store, viewer: Viewer) -> list[Record]:
    """Return one record for each id asked for, in the order asked."""
    sobject = store.schema.get("UserRecordAccess")
    selected = _selected(query, sobject)
    user_id, record_ids = _asked(query)
    if not viewer.sees_all and viewer.user_id != user_id:
        raise ApiError("INSUFFICIENT_ACCESS", "you can only ask about your own access")
    asked_for = known_viewer(store, user_id)
    levels = _levels(store, asked_for, record_ids)
    return [_record(sobject, selected, user_id, record_id, levels[record_id]) for record_id in record_ids]


def _selected(query: Query, sobject: SObject) -> list[str]:
    names = []
    for entry in query.selected:
        if not isinstance(entry.item, FieldPath) or entry.alias:
            raise _refused(query, "only plain fields can be selected from UserRecordAccess")
        field = sobject.field(entry.item.text)
        if field is None:
            message = f"No such column '{entry.item.text}' on entity '{sobject.name}'."
            raise error_at(query.text, entry.item.position, message, code="INVALID_FIELD")
        names.append(field.name)
    if query.order_by or query.group_by or query.offset or query.seen or query.limit is not None:
        raise _refused(query, "UserRecordAccess takes WHERE and nothing behind it")
    return names


def _asked(query: Query) -> tuple[str, list[str]]:
    where = query.where
    if not isinstance(where, Logic) or where.operator != "AND" or len(where.conditions) != 2:
        raise _refused(
            query, "UserRecordAccess must be filtered by UserId = and by RecordId = or RecordId IN"
        )
    asked: dict[str, tuple[Literal, ...]] = {}
    for part in where.conditions:
        if isinstance(part, Comparison) and isinstance(part.subject, FieldPath) and part.operator == "=":
            asked[part.subject.text.lower()] = (part.value,)
        elif isinstance(part, Membership) and not part.negated:
            asked[part.subject.text.lower()] = part.values
    if asked.keys() != {"userid", "recordid"} or len(asked["userid"]) != 1:
        raise _refused(
            query, "UserRecordAccess must be filtered by UserId = and by RecordId = or RecordId IN"
        )
    if len(asked["recordid"]) > _MOST_RECORDS:
        raise _refused(query, f"number of RecordIds exceeds the limit of {_MOST_RECORDS}")
    record_ids = [_id(query, literal) for literal in asked["recordid"]]
    return _id(query, asked["userid"][0]), list(dict.fromkeys(record_ids))


def _levels(store: Store, viewer: Viewer | None, record_ids: list[str]) -> dict[str, str]:
    levels = dict.fromkeys(record_ids, "None")
    if viewer is None:
        return levels
    by_object: dict[str, list[str]] = {}
    for record_id in record_ids:
        sobject = store.schema.of_id(record_id)
        if sobject is not None and sobject.sharing not in ("own", "computed") and viewer.may("Read", sobject):
            by_object.setdefault(sobject.name, []).append(record_id)
    for name, ids in by_object.items():
        sobject = store.schema.get(name)
        levels |= dict.fromkeys(_open(store, sobject, viewer, ids, "read"), "Read")
        if sobject.writable and viewer.may("Edit", sobject):
            levels |= dict.fromkeys(_open(store, sobject, viewer, ids, "edit"), "Edit")
            if viewer.sees_all:
                levels |= {record_id: "All" for record_id in ids if levels[record_id] == "Edit"}
    return levels


def _open(store: Store, sobject: SObject, viewer: Viewer, record_ids: list[str], access: Access) -> list[str]:
    schema: Schema = store.schema
    binder = Binder()
    allowed = condition(schema, sobject, "one", viewer, binder, access=access)
    alive = " AND one.IsDeleted = 0" if sobject.has_recycle_bin else ""
    marks = ", ".join(binder.bind(record_id) for record_id in record_ids)
    sql = f"SELECT one.Id FROM {quoted(sobject.name)} AS one WHERE one.Id IN ({marks}) AND {allowed}{alive}"  # noqa: S608 names come from the schema
    return [row[0] for row in store.select(sql, binder.values)]


def _record(sobject: SObject, selected: list[str], user_id: str, record_id: str, level: str) -> Record:
    reached = ["None", "Read", "Edit", "Delete", "Transfer", "All"].index(level)
    known: Record = {
        "UserId": user_id,
        "RecordId": record_id,
        "HasReadAccess": reached >= 1,
        "HasEditAccess": reached >= 2,
        "HasDeleteAccess": reached >= 3,
        "HasTransferAccess": reached >= 4,
        "HasAllAccess": reached >= 5,
        "MaxAccessLevel": level,
    }
    record: Record = {"attributes": {"type": sobject.name}}
    return record | {name: known[name] for name in selected}


def _id(query: Query, literal: Literal) -> str:
    try:
        return normal_id(str(literal.value))
    except MalformedIdError:
        message = f"invalid ID field: {literal.value}"
        raise error_at(query.text, literal.position, message, code="INVALID_QUERY_FILTER_OPERATOR") from None


def _refused(query: Query, message: str) -> ApiError:
    return error_at(query.text, 0, message)
