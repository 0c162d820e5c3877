"""Read an Outbound Message. Nothing of it is believed but which records it names: it is not signed.

Salesforce's own description: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm
"""

from dataclasses import dataclass
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from crm.hooks.records import OPPORTUNITY, record_id
from crm.hooks.refusal import Refused

# Salesforce puts at most so many into one message.
MOST_NOTIFICATIONS = 100
# A message is five deep. An Opportunity has at most 800 fields of its own.
MOST_DEPTH = 16
MOST_ELEMENTS = 100_000
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
_NOTIFICATIONS = (f"{_SOAP}Envelope", f"{_SOAP}Body", f"{_OUTBOUND}notifications")
_ORG = (*_NOTIFICATIONS, f"{_OUTBOUND}OrganizationId")
_NOTIFICATION = (*_NOTIFICATIONS, f"{_OUTBOUND}Notification")
_ID = (*_NOTIFICATION, f"{_OUTBOUND}Id")
_RECORD_ID = (*_NOTIFICATION, f"{_OUTBOUND}sObject", "{urn:sobject.enterprise.soap.sforce.com}Id")


@dataclass(frozen=True)
class Notification:
    """That an Opportunity changed; the id stays the same however often Salesforce sends it."""

    id: str
    deal_id: str


def read_message(raw: bytes, *, org_id: str) -> tuple[Notification, ...]:
    """Return the notifications of a message of this org (18 characters); refuses everything else."""
    reader = _Reader()
    if b"\0" in raw:
        # Else the parser would guess that this is UTF-16.
        raise Refused(400, "not UTF-8")
    try:
        # As text, so that no encoding that the message claims for itself is tried.
        text = raw.decode()
        parser = DefusedXMLParser(target=reader, forbid_dtd=True)
        parser.feed(text)
        parser.close()
    except (UnicodeDecodeError, ParseError, DefusedXmlException) as error:
        raise Refused(400, "not XML in UTF-8 without a document type") from error
    if [record_id(org) for org in reader.orgs] != [org_id]:
        raise Refused(403, "not of this org")
    if not reader.notifications:
        raise Refused(400, "no notifications")
    return tuple(_notification(ids) for ids in reader.notifications)


def _notification(ids: dict[tuple[str, ...], list[str]]) -> Notification:
    if [len(ids[path]) for path in (_ID, _RECORD_ID)] != [1, 1]:
        raise Refused(400, "a notification needs one id, and one of its record")
    return Notification(record_id(ids[_ID][0]), record_id(ids[_RECORD_ID][0], OPPORTUNITY))


class _Reader:
    """Hears of elements as they are parsed and keeps the ids alone: no tree is built that could grow."""

    def __init__(self) -> None:
        self.orgs: list[str] = []
        self.notifications: list[dict[tuple[str, ...], list[str]]] = []
        self._path: tuple[str, ...] = ()
        self._text: list[str] = []
        self._elements = 0

    def start(self, tag: str, _attributes: Any) -> None:
        self._path, self._text = (*self._path, tag), []
        self._elements += 1
        if len(self._path) > MOST_DEPTH or self._elements > MOST_ELEMENTS:
            raise Refused(400, "nested too deeply, or too many elements")
        if self._path == _NOTIFICATION:
            if len(self.notifications) == MOST_NOTIFICATIONS:
                raise Refused(400, f"more than {MOST_NOTIFICATIONS} notifications")
            self.notifications.append({_ID: [], _RECORD_ID: []})

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, _tag: str) -> None:
        text = "".join(self._text)
        if self._path == _ORG:
            self.orgs.append(text)
        elif self._path in (_ID, _RECORD_ID):
            self.notifications[-1][self._path].append(text)
        self._path, self._text = self._path[:-1], []

    def close(self) -> None:
        """Nothing is left to do at the end."""
