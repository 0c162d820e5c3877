"""Permission sets: what they grant exists, can be granted, and suffices for what else they grant."""

from collections.abc import Iterator

from lxml import etree

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.references.apex import queried_fields
from checks.xml import text
from sandbox.salesforce.permissions import is_compound

_NEEDS = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}
# Standard objects that hold nothing we read: whoever calls out through an external credential must be let at this one.
_WITHOUT_FACTS = frozenset({"UserExternalCredential"})
_STANDARD_APPS = "standard__"
_STANDARD_TABS = "standard-"


class _Set:
    """What one permission set grants."""

    def __init__(self, names: Names, file: MetadataFile) -> None:
        self.names, self.file, self.root = names, file, file.root
        self.objects = {
            text(each, "object").lower(): {
                str(flag.tag) for flag in each if (flag.text or "").strip() == "true"
            }
            for each in self.root.iterfind("objectPermissions")
        }
        self.readable = {
            text(each, "field").lower()
            for each in self.root.iterfind("fieldPermissions")
            if text(each, "readable") == "true"
        }

    def findings(self) -> Iterator[str]:
        """Yield what is wrong with it."""
        for what in ("label", "description"):
            if not text(self.root, what):
                yield f"says no <{what}>"
        yield from self._twice()
        for each in self.root.iterfind("objectPermissions"):
            yield from self._object(each)
        for each in self.root.iterfind("fieldPermissions"):
            yield from self._field(each)
        yield from self._names()
        yield from self._queries()

    def _object(self, each: etree._Element) -> Iterator[str]:
        name = text(each, "object")
        sobject, granted = self.names.schema.find(name), self.objects[name.lower()]
        if sobject is None and name not in _WITHOUT_FACTS:
            yield f"opens {name}, which is no object"
            return
        if not granted:
            yield f"opens nothing of {name}"
        for right in sorted(granted):
            for needed in _NEEDS.get(right, ()):
                if needed not in granted:
                    yield f"{name}: {right} needs {needed}"
        parent = sobject.controlling_field if sobject else None
        if parent and "allowRead" not in self.objects.get(parent.reference_to[0].lower(), set()):
            yield f"opens {name} but not {parent.reference_to[0]}, of which it is a part"

    def _field(self, each: etree._Element) -> Iterator[str]:
        name = text(each, "field")
        owner, _, last = name.partition(".")
        sobject = self.names.schema.find(owner)
        field = sobject.field(last) if sobject else None
        if is_compound(name):
            return
        if sobject is None or field is None:
            yield f"opens {name}, which is no field"
            return
        if not sobject.is_permissionable(field):
            yield f"lists {name}, which is open to all who see the object: required, or kept by the platform"
        granted, editable = self.objects.get(owner.lower(), set()), text(each, "editable") == "true"
        if "allowRead" not in granted:
            yield f"opens {name} but not {owner}"
        if editable and not granted & {"allowCreate", "allowEdit"}:
            yield f"lets {name} be edited, but no row of {owner}"
        if editable and name.lower() not in self.readable:
            yield f"lets {name} be edited but not read"
        if not editable and name.lower() not in self.readable:
            yield f"lists {name} and opens nothing of it"

    def _names(self) -> Iterator[str]:
        project = self.names.project
        known = {
            "applicationVisibilities/application": project.names("app"),
            "classAccesses/apexClass": frozenset(self.names.classes),
            "customPermissions/name": project.names("customPermission"),
            "externalCredentialPrincipalAccesses/externalCredentialPrincipal": self.names.principals,
            "flowAccesses/flow": project.names("flow"),
            "customMetadataTypeAccesses/name": project.names("object"),
            "tabSettings/tab": self.names.tabs,
        }
        for path, there in known.items():
            for each in self.root.iterfind(path):
                name = (each.text or "").strip()
                if name not in there and not name.startswith((_STANDARD_APPS, _STANDARD_TABS)):
                    yield f"opens {name}, which is none of {path.partition('/')[0]}"
        for each in self.root.iterfind("*/enabled"):
            if (each.text or "").strip() != "true":
                yield f"line {each.sourceline}: lists what it does not open"
        for each in self.root.iterfind("tabSettings"):
            if (sobject := self.names.schema.find(text(each, "tab"))) and "allowRead" not in self.objects.get(
                sobject.name.lower(), set()
            ):
                yield f"shows the tab {sobject.name} but does not open the object"

    def _queries(self) -> Iterator[str]:
        """Yield the fields that an opened class reads as the user, and that stay closed."""
        for each in self.root.iterfind("classAccesses"):
            name = text(each, "apexClass")
            apex_class = self.names.classes.get(name)
            for owner, field in sorted(queried_fields(self.names, apex_class) if apex_class else ()):
                # Standard fields are opened by whoever lets people sell; ours by nobody else.
                if not self._opens(owner, field) and f"{owner}{field}".endswith("__c"):
                    yield f"opens {name}, which reads {owner}.{field}, but not that"

    def _opens(self, owner: str, name: str) -> bool:
        sobject = self.names.schema.get(owner)
        field = sobject.field(name)
        if field is None or "allowRead" not in self.objects.get(owner.lower(), set()):
            return False
        return not sobject.is_permissionable(field) or f"{owner}.{name}".lower() in self.readable

    def _twice(self) -> Iterator[str]:
        seen: set[tuple[str, str]] = set()
        for path in (
            "object",
            "field",
            "apexClass",
            "name",
            "tab",
            "application",
            "externalCredentialPrincipal",
        ):
            for each in self.root.iterfind(f"*/{path}"):
                key = (f"{each.getparent().tag}", (each.text or "").strip())  # type: ignore[union-attr] # */x has a parent
                if key in seen:
                    yield f"lists {key[1]} twice"
                seen.add(key)


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with permission sets, and what none of them opens."""
    sets = [_Set(names, file) for file in names.project.of("permissionset")]
    for each in sets:
        yield from (each.file.finding(said) for said in each.findings())
    opened = {field for each in sets for field in each.readable}
    for file in names.project.of("field"):
        sobject = names.object_of(file)
        field = sobject.field(file.name) if sobject else None
        if sobject is None or field is None or sobject.name.endswith("__mdt"):
            continue
        if sobject.is_permissionable(field) and f"{sobject.name}.{field.name}".lower() not in opened:
            yield file.finding("no permission set opens it: nobody would see it")
    opened_classes = {text(each, "apexClass") for one in sets for each in one.root.iterfind("classAccesses")}
    for apex_class in names.classes.values():
        entered = any(one.is_method and one.has("AuraEnabled") for one in apex_class.annotated.values())
        if entered and not apex_class.is_test and apex_class.name not in opened_classes:
            yield apex_class.finding("no permission set opens it: no component could call it")
    for kind, path in (
        ("customPermission", "customPermissions/name"),
        ("app", "applicationVisibilities/application"),
        ("tab", "tabSettings/tab"),
    ):
        given = {(each.text or "").strip() for one in sets for each in one.root.iterfind(path)}
        for file in names.project.of(kind):
            if file.name not in given:
                yield file.finding("no permission set gives it")
    given = {
        (each.text or "").strip()
        for one in sets
        for each in one.root.iterfind("externalCredentialPrincipalAccesses/externalCredentialPrincipal")
    }
    for principal in sorted(names.principals - given):
        yield Finding("permissionsets", f"none gives the principal {principal}: nobody could call out")
