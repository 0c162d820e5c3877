"""Check the names that layouts, list views, tabs, apps, pages and Lightning components hold."""

import re

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, Problems, Target, missing, text, texts
from sandbox.salesforce.schema import SObject

_IMPORT = re.compile(r"""(?:from|import)\s+["']((?:@salesforce/|c/|\./|\.\./)[^"']+)["']""")
_CHILD = re.compile(r"<c-([a-z][a-z0-9-]*)")
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_MARKUP_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_LABEL = re.compile(r"\{!\$Label\.(?:c\.)?(\w+)\}")
_AURA = r"@AuraEnabled\b[^;{{}}]*?\b{method}\s*\("
_STANDARD_COLUMNS = frozenset(
    {
        *("NAME", "CREATED_DATE", "CREATEDBY_USER", "LAST_UPDATE", "UPDATEDBY_USER", "OWNER.ALIAS"),
        *("OWNER.FIRST_NAME", "OWNER.LAST_NAME", "RECORDTYPE"),
    }
)
# What the page of a custom metadata record shows besides its fields.
_OF_RECORDS = frozenset({"CreatedById", "IsProtected", "LastModifiedById", "NamespacePrefix"})
_OWN_NAMESPACES = ("c", "")
_MOST_COMPACT_FIELDS = 10


def layout(component: Component, org: Target) -> Problems:
    """Yield fields and related lists that a layout names and the schema does not have, and what it leaves out."""
    object_name = component.name.partition("-")[0]
    sobject = org.schema.find(object_name)
    if sobject is None:
        yield f"Parent entity failed to deploy: {object_name}", component.root
        return
    shown: set[str] = set()
    for each in component.root.iter(f"{NS}layoutItems"):
        field = text(each, "field")
        known = org.has_field(object_name, field) or (sobject.name.endswith("__mdt") and field in _OF_RECORDS)
        if field and not known:
            yield missing("field", "CustomField", f"{object_name}.{field}"), each
        if field and field in shown:
            yield f"Duplicate field on the layout: {field}", each
        shown.add(field)
        bundle = text(each, "component")
        if bundle and not org.has("LightningComponentBundle", bundle):
            yield missing("component", "LightningComponentBundle", bundle), each
    if sobject.custom:
        needed = [field.name for field in sobject.fields.values() if field.required]
        for name in (each for each in needed if each not in shown):
            yield f"Layout must contain an item for required layout field: {name}", component.root
    for each in component.root.iterfind(f"{NS}relatedLists"):
        yield from _related_list(each, sobject, org)


def list_view(component: Component, org: Target) -> Problems:
    """Yield columns and filters of a list view that are no fields of its object."""
    object_name = component.name.partition(".")[0]
    for path in ("columns", "filters/field"):
        for name, element in texts(component.root, path):
            if name not in _STANDARD_COLUMNS and not (
                name.endswith("__c") and org.has_field(object_name, name)
            ):
                yield f"Could not resolve list view column: {name}", element


def compact_layout(component: Component, org: Target) -> Problems:
    """Yield fields of a compact layout that its object does not have."""
    object_name = component.name.partition(".")[0]
    names = list(texts(component.root, "fields"))
    for name, element in names:
        if not org.has_field(object_name, name):
            yield missing("fields", "CustomField", f"{object_name}.{name}"), element
    if len(names) > _MOST_COMPACT_FIELDS:
        yield f"A compact layout has at most {_MOST_COMPACT_FIELDS} fields", component.root


def custom_object(component: Component, org: Target) -> Problems:
    """Yield a compact layout that an object is shown by and that is not there."""
    name = text(component.root, "compactLayoutAssignment")
    if name not in ("", "SYSTEM") and not org.has("CompactLayout", f"{component.name}.{name}"):
        yield missing("compactLayoutAssignment", "CompactLayout", f"{component.name}.{name}"), component.root


def tab(component: Component, org: Target) -> Problems:
    """Yield what a tab shows and is not there."""
    if text(component.root, "customObject") == "true" and org.schema.find(component.name) is None:
        yield missing("customObject", "CustomObject", component.name), component.root
    for tag, kind in (("lwcComponent", "LightningComponentBundle"), ("flexiPage", "FlexiPage")):
        name = text(component.root, tag)
        if name and not org.has(kind, name):
            yield missing(tag, kind, name), component.root


def application(component: Component, org: Target) -> Problems:
    """Yield tabs of an app that are not there."""
    seen: set[str] = set()
    for name, element in texts(component.root, "tabs"):
        if not name.startswith("standard-") and not org.has("CustomTab", name):
            yield missing("tabs", "CustomTab", name), element
        if name in seen:
            yield f"Duplicate tab: {name}", element
        seen.add(name)
    utility = text(component.root, "utilityBar")
    if utility and not org.has("FlexiPage", utility):
        yield missing("utilityBar", "FlexiPage", utility), component.root


