"""What a project names and what can be named: objects and fields, classes, labels, components."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from checks.project import Finding, MetadataFile, Project
from checks.xml import text
from sandbox.salesforce.schema import Field, Schema, SObject, load_standard_objects
from sandbox.salesforce.sfdx import MetadataError, deploy

_METHOD = re.compile(
    r"((?:@\w+(?:\([^)]*\))?\s+)+)(?:(?:public|global|private|protected|static|virtual|override)\s+)+"
    r"[\w<>,.\[\] ]+?\s+(\w+)\s*([({;=])"
)
_TEST_CLASS = re.compile(r"@IsTest\b", re.IGNORECASE)
_STRING = r"'(?:\\.|[^'\\\n])*'"
_STRINGS = re.compile(_STRING)
_COMMENTS = re.compile(rf"{_STRING}|/\*.*?\*/|//[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Annotated:
    """A method or a variable of a class with its annotations."""

    name: str
    annotations: str
    is_method: bool

    def has(self, annotation: str) -> bool:
        """Tell whether it carries an annotation."""
        return f"@{annotation}".lower() in self.annotations.lower()


@dataclass(frozen=True)
class ApexClass:
    """A class of Apex."""

    name: str
    where: str
    source: str

    @cached_property
    def code(self) -> str:
        """Return the source without its comments; lines and columns stay where they are."""
        return _COMMENTS.sub(_blank_unless_string, self.source)

    @property
    def is_test(self) -> bool:
        """Tell whether it holds tests."""
        return _TEST_CLASS.match(self.code.strip()) is not None

    @cached_property
    def annotated(self) -> dict[str, Annotated]:
        """Return methods and variables with annotations, by name."""
        return {
            found[2]: Annotated(found[2], found[1], found[3] == "(") for found in _METHOD.finditer(self.code)
        }

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """Return the texts in quotes."""
        return tuple(found[0][1:-1] for found in _STRINGS.finditer(self.code))

    def finding(self, said: str) -> Finding:
        """Return what is wrong with this class."""
        return Finding(self.where, said)


def _blank_unless_string(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("'") else re.sub(r"[^\n]", " ", found[0])


class Names:
    """All that references may point to."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.schema, self.broken = _schema(project)

    @cached_property
    def classes(self) -> dict[str, ApexClass]:
        """Return the classes by name."""
        paths = [path for path in self.project.files if path.suffix == ".cls"]
        return {
            path.stem: ApexClass(path.stem, self.project.where(path), path.read_text("utf-8"))
            for path in paths
        }

    @cached_property
    def bundles(self) -> dict[str, Path]:
        """Return the folders of the Lightning web components by name."""
        found = {path for path in self.project.files if path.name.endswith(".js-meta.xml")}
        return {path.parent.name: path.parent for path in found}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return the custom labels' English texts by name."""
        return {
            text(label, "fullName"): text(label, "value")
            for file in self.project.of("labels")
            for label in file.root.iterfind("labels")
        }

    @cached_property
    def tabs(self) -> frozenset[str]:
        """Return the custom tabs."""
        return self.project.names("tab")

    @cached_property
    def custom_fields(self) -> frozenset[str]:
        """Return every custom field and relationship name, without its object."""
        fields = [field for sobject in self.schema for field in sobject.fields.values()]
        named = {field.name for field in fields if field.name.endswith("__c")}
        upward = {field.relationship for field in fields if field.relationship.endswith("__r")}
        downward = {field.child_relationship for field in fields if field.child_relationship.endswith("__r")}
        return frozenset(named | upward | downward | {sobject.name for sobject in self.schema})

    @cached_property
    def principals(self) -> frozenset[str]:
        """Return the named principals of external credentials, as permission sets write them."""
        return frozenset(
            f"{file.name}-{text(parameter, 'parameterName')}"
            for file in self.project.of("externalCredential")
            for parameter in file.root.iterfind("externalCredentialParameters")
            if text(parameter, "parameterType") == "NamedPrincipal"
        )

    def object_of(self, file: MetadataFile) -> SObject | None:
        """Return the object in whose folder a file lies."""
        return self.schema.find(file.owner)

    def field(self, sobject: SObject, path: str) -> Field | None:
        """Return the field at a path such as `Account.Owner.Name` or `Content_Asset__r.Title__c`, or None."""
        *steps, last = path.split(".")
        for step in steps:
            reference = sobject.parent_field(step)
            target = self.schema.find(reference.reference_to[0]) if reference else None
            if target is None:
                return None
            sobject = target
        return sobject.field(last)

    def qualified_field(self, name: str) -> Field | None:
        """Return the field that is written with its object: `Opportunity.StageName`."""
        owner, _, path = name.partition(".")
        sobject = self.schema.find(owner)
        return self.field(sobject, path) if sobject and path else None


def _schema(project: Project) -> tuple[Schema, list[Finding]]:
    """Return what the local org would hold after a deployment, and why it would refuse one."""
    standard = load_standard_objects()
    try:
        return deploy(standard, [project.root]), []
    except (MetadataError, SyntaxError, ValueError) as problem:
        said = str(problem).replace(f"{project.root}/", "")
        return Schema(standard), [Finding("sfdx-project.json", f"the local org refuses it: {said}")]
