"""Apex: queries, labels, credentials and permissions that classes name, and how they guard what they read."""

import re
from collections.abc import Iterator

from checks.names import ApexClass, Names
from checks.project import Finding
from sandbox.salesforce import soql_ast as soql
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.soql_parser import parse

_OPENING = re.compile(r"\[\s*SELECT\b", re.IGNORECASE)
_BIND = re.compile(r":\s*[A-Za-z_][\w.]*(?:\([^()]*\))?")
_CUSTOM = re.compile(r"\b[A-Za-z]\w*__(?:c|r|mdt|e)\b")
_LABEL = re.compile(r"\b(?:System\.)?Label\.(\w+)")
_CALLOUT = re.compile(r"callout:(\w+)")
_PERMISSION = re.compile(r"checkPermission\(\s*'(\w+)'", re.IGNORECASE)
_RECORD = re.compile(r"(\w+__mdt)\.getInstance\(\s*'([^']+)'\s*\)", re.IGNORECASE)
_CLASS = re.compile(
    r"^((?:@\w+(?:\([^)]*\))?\s*)*)((?:\w+\s+)*?)(?:class|interface|enum)\s+(\w+)", re.IGNORECASE
)
_DML = re.compile(
    r"(?<![\w.'])(insert|update|upsert|delete|undelete|merge)\s+(as\s+(?:user|system)\s+)?\w", re.IGNORECASE
)
_DATABASE = re.compile(
    r"\bDatabase\.(query\w*|getQueryLocator\w*|countQuery\w*|insert|update|upsert|delete)\s*\(", re.IGNORECASE
)
_AN_ID = re.compile(r"(?:0|a)[0-9A-Za-z]{2}[0-9A-Za-z]{12}(?:[A-Z0-5]{3})?")
_ADDRESS = re.compile(r"https?://|@\w+\.\w")

