"""Read metadata without the namespace that every tag would carry."""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from sandbox.salesforce.deploy.wsdl import NAMESPACE


def without_namespace(source: etree._Element) -> etree._Element:
    """Return a copy whose tags are plain: `label`, not `{…metadata}label`."""
    root = deepcopy(source)
    for element in root.iter("*"):
        element.tag = str(element.tag).removeprefix(f"{{{NAMESPACE}}}")
    return root


def text(element: etree._Element, path: str) -> str:
    """Return the text at a path below an element, or an empty one."""
    return (element.findtext(path) or "").strip()


def texts(element: etree._Element, path: str) -> Iterator[str]:
    """Yield the text of each element at a path."""
    for found in element.iterfind(path):
        yield (found.text or "").strip()
