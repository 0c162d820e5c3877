"""The kinds of metadata a package may hold, and where in it they stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: its folder, the ending of its files, whether a file of its own holds the metadata."""

    name: str
    folder: str
    suffix: str
    has_meta_file: bool = False
    in_folder: bool = False
    is_bundle: bool = False


KINDS = (
    Kind("ApexClass", "classes", "cls", has_meta_file=True),
    Kind("ApexTrigger", "triggers", "trigger", has_meta_file=True),
    Kind("CspTrustedSite", "cspTrustedSites", "cspTrustedSite"),
    Kind("CustomApplication", "applications", "app"),
    Kind("CustomLabels", "labels", "labels"),
    Kind("CustomMetadata", "customMetadata", "md"),
    Kind("CustomObject", "objects", "object"),
    Kind("CustomObjectTranslation", "objectTranslations", "objectTranslation"),
    Kind("CustomPermission", "customPermissions", "customPermission"),
    Kind("CustomTab", "tabs", "tab"),
    Kind("Dashboard", "dashboards", "dashboard", in_folder=True),
    Kind("ExternalClientApplication", "externalClientApps", "eca"),
    Kind("ExternalCredential", "externalCredentials", "externalCredential"),
    Kind("FlexiPage", "flexipages", "flexipage"),
    Kind("Flow", "flows", "flow"),
    Kind("FlowDefinition", "flowDefinitions", "flowDefinition"),
    Kind("GlobalValueSet", "globalValueSets", "globalValueSet"),
    Kind("Layout", "layouts", "layout"),
    Kind("LightningComponentBundle", "lwc", "", is_bundle=True),
    Kind("NamedCredential", "namedCredentials", "namedCredential"),
    Kind("PermissionSet", "permissionsets", "permissionset"),
    Kind("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup"),
    Kind("QuickAction", "quickActions", "quickAction"),
    Kind("RemoteSiteSetting", "remoteSiteSettings", "remoteSite"),
    Kind("Report", "reports", "report", in_folder=True),
    Kind("ReportType", "reportTypes", "reportType"),
    Kind("StaticResource", "staticresources", "resource", has_meta_file=True),
    Kind("Translations", "translations", "translation"),
    Kind("Workflow", "workflows", "workflow"),
)
BY_FOLDER = {kind.folder: kind for kind in KINDS}
BY_NAME = {kind.name: kind for kind in KINDS}

# Parts of a file that are components by themselves: by the file's kind, the element and its kind.
PARTS = {
    "CustomObject": {
        "fields": "CustomField",
        "listViews": "ListView",
        "compactLayouts": "CompactLayout",
        "validationRules": "ValidationRule",
        "webLinks": "WebLink",
        "recordTypes": "RecordType",
        "fieldSets": "FieldSet",
    },
    "CustomLabels": {"labels": "CustomLabel"},
    "Workflow": {
        "outboundMessages": "WorkflowOutboundMessage",
        "rules": "WorkflowRule",
        "alerts": "WorkflowAlert",
        "fieldUpdates": "WorkflowFieldUpdate",
        "tasks": "WorkflowTask",
    },
}
PART_KINDS = {part: kind for kind, parts in PARTS.items() for part in parts.values()}