def page(component: Component, org: Target) -> Problems:
    """Yield the object, components and fields that a Lightning page names and that are not there."""
    object_name = text(component.root, "sobjectType")
    if object_name and org.schema.find(object_name) is None:
        yield missing("sobjectType", "CustomObject", object_name), component.root
    if text(component.root, "type") == "RecordPage" and not object_name:
        yield "Required field is missing: sobjectType", component.root
    for each in component.root.iter(f"{NS}componentName"):
        namespace, _, name = (each.text or "").strip().rpartition(":")
        if namespace in _OWN_NAMESPACES and not org.has("LightningComponentBundle", name):
            yield missing("componentName", "LightningComponentBundle", name), each
    for each in component.root.iter(f"{NS}value"):
        for name in _LABEL.findall(each.text or ""):
            if not org.has("CustomLabel", name):
                yield missing("value", "CustomLabel", name), each
    for each in component.root.iter(f"{NS}fieldItem"):
        name = (each.text or "").strip().removeprefix("Record.")
        if not object_name or not org.has_field(object_name, name):
            yield missing("fieldItem", "CustomField", f"{object_name}.{name}"), each


def lightning_bundle(component: Component, org: Target) -> Problems:
    """Yield what the scripts and templates of a component name and the org does not have."""
    folder = component.path.rpartition("/")[0] + "/"
    own = {path: content for path, content in org.files.items() if path.startswith(folder)}
    imports = {
        (path, named)
        for path, content in own.items()
        if path.endswith(".js")
        for named in _IMPORT.findall(_COMMENTS.sub(" ", content.decode("utf-8", errors="replace")))
    }
    for path, named in sorted(imports):
        kind, known = _import(named, path, org)
        if not known:
            yield (
                f"Invalid reference {named} of type {kind} in file {path.rpartition('/')[2]}",
                component.root,
            )
    children = {
        child
        for path, content in own.items()
        if path.endswith(".html")
        for child in _CHILD.findall(_MARKUP_COMMENTS.sub(" ", content.decode("utf-8", errors="replace")))
    }
    for child in sorted(children):
        first, *others = child.split("-")
        name = first + "".join(each.capitalize() for each in others)
        if not org.has("LightningComponentBundle", name):
            yield f"No MODULE named markup://c:{name} found", component.root
    yield from _targets(component, org)


def _targets(component: Component, org: Target) -> Problems:
    exposed = text(component.root, "isExposed") == "true"
    targets = [name for name, _ in texts(component.root, "targets/target")]
    if exposed and not targets:
        yield "A component that is exposed needs targets", component.root
    for each in component.root.iter(f"{NS}targetConfig"):
        for name in (each.get("targets") or "").split(","):
            if name.strip() not in targets:
                yield f"targetConfig names {name.strip()}, which is no target of the component", each
        for found in each.iter(f"{NS}object"):
            if org.schema.find((found.text or "").strip()) is None:
                yield missing("object", "CustomObject", (found.text or "").strip()), found


def _import(named: str, path: str, org: Target) -> tuple[str, bool]:
    """Return what kind of thing a script imports, and whether it is there."""
    if named.startswith("."):
        target = _beside(path, named)
        return "file", any(f"{target}{ending}" in org.files for ending in ("", ".js", ".html", ".css"))
    if named.startswith("c/"):
        return "module", org.has("LightningComponentBundle", named.partition("/")[2])
    kind, _, rest = named.removeprefix("@salesforce/").partition("/")
    match kind:
        case "schema":
            owner, _, field = rest.partition(".")
            known = org.schema.find(owner) is not None if not field else org.has_field(owner, field)
        case "apex":
            known = not rest or _is_aura_enabled(rest, org)
        case "label":
            known = org.has("CustomLabel", rest.removeprefix("c."))
        case "customPermission":
            known = org.has("CustomPermission", rest)
        case "resourceUrl":
            known = org.has("StaticResource", rest.partition("/")[0])
        case _:
            known = kind in ("client", "community", "i18n", "user", "userPermission")
    return kind, known


def _is_aura_enabled(named: str, org: Target) -> bool:
    class_name, _, method = named.partition(".")
    source = org.files.get(f"classes/{class_name}.cls")
    if not org.has("ApexClass", class_name):
        return False
    if source is None:
        return True
    code = _COMMENTS.sub(" ", source.decode("utf-8", errors="replace"))
    return re.search(_AURA.format(method=re.escape(method)), code, re.IGNORECASE) is not None


def _beside(path: str, named: str) -> str:
    parts = path.split("/")[:-1]
    for step in named.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _related_list(each: etree._Element, parent: SObject, org: Target) -> Problems:
    named = text(each, "relatedList")
    child, dot, field = named.partition(".")
    if not dot:
        return  # A standard list, such as RelatedContactRoleList.
    sobject = org.schema.find(child)
    found = sobject.field(field) if sobject is not None else None
    if found is None or parent.name not in found.reference_to:
        yield f"In field: relatedList - {named} is no lookup to {parent.name}", each
        return
    for name, element in [*texts(each, "fields"), *texts(each, "sortField")]:
        if name not in _STANDARD_COLUMNS and not org.has_field(child, name):
            yield missing("fields", "CustomField", f"{child}.{name}"), element
