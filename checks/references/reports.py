"""Report types, reports and dashboards: each column is in the report type, each report in its folder."""

from collections.abc import Iterator

from lxml import etree

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts
from sandbox.salesforce.schema import Field, SObject

_LONGEST_NAME = 40
_LONGEST_DESCRIPTION = 255
_COLUMN_PATHS = (
    "columns/field", "groupingsDown/field", "groupingsAcross/field", "filter/criteriaItems/column",
    "timeFrameFilter/dateColumn", "sortColumn", "buckets/sourceColumnName", "crossFilters/primaryTableColumn",
    "chart/chartSummaries/column", "chart/groupingColumn", "chart/secondaryGroupingColumn",
)  # fmt: skip
_COUNT = "RowCount"


class _ReportType:
    """A report type: which tables it joins and which columns it offers."""

    def __init__(self, names: Names, file: MetadataFile) -> None:
        self.names, self.file, self.root = names, file, file.root
        self.tables: dict[str, SObject] = {}
        self.broken = list(self._join())
        self.columns = {
            f"{text(column, 'table')}${text(column, 'field')}"
            for column in self.root.iterfind("sections/columns")
        }

    def _join(self) -> Iterator[str]:
        base = text(self.root, "baseObject")
        sobject, path = self.names.schema.find(base), base
        if sobject is None:
            yield f"begins with {base}, which is no object"
        step = self.root.find("join")
        while step is not None and sobject is not None:
            self.tables[path] = sobject
            wanted = text(step, "relationship")
            children = {one.relationship: one.sobject for one in self.names.schema.children(sobject)}
            if wanted not in children:
                yield f"joins {wanted}, which leads nowhere from {sobject.name}"
            sobject, path, step = children.get(wanted), f"{path}.{wanted}", step.find("join")
        if sobject is not None:
            self.tables[path] = sobject

    def findings(self) -> Iterator[str]:
        """Yield what is wrong with it."""
        yield from self.broken
        for what in ("label", "description", "category"):
            if not text(self.root, what):
                yield f"says no <{what}>"
        if len(text(self.root, "label")) > 50 or len(text(self.root, "description")) > _LONGEST_DESCRIPTION:
            yield f"its label is longer than 50 or its description than {_LONGEST_DESCRIPTION} characters"
        if text(self.root, "deployed") != "true":
            yield "is in development: nobody could make a report of it"
        seen: set[str] = set()
        for column in self.root.iterfind("sections/columns"):
            table, field = text(column, "table"), text(column, "field")
            if table not in self.tables:
                yield f"offers {field} of {table}, which it does not join"
            elif field_at(self.names, self.tables[table], field) is None:
                yield f"offers {table}${field}, which is no field"
            if f"{table}${field}" in seen:
                yield f"offers {table}${field} twice"
            seen.add(f"{table}${field}")


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with report types, reports and dashboards."""
    types = {f"{file.name}__c": _ReportType(names, file) for file in names.project.of("reportType")}
    for each in types.values():
        yield from (each.file.finding(said) for said in each.findings())
    reports = {f"{file.path.parent.name}/{file.name}": file for file in names.project.of("report")}
    for file in reports.values():
        yield from (file.finding(said) for said in _of_report(names, file, types))
    dashboards = list(names.project.of("dashboard"))
    for file in dashboards:
        yield from (file.finding(said) for said in _of_dashboard(names, file, reports))
    used = {text(file.root, "reportType") for file in reports.values()}
    for name in sorted(set(types) - used):
        yield types[name].file.finding("no report uses it")
    for kind, holders in (("reportFolder", list(reports.values())), ("dashboardFolder", dashboards)):
        for folder in names.project.of(kind):
            if not text(folder.root, "name"):
                yield folder.finding("says no <name>")
            if folder.name not in {file.path.parent.name for file in holders}:
                yield folder.finding("is a folder with nothing in it")


def field_at(names: Names, sobject: SObject, path: str) -> Field | None:
    """Return the field at a path of a report, in which a lookup stands for its relationship: `Asset__c.Title__c`."""
    *steps, last = path.split(".")
    for step in steps:
        reference = sobject.parent_field(step) or sobject.field(step)
        target = (
            names.schema.find(reference.reference_to[0]) if reference and reference.reference_to else None
        )
        if target is None:
            return None
        sobject = target
    return sobject.field(last) or sobject.parent_field(last)


def _of_report(names: Names, file: MetadataFile, types: dict[str, _ReportType]) -> Iterator[str]:
    root = file.root
    if file.path.parent.name not in names.project.names("reportFolder"):
        yield f"lies in {file.path.parent.name}, which is no report folder"
    if not 0 < len(text(root, "name")) <= _LONGEST_NAME:
        yield f"its name is empty or longer than {_LONGEST_NAME} characters"
    if not 0 < len(text(root, "description")) <= _LONGEST_DESCRIPTION:
        yield f"its description is empty or longer than {_LONGEST_DESCRIPTION} characters"
    of = types.get(text(root, "reportType"))
    if of is None:
        yield f"is made of {text(root, 'reportType')}, which is no report type of ours"
        return
    buckets = set(texts(root, "buckets/developerName"))
    for path in _COLUMN_PATHS:
        for column in texts(root, path):
            if column not in of.columns | buckets | {_COUNT}:
                yield f"{path.partition('/')[0]}: {column} is no column of {text(root, 'reportType')}"
    yield from _shape(root)
    for condition in root.iterfind("filter/criteriaItems"):
        yield from _condition(names, of, condition)
    for crossed in root.iterfind("crossFilters"):
        yield from _crossed(names, crossed)


def _shape(root: etree._Element) -> Iterator[str]:
    grouped = [*texts(root, "groupingsDown/field"), *texts(root, "groupingsAcross/field")]
    for tag in ("groupingColumn", "secondaryGroupingColumn"):
        column = text(root, f"chart/{tag}")
        if column and column not in grouped:
            yield f"draws {column}, by which it does not group"
    across, down = root.findall("groupingsAcross"), root.findall("groupingsDown")
    wanted = {"Tabular": (False, False), "Summary": (True, False), "Matrix": (True, True)}.get(
        text(root, "format")
    )
    if wanted and wanted != (bool(down), bool(across)):
        yield f"its groupings are not those of the format {text(root, 'format')}"
    shown = list(texts(root, "columns/field"))
    for column in sorted({one for one in shown if shown.count(one) > 1 or one in grouped}):
        yield f"shows {column} twice"
    if text(root, "sortColumn") and text(root, "sortColumn") not in [*shown, *grouped]:
        yield f"sorts by {text(root, 'sortColumn')}, which it does not show"
    for bucket in texts(root, "buckets/developerName"):
        if bucket not in grouped and bucket not in shown:
            yield f"makes the bucket {bucket} and does not use it"


def _condition(names: Names, of: _ReportType, condition: etree._Element) -> Iterator[str]:
    table, _, path = text(condition, "column").partition("$")
    sobject = of.tables.get(table)
    field = field_at(names, sobject, path) if sobject else None
    if field is None:
        return
    value = text(condition, "value")
    if field.restricted:
        for one in value.split(","):
            if one not in field.picklist:
                yield f"filters {path} by {one!r}, which is none of its values"
    if field.type == "boolean" and value not in ("0", "1", "True", "False"):
        yield f"filters {path} by {value!r}, which is neither 0 nor 1"
    if field.type in ("date", "datetime") and not value.replace("_", "").replace(":", "").isalnum():
        yield f"filters {path} by {value!r}, which is no date"


def _crossed(names: Names, crossed: etree._Element) -> Iterator[str]:
    related = names.schema.find(text(crossed, "relatedTable"))
    if related is None:
        yield f"crosses with {text(crossed, 'relatedTable')}, which is no object"
        return
    for column in [text(crossed, "relatedTableJoinColumn"), *texts(crossed, "criteriaItems/column")]:
        if related.field(column) is None:
            yield f"crosses by {column}, which is no field of {related.name}"


def _of_dashboard(names: Names, file: MetadataFile, reports: dict[str, MetadataFile]) -> Iterator[str]:
    if file.path.parent.name not in names.project.names("dashboardFolder"):
        yield f"lies in {file.path.parent.name}, which is no dashboard folder"
    for what in ("title", "description"):
        if not text(file.root, what):
            yield f"says no <{what}>"
    width = int(text(file.root, "dashboardGridLayout/numberOfColumns") or 12)
    for grid in file.root.iterfind("dashboardGridLayout/dashboardGridComponents"):
        if int(text(grid, "columnIndex") or 0) + int(text(grid, "colSpan") or 0) > width:
            yield f"a component reaches beyond column {width}"
    for component in file.root.iter("dashboardComponent"):
        name = text(component, "report")
        report = reports.get(name)
        if report is None:
            yield f"shows {name}, which is no report"
            continue
        if text(component, "useReportChart") == "true" and report.root.find("chart") is None:
            yield f"shows the chart of {name}, which has none"
        if not text(component, "title") and not text(component, "header"):
            yield f"shows {name} without a title"
