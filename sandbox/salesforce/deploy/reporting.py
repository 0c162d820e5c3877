"""Check the names that report types, reports and dashboards hold."""

from collections.abc import Iterator

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text, texts
from sandbox.salesforce.schema import SObject

_STANDARD_TYPES = frozenset({"AccountList", "ContactList", "Opportunity", "OpportunityHistory"})
_STANDARD_FOLDERS = frozenset({"unfiled$public"})
_COUNT = "RowCount"
# Where in a report a column of its report type stands, and where one of its groupings.
_COLUMNS = (
    "columns/field",
    "filter/criteriaItems/column",
    "groupingsDown/field",
    "groupingsAcross/field",
    "buckets/sourceColumnName",
    "chart/chartSummaries/column",
    "timeFrameFilter/dateColumn",
    "sortColumn",
    "colorRanges/columnName",
    "crossFilters/primaryTableColumn",
)
_GROUPINGS = ("chart/groupingColumn", "chart/secondaryGroupingColumn")


def report_type(component: Component, org: Target) -> Problems:
    """Yield relationships and columns that a report type names and the schema does not have."""
    base = text(component.root, "baseObject")
    sobject = org.schema.find(base)
    if sobject is None:
        yield missing("baseObject", "CustomObject", base), component.root
        return
    tables = {base: sobject}
    yield from _joins(component.root, base, sobject, org, tables)
    for column in component.root.iterfind(f"{NS}sections/{NS}columns"):
        table, field = text(column, "table"), text(column, "field")
        if table not in tables:
            yield f"Invalid value specified: table {table} is not joined", column
        elif not _has_column(org, tables[table], field):
            yield missing("field", "CustomField", f"{tables[table].name}.{field}"), column


def report(component: Component, org: Target) -> Problems:
    """Yield what a report names that is not there: its folder, its type, columns of the type, groupings."""
    yield from _folder(component, org)
    named = text(component.root, "reportType")
    if not named.endswith("__c"):
        if named not in _STANDARD_TYPES:
            yield f"Invalid value specified: report type {named}", component.root
        return
    kind = org.root("ReportType", named.removesuffix("__c"))
    if kind is None:
        yield missing("reportType", "ReportType", named), component.root
        return
    own = {name for name, _ in texts(component.root, "buckets/developerName")}
    own |= {name for name, _ in texts(component.root, "aggregates/developerName")}
    own |= {name for name, _ in texts(component.root, "customDetailFormulas/developerName")}
    known = own | set(_columns(kind)) | {_COUNT}
    for path in _COLUMNS:
        for name, element in texts(component.root, path):
            if name not in known:
                yield f"Invalid field name: {name} is no column of {named}", element
    groupings = {
        name
        for path in ("groupingsDown/field", "groupingsAcross/field")
        for name, _ in texts(component.root, path)
    }
    for path in _GROUPINGS:
        for name, element in texts(component.root, path):
            if name not in groupings:
                yield f"Invalid value specified: {name} is no grouping of the report", element
    yield from _cross_filters(component.root, org)
    yield from _form(component.root)


def dashboard(component: Component, org: Target) -> Problems:
    """Yield a folder or a report that a dashboard names and that is not there."""
    yield from _folder(component, org)
    for each in component.root.iter(f"{NS}report"):
        name = (each.text or "").strip()
        if not org.has("Report", name):
            yield missing("report", "Report", name), each
    runs_as = text(component.root, "runningUser")
    if runs_as and not org.has_user(runs_as):
        yield missing("runningUser", "User", runs_as), component.root


def _folder(component: Component, org: Target) -> Problems:
    folder = component.name.rpartition("/")[0]
    if folder not in _STANDARD_FOLDERS and not org.has(f"{component.kind}Folder", folder):
        yield f"Cannot find folder:{folder}", component.root


def _cross_filters(root: etree._Element, org: Target) -> Problems:
    for each in root.iterfind(f"{NS}crossFilters"):
        related = text(each, "relatedTable")
        for name, element in [*texts(each, "relatedTableJoinColumn"), *texts(each, "criteriaItems/column")]:
            if not org.has_field(related, name):
                yield f"Invalid field name: {related}.{name}", element


def _form(root: etree._Element) -> Problems:
    down, across = root.find(f"{NS}groupingsDown"), root.find(f"{NS}groupingsAcross")
    form = text(root, "format")
    if form == "Matrix" and (down is None or across is None):
        yield "A matrix report needs groupings down and across", root
    if form == "Summary" and (down is None or across is not None):
        yield "A summary report has groupings down and none across", root
    if form == "Tabular" and (down is not None or across is not None):
        yield "A tabular report has no groupings", root
    detail = {name for name, _ in texts(root, "columns/field")}
    for path in ("groupingsDown/field", "groupingsAcross/field"):
        for name, element in texts(root, path):
            if name in detail:
                yield f"Duplicate column: {name} is grouped by and shown", element


def _joins(
    element: etree._Element, table: str, sobject: SObject, org: Target, tables: dict[str, SObject]
) -> Problems:
    for join in element.iterfind(f"{NS}join"):
        relationship = text(join, "relationship")
        children = {child.relationship: child.sobject for child in org.schema.children(sobject)}
        child = children.get(relationship)
        if not relationship or child is None:
            yield f"Invalid value specified: {relationship} is no child relationship of {sobject.name}", join
            continue
        joined = f"{table}.{relationship}"
        tables[joined] = child
        yield from _joins(join, joined, child, org, tables)


def _has_column(org: Target, sobject: SObject, field: str) -> bool:
    """Tell whether a report type can show a field: references go by the name without `Id`, lookups by their own."""
    *steps, last = field.split(".")
    for step in steps:
        reference = _reference(sobject, step)
        found = org.schema.find(reference) if reference else None
        if found is None:
            return False
        sobject = found
    return bool(_reference(sobject, last)) or (
        org.has_field(sobject.name, last) and (last == "Id" or not last.endswith("Id"))
    )


def _reference(sobject: SObject, name: str) -> str:
    field = sobject.field(name) if name.endswith("__c") else sobject.parent_field(name)
    return field.reference_to[0] if field is not None and field.reference_to else ""


def _columns(kind: etree._Element) -> Iterator[str]:
    for column in kind.iterfind(f"{NS}sections/{NS}columns"):
        yield f"{text(column, 'table')}${text(column, 'field')}"
