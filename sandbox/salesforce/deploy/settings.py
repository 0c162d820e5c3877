"""Check the names that credentials and records of custom metadata types hold."""

from urllib.parse import urlsplit

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.values import kept_value

_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def named_credential(component: Component, org: Target) -> Problems:
    """Yield an address or an external credential that a named credential lacks."""
    given = {}
    for each in component.root.iterfind(f"{NS}namedCredentialParameters"):
        given[text(each, "parameterType")] = each
        credential = text(each, "externalCredential")
        if credential and not org.has("ExternalCredential", credential):
            yield missing("externalCredential", "ExternalCredential", credential), each
    if text(component.root, "namedCredentialType") != "SecuredEndpoint":
        return
    address = urlsplit(text(given["Url"], "parameterValue")) if "Url" in given else None
    if address is None or address.scheme not in ("http", "https") or not address.hostname:
        yield "A secured endpoint needs a URL", component.root
    if "Authentication" not in given or not text(given["Authentication"], "externalCredential"):
        yield "A secured endpoint needs an external credential", component.root


def external_credential(component: Component, _: Target) -> Problems:
    """Yield what is wrong with the principals of an external credential."""
    names = set()
    for each in component.root.iterfind(f"{NS}externalCredentialParameters"):
        name = (text(each, "parameterType"), text(each, "parameterName"))
        if name in names:
            yield f"Duplicate parameter: {name[1]}", each
        names.add(name)
        if name[0] == "NamedPrincipal" and not text(each, "sequenceNumber"):
            yield f"The principal {name[1]} needs a sequenceNumber", each


def metadata_record(component: Component, org: Target) -> Problems:
    """Yield the type and the fields that a record names and that are not there, and values that don't fit."""
    type_name, _, record = component.name.partition(".")
    sobject = org.schema.find(f"{type_name}__mdt")
    if sobject is None or not record:
        yield missing("fullName", "CustomMetadataType", f"{type_name}__mdt"), component.root
        return
    if not text(component.root, "label"):
        yield "Required field is missing: label", component.root
    for each in component.root.iterfind(f"{NS}values"):
        name = text(each, "field")
        field = sobject.field(name) if name.endswith("__c") else None
        if field is None:
            yield missing("field", "CustomField", f"{sobject.name}.{name}"), each
            continue
        value = each.find(f"{NS}value")
        if value is None or value.get(_XSI_NIL) == "true":
            if field.required:
                yield f"Required field is missing: {name}", each
            continue
        try:
            kept_value(field, value.text)
        except ApiError as error:
            yield error.message, each