Read = tuple[str, str]
"""An object and one of its fields."""


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with the classes."""
    for apex_class in names.classes.values():
        for said in (*_said_of(names, apex_class), *_queries_of(names, apex_class)):
            yield apex_class.finding(said)
        if not _says_sharing(apex_class):
            yield apex_class.finding("says neither with nor inherited sharing")
        if not apex_class.is_test:
            yield from (apex_class.finding(said) for said in _guards(apex_class))


def queries(apex_class: ApexClass) -> Iterator[str]:
    """Yield the statements in brackets, with a value in the place of each bind variable."""
    for opening in _OPENING.finditer(apex_class.code):
        end = _closing(apex_class.code, opening.start())
        yield _BIND.sub(_placeholder, apex_class.code[opening.start() + 1 : end])


def queried_fields(names: Names, apex_class: ApexClass) -> set[Read]:
    """Return the fields that a class selects or filters by; of statements that cannot be read, none."""
    found: set[Read] = set()
    for statement in queries(apex_class):
        try:
            found |= {read for read, _ in _reads(names, parse(statement), None) if read is not None}
        except ApiError:
            continue
    return found


def _queries_of(names: Names, apex_class: ApexClass) -> Iterator[str]:
    for statement in queries(apex_class):
        try:
            query = parse(statement)
        except ApiError as refused:
            yield f"a query is none: {refused.message}"
            continue
        if not apex_class.is_test and not re.search(r"\bWITH\s+USER_MODE\b", statement, re.IGNORECASE):
            yield f"reads {query.source} without WITH USER_MODE"
        yield from (said for _, said in _reads(names, query, None) if said)


def _reads(names: Names, query: soql.Query, parent: SObject | None) -> Iterator[tuple[Read | None, str]]:
    """Yield every field that a query names, or why there is none such."""
    sobject = names.schema.find(query.source)
    if parent is not None:
        children = {child.relationship.lower(): child.sobject for child in names.schema.children(parent)}
        sobject = children.get(query.source.lower())
    if sobject is None:
        yield None, f"reads from {query.source}, which is no object"
        return
    for path in _paths(query):
        yield from _steps(names, sobject, query, path)
    for selected in query.selected:
        if isinstance(selected.item, soql.Query):
            yield from _reads(names, selected.item, sobject)
    for condition in _conditions(query.where):
        if isinstance(condition, soql.SemiJoin):
            yield from _reads(names, condition.query, None)
        yield from ((None, said) for said in _value_problems(names, sobject, condition))


def _steps(
    names: Names, sobject: SObject, query: soql.Query, path: soql.FieldPath
) -> Iterator[tuple[Read | None, str]]:
    *steps, last = path.names
    if steps and steps[0].lower() in (query.alias.lower(), query.source.lower()):
        steps = steps[1:]
    owner = sobject
    for step in steps:
        reference = owner.parent_field(step)
        target = names.schema.find(reference.reference_to[0]) if reference else None
        if reference is None or target is None:
            yield None, f"reads {path.text} of {sobject.name}: {owner.name} has no {step}"
            return
        yield (owner.name, reference.name), ""
        owner = target
    field = owner.field(last)
    if field is None:
        yield None, f"reads {path.text} of {sobject.name}: {owner.name} has no {last}"
    else:
        yield (owner.name, field.name), ""


def _value_problems(names: Names, sobject: SObject, condition: soql.Condition) -> Iterator[str]:
    """Yield the texts that a restricted picklist is compared with and never holds."""
    if isinstance(condition, soql.Comparison):
        values: tuple[soql.Literal, ...] = (condition.value,)
    elif isinstance(condition, soql.Membership):
        values = condition.values
    else:
        return
    if not isinstance(condition.subject, soql.FieldPath):
        return
    field = names.field(sobject, condition.subject.text)
    if field is None or not field.restricted:
        return
    for value in values:
        if value.kind == "string" and value.value not in (*field.picklist, _BOUND):
            yield f"compares {condition.subject.text} with {value.value!r}, which is none of its values"


def _paths(query: soql.Query) -> Iterator[soql.FieldPath]:
    subjects: list[object] = [selected.item for selected in query.selected]
    subjects += [ordering.subject for ordering in query.order_by]
    subjects += query.group_by
    subjects += [
        condition.subject
        for condition in (*_conditions(query.where), *_conditions(query.having))
        if not isinstance(condition, soql.Not | soql.Logic)
    ]
    for subject in subjects:
        if isinstance(subject, soql.Aggregate | soql.DateFunction):
            subject = subject.argument
        if isinstance(subject, soql.FieldPath):
            yield subject


def _conditions(condition: soql.Condition | None) -> Iterator[soql.Condition]:
    if isinstance(condition, soql.Logic):
        for each in condition.conditions:
            yield from _conditions(each)
    elif isinstance(condition, soql.Not):
        yield from _conditions(condition.condition)
    elif condition is not None:
        yield condition


def _said_of(names: Names, apex_class: ApexClass) -> Iterator[str]:
    known = {name.lower() for name in names.custom_fields}
    for name in sorted(set(_CUSTOM.findall(apex_class.code))):
        if name.lower() not in known:
            yield f"names {name}, which is no object, field or relationship"
    labels = {name.lower() for name in names.labels}
    for name in sorted(set(_LABEL.findall(apex_class.code))):
        if name.lower() not in labels:
            yield f"uses the label {name}, which does not exist"
    for name in _CALLOUT.findall(apex_class.code):
        if name not in names.project.names("namedCredential"):
            yield f"calls out by {name}, which is no named credential"
    for name in _PERMISSION.findall(apex_class.code):
        if name not in names.project.names("customPermission"):
            yield f"asks for the custom permission {name}, which does not exist"
    for kind, record in _RECORD.findall(apex_class.code):
        if f"{kind.removesuffix('__mdt')}.{record}" not in names.project.names("md"):
            yield f"reads the record {record} of {kind}, which does not exist"
    entered = [one.name for one in apex_class.annotated.values() if one.is_method and one.has("AuraEnabled")]
    twin = names.classes.get(f"{apex_class.name}Test")
    if entered and twin and "System.runAs(" not in twin.code:
        yield f"is entered by users, and {twin.name} never runs as one"
    declared = _CLASS.search(apex_class.code.strip())
    if declared is None or declared[3] != apex_class.name:
        yield "declares no class of the file's name"
    if not apex_class.is_test and twin is None:
        yield f"has no test: {apex_class.name}Test is missing"


def _says_sharing(apex_class: ApexClass) -> bool:
    """Tell whether a class says how it shares; the private ones that hold tests need not."""
    declared = _CLASS.search(apex_class.code.strip())
    words = declared[2].lower() if declared else "private"
    if apex_class.is_test and "private" in words:
        return True
    return re.search(r"\b(with|inherited)\s+sharing\b", words) is not None


def _guards(apex_class: ApexClass) -> Iterator[str]:
    for verb, mode in _DML.findall(apex_class.code):
        if mode.lower().split() != ["as", "user"]:
            yield f"{verb} without as user"
    for verb in _DATABASE.findall(apex_class.code):
        yield f"Database.{verb}: statements are written out here, and run as user"
    for said in apex_class.strings:
        if _AN_ID.fullmatch(said) and any(mark.isdigit() for mark in said[3:]):
            yield f"holds the id {said!r}"
        if _ADDRESS.search(said):
            yield f"holds the address {said!r}"


_BOUND = "\x00bound"


def _placeholder(found: re.Match[str]) -> str:
    before = found.string[: found.start()].rstrip()
    return f"('{_BOUND}')" if re.search(r"\bIN$", before, re.IGNORECASE) else _plain(before)


def _plain(before: str) -> str:
    return "1" if re.search(r"\b(LIMIT|OFFSET)$", before, re.IGNORECASE) else f"'{_BOUND}'"


def _closing(code: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(code)):
        depth += {"[": 1, "]": -1}.get(code[position], 0)
        if depth == 0:
            return position
    return len(code)
