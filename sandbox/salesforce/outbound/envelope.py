"""Write the SOAP of an Outbound Message and read its acknowledgement."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

MOST_NOTIFICATIONS = 100
_OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    " <soapenv:Body>\n"
    f'  <notifications xmlns="{_OUTBOUND}">\n'
    "   <OrganizationId>{organization}</OrganizationId>\n"
    "   <ActionId>{action}</ActionId>\n"
    '   <SessionId xsi:nil="true"/>\n'
    "   <EnterpriseUrl>{base}/services/Soap/c/62.0/{organization}</EnterpriseUrl>\n"
    "   <PartnerUrl>{base}/services/Soap/u/62.0/{organization}</PartnerUrl>\n"
    "{notifications}"
    "  </notifications>\n"
    " </soapenv:Body>\n"
    "</soapenv:Envelope>\n"
)
_NOTIFICATION = (
    "   <Notification>\n"
    "    <Id>{id}</Id>\n"
    '    <sObject xsi:type="sf:{object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">\n'
    "{fields}"
    "    </sObject>\n"
    "   </Notification>\n"
)


def envelope(
    *,
    organization: str,
    action: str,
    base: str,
    object_name: str,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
) -> str:
    """Return the message for rows, each with the id of its notification; fields without value are left out."""
    notifications = "".join(
        _NOTIFICATION.format(id=notification, object=object_name, fields=_fields(row))
        for notification, row in rows
    )
    return _ENVELOPE.format(organization=organization, action=action, base=base, notifications=notifications)


def is_acknowledged(status: int, body: bytes) -> bool:
    """Tell whether an answer says Ack true in a proper envelope; anything else means to try again."""
    if status != 200:
        return False
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError):
        return False
    path = f"{_SOAP}Body/{{{_OUTBOUND}}}notificationsResponse/{{{_OUTBOUND}}}Ack"
    ack = root.find(path) if root.tag == f"{_SOAP}Envelope" else None
    return ack is not None and (ack.text or "").strip() in ("true", "1")


def _fields(row: Mapping[str, Any]) -> str:
    written = ""
    for name, value in row.items():
        if name == "attributes" or value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value).replace("+0000", "Z")
        written += f"     <sf:{name}>{escape(text)}</sf:{name}>\n"
    return written
