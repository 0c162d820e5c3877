"""Parse XML from strangers: no DOCTYPE, no entities, no network, no deep nesting."""

from io import BytesIO

from lxml import etree

from enablement.adapters.extract.contents import Refused
from enablement.language import _, marked

_MAX_DEPTH = 64
_DAMAGED = marked("is damaged. Open it, save it again and add the copy.")


def parse_xml(data: bytes) -> etree._Element:
    """Parse one document, without comments and processing instructions.

    Raises Refused when it is malformed, holds a DOCTYPE, or is nested deeper than 64 levels.
    """
    events = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    depth = 0
    try:
        for event, element in events:
            if depth == 0:
                _refuse_doctype(element)
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise Refused(_("is nested too deeply for a real document. Save it anew and add the copy."))
    except etree.XMLSyntaxError as error:
        # libxml2 tells of both in the same way.
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise Refused(_(_DAMAGED)) from error
    root: etree._Element = events.root
    return root


def local_name(element: etree._Element) -> str:
    """Name the element without its namespace: ISO strict and transitional Office files differ only there."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str | None:
    """Read the namespaced attribute of that local name, whichever namespace it is in."""
    for key, value in element.attrib.items():
        if str(key).endswith("}" + name):
            return str(value)
    return None


def chosen(alternatives: etree._Element) -> etree._Element:
    """Pick the first of an AlternateContent's branches, meant for newer programs: all say the same."""
    return alternatives[0] if len(alternatives) else alternatives


def _refuse_doctype(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(
            _("holds a document type declaration, which no Office file needs. Save it anew and add the copy.")
        )
