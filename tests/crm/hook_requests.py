"""What Salesforce, and those who pretend to be it, send to the hooks; drawn by the local org's own hand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.outbound.envelope import envelope
from sandbox.salesforce.outbound.hooks import signed
from tests.doors import HOOK_SECRET

ORG = make_id("00D", 1)
OTHER_ORG = make_id("00D", 2)
SOAP_HEADERS = {"content-type": "text/xml; charset=UTF-8", "soapaction": '""'}


def deal_id(number: int) -> str:
    return make_id("006", number)


def notification_id(number: int) -> str:
    return make_id("04l", number)


def message(rows: Sequence[tuple[str, str]], *, org: str = ORG, **fields: Any) -> bytes:
    """Return an Outbound Message of these (notification id, record id)."""
    return envelope(
        organization=org,
        action=make_id("04k", 1),
        base="https://acme.my.salesforce.com",
        object_name="Opportunity",
        rows=[(one, {"Id": record, **fields}) for one, record in rows],
    ).encode()


def one_message(number: int = 1, **more: Any) -> bytes:
    return message([(notification_id(number), deal_id(number))], **more)


def hook_body(*records: Any, **changes: Any) -> bytes:
    """Return the body of a hook of these records."""
    return json.dumps(
        {"type": "opportunity.changed", "org": ORG, "records": list(records), **changes}
    ).encode()


def hook_headers(
    raw: bytes, *, at: float, hook_id: str = "msg_1", secret: str = HOOK_SECRET, **changes: str
) -> Mapping[str, str]:
    """Return the headers of a body that was signed at a Unix time."""
    stamp = str(int(at))
    return {
        "content-type": "application/json",
        "webhook-id": hook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signed(secret, hook_id, stamp, raw),
        **changes,
    }


def _wrapped(inside: str, *, declared: str = "", root: str = "a") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{declared}]><{root}>{inside}</{root}>'.encode()


_PLAIN = one_message().decode()
_BODY = _PLAIN.partition("?>")[2]
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

# Each must be refused; the names say why.
BOMBS: Mapping[str, bytes] = {
    "billion laughs": _wrapped("&l9;", declared=f'<!ENTITY l0 "ha">{_LAUGHS}'),
    "quadratic blow-up": _wrapped("&a;" * 50_000, declared=f'<!ENTITY a "{"x" * 50_000}">'),
    "external entity of a file": _wrapped("&x;", declared='<!ENTITY x SYSTEM "file:///etc/passwd">'),
    "external entity of an address": _wrapped("&x;", declared='<!ENTITY x SYSTEM "http://127.0.0.1:9/x">'),
    "parameter entity": _wrapped("x", declared='<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;'),
    "parameter entity inside": _wrapped("x", declared="<!ENTITY % p \"<!ENTITY q 'r'>\"> %p;"),
    "external document type": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "document type before a good message": f"<!DOCTYPE a>{_BODY}".encode(),
    "entity in an id": f'<!DOCTYPE a [<!ENTITY o "{ORG}">]>{_BODY.replace(ORG, "&o;")}'.encode(),
    "undeclared entity": _PLAIN.replace(ORG, "&org;").encode(),
    "default attributes": _wrapped("x", declared='<!ATTLIST a b CDATA "c">'),
    "deep nesting": b"<a>" * 100_000 + b"</a>" * 100_000,
    "deep nesting in a record": _PLAIN.replace("<sf:Id>", "<b>" * 5_000 + "<sf:Id>").encode(),
    "many elements": _PLAIN.replace("<sf:Id>", "<b/>" * 150_000 + "<sf:Id>").encode(),
    "many attributes": ("<a " + " ".join(f'b{n}=""' for n in range(50_000)) + "/>").encode(),
}
MALFORMED: Mapping[str, bytes] = {
    "empty": b"",
    "white space": b" \n ",
    "no XML": b"hello",
    "JSON": b'{"a": 1}',
    "truncated": one_message()[:-30],
    "truncated in an id": one_message()[:600],
    "more behind it": one_message() + b"<a/>",
    "not UTF-8": one_message().replace(b"Opportunity", b"\xff\xfe\xfd"),
    "UTF-16": _PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 without a mark": _BODY.encode("utf-16-le"),
    "UTF-32": _BODY.encode("utf-32"),
    "a null": one_message().replace(b"Proposal", b"\x00") + b"\x00",
    "another envelope": one_message().replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"urn:other"),
    "another name space": one_message().replace(b"2005/09/outbound", b"2006/09/outbound"),
    "another object's name space": one_message().replace(b"sobject.enterprise", b"sobject.partner"),
    "no name space": one_message().replace(b' xmlns="http://soap.sforce.com/2005/09/outbound"', b""),
    "no org": one_message().replace(b"OrganizationId", b"Organisation"),
    "two orgs": one_message().replace(
        b"   <ActionId>", f"<OrganizationId>{ORG}</OrganizationId><ActionId>".encode()
    ),
    "an org inside the record alone": one_message(OrganizationId=ORG).replace(
        f"<OrganizationId>{ORG}</OrganizationId>".encode(), b"", 1
    ),
    "no notifications": message([]),
    "101 notifications": message([(notification_id(n), deal_id(n)) for n in range(101)]),
    "no notification id": one_message().replace(notification_id(1).encode(), b""),
    "no record id": one_message().replace(b"sf:Id>", b"sf:Name>"),
    "two record ids": one_message(Name="x").replace(b"sf:Name>", b"sf:Id>"),
    "an account": message([(notification_id(1), make_id("001", 1))]),
    "a deal and an account": message(
        [(notification_id(1), deal_id(1)), (notification_id(2), make_id("001", 1))]
    ),
    "a wrong checksum": message([(notification_id(1), deal_id(1)[:15] + "ZZZ")]),
    "a short id": message([(notification_id(1), "006")]),
    "a path as id": message([(notification_id(1), "006/../../../x/y")]),
    "a query as id": message([(notification_id(1), "006' OR Id != '")]),
    "digits of another script": message([(notification_id(1), "006٠٠٠٠٠٠٠٠٠٠٠٠")]),
    "an id with a line break": message([(notification_id(1), deal_id(1) + "\n")]),
    "a million letters as id": message([(notification_id(1), "0" * 900_000)]),
}
