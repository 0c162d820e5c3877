"""What will be there once a package is: the schema, components by kind, and what they say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.wsdl import NAMESPACE, parse_xml
from sandbox.salesforce.permissions import is_compound
from sandbox.salesforce.schema import Schema, SObject

NS = f"{{{NAMESPACE}}}"

Problems = Iterator[tuple[str, etree._Element]]
"""What is wrong, and the element that says it."""
Check = Callable[[Component, "Target"], Problems]


@dataclass(frozen=True)
class Target:
    """The org as it will be: schema, names by kind, the files of the package, and what was deployed before."""

    schema: Schema
    names: Mapping[str, frozenset[str]]
    files: Mapping[str, bytes]
    roots: Mapping[tuple[str, str], etree._Element] = field(default_factory=dict)
    """The metadata of the package's components by kind and name."""
    stored: Callable[[str, str], bytes | None] = lambda _kind, _name: None
    """What an earlier deployment brought under a kind and a name."""
    has_user: Callable[[str], bool] = lambda _name: False

    def has(self, kind: str, name: str) -> bool:
        """Tell whether a component of a kind is there."""
        return name in self.names.get(kind, ())

    def root(self, kind: str, name: str) -> etree._Element | None:
        """Return the metadata of a component, or None."""
        if (kind, name) in self.roots:
            return self.roots[kind, name]
        content = self.stored(kind, name)
        return None if content is None else parse_xml(content)

    def owner_of(self, object_name: str, path: str) -> SObject | None:
        """Return the object on which the last name of a path like `Owner.Manager.Name` stands, or None."""
        sobject = self.schema.find(object_name)
        for relationship in path.split(".")[:-1]:
            parent = sobject.parent_field(relationship) if sobject is not None else None
            sobject = self.schema.find(parent.reference_to[0]) if parent is not None else None
        return sobject

    def has_field(self, object_name: str, path: str) -> bool:
        """Tell whether an object has a field, maybe of a parent."""
        sobject, last = self.owner_of(object_name, path), path.rpartition(".")[2]
        if sobject is None:
            return False
        return sobject.field(last) is not None or is_compound(f"{sobject.name}.{last}")


def text(element: etree._Element, tag: str) -> str:
    """Return the text of a child without the space around it; nothing when there is none."""
    return (element.findtext(NS + tag) or "").strip()


def texts(root: etree._Element, path: str) -> Iterator[tuple[str, etree._Element]]:
    """Yield the text of every element at a path of tags, and the element."""
    for each in root.iterfind("/".join(NS + tag for tag in path.split("/"))):
        yield (each.text or "").strip(), each


def missing(tag: str, kind: str, name: str) -> str:
    """Return the platform's words for a name that is not there."""
    return f"In field: {tag} - no {kind} named {name} found"
