"""What pages show: layouts, record pages, apps, tabs and quick actions."""

from collections.abc import Iterator

from lxml import etree

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts
from sandbox.salesforce.schema import SObject

_RELATED_STANDARD = {
    "RelatedNoteList",
    "RelatedActivityList",
    "RelatedHistoryList",
    "RelatedFileList",
    "RelatedContentNoteList",
}
_OF_METADATA_TYPES = {
    "CreatedById",
    "DeveloperName",
    "IsProtected",
    "LastModifiedById",
    "MasterLabel",
    "NamespacePrefix",
}
# Salesforce's own components, as far as our pages show them: nothing offline lists all.
_STANDARD_COMPONENTS = {
    "flexipage:tab",
    "flexipage:tabset",
    "force:detailPanel",
    "force:highlightsPanel",
    "force:relatedListContainer",
    "force:relatedListSingleContainer",
    "forceChatter:recordFeedContainer",
    "runtime_sales_activities:activityPanel",
    "runtime_sales_pathassistant:pathAssistant",
}
_STANDARD_TABS = "standard-"
_RECORD = "Record."


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with layouts, record pages, apps and tabs."""
    laid_out = set()
    for file in names.project.of("layout"):
        laid_out.add(file.name.partition("-")[0])
        yield from (file.finding(said) for said in _of_layout(names, file))
    for file in names.project.of("flexipage"):
        yield from (file.finding(said) for said in _of_record_page(names, file))
    for file in names.project.of("app"):
        yield from (file.finding(said) for said in _of_app(names, file))
    for file in names.project.of("tab"):
        if text(file.root, "customObject") == "true" and names.schema.find(file.name) is None:
            yield file.finding(f"shows {file.name}, which is no object")
    for file in names.project.of("quickAction"):
        target = text(file.root, "lightningWebComponent")
        if target and target not in names.bundles:
            yield file.finding(f"opens {target}, which is no component")
    for file in names.project.of("object"):
        if file.name.endswith("__c") and laid_out and file.name not in laid_out:
            yield file.finding("has no page layout")


def _of_layout(names: Names, file: MetadataFile) -> Iterator[str]:
    name, _, title = file.name.partition("-")
    sobject = names.schema.find(name)
    if sobject is None or not title:
        yield f"is a layout for {name}, which is no object"
        return
    shown = list(texts(file.root, "layoutSections/layoutColumns/layoutItems/field"))
    for one in shown:
        if sobject.field(one) is None and not (name.endswith("__mdt") and one in _OF_METADATA_TYPES):
            yield f"shows {one}, which is no field of {name}"
        if shown.count(one) > 1:
            yield f"shows {one} twice"
    for item in file.root.iterfind("layoutSections/layoutColumns/layoutItems"):
        field = sobject.field(text(item, "field"))
        if field and field.required and text(item, "behavior") != "Required":
            yield f"shows {field.name}, which is required, as {text(item, 'behavior') or 'nothing'}"
    for needed in (each for each in sobject.fields.values() if each.required and each.createable):
        ours = needed.name.endswith("__c") or needed.name == sobject.name_field
        if sobject.custom and ours and needed.name not in shown:
            yield f"leaves out {needed.name}, which is required"
    for related in file.root.iterfind("relatedLists"):
        shown = [*texts(related, "fields"), *texts(related, "sortField")]
        yield from _related(names, name, text(related, "relatedList"), shown)


def _related(names: Names, parent: str, related: str, shown: list[str]) -> Iterator[str]:
    if related in _RELATED_STANDARD:
        return
    child, _, lookup = related.partition(".")
    sobject = names.schema.find(child)
    field = sobject.field(lookup) if sobject else None
    if sobject is None or field is None or parent not in field.reference_to:
        yield f"has the related list {related}, which leads from no field to {parent}"
        return
    for column in shown:
        if sobject.field({"NAME": "Name"}.get(column, column)) is None:
            yield f"shows or sorts by {column} in {related}, which is no field of {child}"


def _of_record_page(names: Names, file: MetadataFile) -> Iterator[str]:
    sobject = names.schema.find(text(file.root, "sobjectType"))
    if text(file.root, "sobjectType") and sobject is None:
        yield f"is a page of {text(file.root, 'sobjectType')}, which is no object"
    for instance in file.root.iter("componentInstance"):
        component = text(instance, "componentName")
        if component.removeprefix("c:") not in names.bundles and component not in _STANDARD_COMPONENTS:
            yield f"shows {component}, which is no component of ours and no standard one that the checks know"
        yield from _related_shown(names, sobject, instance)
    for field in texts(file.root, ".//fieldInstance/fieldItem"):
        if sobject and names.field(sobject, field.removeprefix(_RECORD)) is None:
            yield f"shows {field}, which is no field of {sobject.name}"
    identifiers = list(texts(file.root, ".//identifier"))
    for identifier in sorted({one for one in identifiers if identifiers.count(one) > 1}):
        yield f"calls two things {identifier}"
    facets = {text(region, "name") for region in file.root.iterfind("flexiPageRegions")}
    for used in file.root.iter("value"):
        if (used.text or "").startswith("Facet-") and used.text not in facets:
            yield f"points to {used.text}, which is no region"


def _related_shown(names: Names, sobject: SObject | None, instance: etree._Element) -> Iterator[str]:
    """Yield the related list that a component names and its page's object does not have."""
    said = {
        text(each, "name"): text(each, "value") for each in instance.iterfind("componentInstanceProperties")
    }
    related, parent = said.get("relatedListApiName", ""), said.get("parentFieldApiName", "")
    if parent and names.qualified_field(parent) is None:
        yield f"shows what is related by {parent}, which is no field"
    children = {one.relationship for one in names.schema.children(sobject)} if sobject else set()
    if related and related not in children:
        yield f"shows the related list {related}, which leads nowhere from the page's object"


def _of_app(names: Names, file: MetadataFile) -> Iterator[str]:
    for tab in texts(file.root, "tabs"):
        if tab not in names.tabs and not tab.startswith(_STANDARD_TABS):
            yield f"shows the tab {tab}, which does not exist"
    for page in [*texts(file.root, "utilityBar"), *texts(file.root, "actionOverrides/content")]:
        if page not in names.project.names("flexipage"):
            yield f"shows the page {page}, which does not exist"
    if not text(file.root, "description"):
        yield "says no <description>"
