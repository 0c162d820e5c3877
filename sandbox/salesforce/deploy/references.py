"""Check that what metadata names is there: objects, fields, classes, components, messages."""

from collections.abc import Iterator, Mapping

from sandbox.salesforce.deploy import automation, grants, reporting, screens, settings, words
from sandbox.salesforce.deploy.package import Component, Failure
from sandbox.salesforce.deploy.target import Check, Target
from sandbox.salesforce.deploy.wsdl import line_of

_CHECKS: Mapping[str, Check] = {
    "ApexClass": automation.apex,
    "ApexTrigger": automation.apex,
    "CompactLayout": screens.compact_layout,
    "CustomApplication": screens.application,
    "CustomMetadata": settings.metadata_record,
    "CustomObject": screens.custom_object,
    "CustomObjectTranslation": words.object_translation,
    "CustomTab": screens.tab,
    "Dashboard": reporting.dashboard,
    "ExternalCredential": settings.external_credential,
    "FlexiPage": screens.page,
    "Flow": automation.flow,
    "Layout": screens.layout,
    "LightningComponentBundle": screens.lightning_bundle,
    "ListView": screens.list_view,
    "NamedCredential": settings.named_credential,
    "PermissionSet": grants.permission_set,
    "Report": reporting.report,
    "ReportType": reporting.report_type,
    "Translations": words.translations,
    "WorkflowOutboundMessage": automation.outbound_message,
    "WorkflowRule": automation.workflow_rule,
}


def broken_references(component: Component, target: Target) -> Iterator[Failure]:
    """Yield what a component names and the org does not have."""
    check = _CHECKS.get(component.kind)
    for problem, element in check(component, target) if check else ():
        yield Failure(component.kind, component.name, component.path, problem, line_of(element))
