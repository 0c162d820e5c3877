"""Hold metadata against the WSDL of the Metadata API, and file names against what the files say."""

from checks.project import Finding, MetadataFile, Project
from checks.xml import text
from sandbox.salesforce.deploy.wsdl import metadata_types, problems

# By the ending of the file's name: which type of the WSDL its root must be.
KINDS = {
    "app": "CustomApplication",
    "cls": "ApexClass",
    "compactLayout": "CompactLayout",
    "customPermission": "CustomPermission",
    "dashboard": "Dashboard",
    "dashboardFolder": "DashboardFolder",
    "externalCredential": "ExternalCredential",
    "field": "CustomField",
    "fieldTranslation": "CustomFieldTranslation",
    "flexipage": "FlexiPage",
    "flow": "Flow",
    "js": "LightningComponentBundle",
    "labels": "CustomLabels",
    "layout": "Layout",
    "listView": "ListView",
    "md": "CustomMetadata",
    "namedCredential": "NamedCredential",
    "object": "CustomObject",
    "objectTranslation": "CustomObjectTranslation",
    "permissionset": "PermissionSet",
    "quickAction": "QuickAction",
    "report": "Report",
    "reportFolder": "ReportFolder",
    "reportType": "ReportType",
    "tab": "CustomTab",
    "translation": "Translations",
    "workflow": "Workflow",
}
# The kinds that name themselves inside the file too, which must be as the file is called.
_NAMED_INSIDE = {
    "compactLayout": "fullName",
    "field": "fullName",
    "fieldTranslation": "name",
    "listView": "fullName",
}


def findings(project: Project) -> list[Finding]:
    """Return what the Metadata API would refuse in the form of the files."""
    return [*project.unreadable, *(found for file in project.metadata for found in _of_file(file))]


def _of_file(file: MetadataFile) -> list[Finding]:
    expected = KINDS.get(file.kind)
    if expected is None:
        return [
            file.finding(f"files of the kind {file.kind!r} are unknown to the checks: see checks/wsdl.py")
        ]
    if file.tag != expected:
        return [file.finding(f"its root is <{file.tag}>, not <{expected}>")]
    found = [
        file.finding(f"line {one.line}: {one.message}")
        for one in problems(file.source, expected, metadata_types())
    ]
    inside = _NAMED_INSIDE.get(file.kind)
    if inside and text(file.root, inside) != file.name:
        found.append(
            file.finding(f"<{inside}> is {text(file.root, inside)!r}, the file is called {file.name!r}")
        )
    return found
