"""What our Apex classes send, taken from their source, read by the code that reads it here."""

import json
import re
from pathlib import Path

from crm.hooks import door
from crm.hooks.bodies import read_ask, read_hook, read_open, read_share
from crm.hooks.signed import verify
from crm.ids import sf_id

CLASSES = Path(__file__).parents[2] / "crm" / "salesforce" / "force-app" / "main" / "default" / "classes"
NOW = 1_700_000_000
ORG, USER, DEAL = sf_id("00D000000000001"), sf_id("005000000000001"), sf_id("006000000000001")
PERSON = {"name": "Nova Lind", "email": "nova@norfield.test"}
VALUES = {
    "user": USER,
    "opportunity": DEAL,
    "asset": "asset-1",
    "recipients": [PERSON],
    "note": "As promised",
    "language": "pt_BR",
}


def source(apex_class: str, since: str = "", until: str = "") -> str:
    """Return the code of a class, or the part of it between two texts."""
    code = (CLASSES / f"{apex_class}.cls").read_text()
    start = code.index(since)
    return code[start : code.index(until, start) if until else None]


def keys(code: str) -> list[str]:
    return re.findall(r"'(\w+)' =>", code)


def body(since: str, until: str) -> bytes:
    """Return the body that a method of ContentActions sends; each of them adds who the user is."""
    assert "content.put('user', UserInfo.getUserId());" in source("ContentActions")
    return json.dumps(
        {key: VALUES[key] for key in [*keys(source("ContentActions", since, until)), "user"]}
    ).encode()


def test_asking_is_read() -> None:
    assert read_ask(body("void askInSlack(", "@AuraEnabled")) == (USER, DEAL)


def test_opening_is_read() -> None:
    opened = read_open(body("String openContent(", "@AuraEnabled"))

    assert (opened.user_id, opened.deal_id, opened.asset_id, opened.language) == (
        USER,
        DEAL,
        "asset-1",
        "pt_BR",
    )


def test_sharing_is_read() -> None:
    shared = read_share(body("> share(", "private static"))

    assert (shared.opened.asset_id, shared.opened.language, shared.note) == (
        "asset-1",
        "pt_BR",
        "As promised",
    )
    assert keys(source("ContentActions", "> recipient(")) == list(PERSON)
    assert [(one.name, one.email) for one in shared.recipients] == [tuple(PERSON.values())]


def test_hooks_are_read() -> None:
    [changed] = re.findall(r"enqueue\('([^']+)'", source("ReportChangedDeals"))
    [suggest] = re.findall(r"enqueue\('([^']+)'", source("SuggestContent"))
    pair = {key: VALUES[key] for key in keys(source("SuggestContent"))}

    def hook(kind: str, record: object) -> bytes:
        values = {"type": kind, "org": ORG, "records": [record]}
        return json.dumps({key: values[key] for key in keys(source("TouchlineSender"))}).encode()

    assert read_hook(hook(changed, DEAL), org_id=ORG).changed == (DEAL,)
    assert read_hook(hook(suggest, pair), org_id=ORG).suggest == ((USER, DEAL),)


def test_no_address_is_sent_to_that_does_not_exist() -> None:
    used = set(re.findall(r"[( ]send\('(\w+)'", source("ContentActions")))
    used |= set(re.findall(r"new TouchlineRequest\('(\w+)'", source("TouchlineSender")))

    assert "'callout:Touchline/salesforce/' + way" in source("TouchlineRequest")
    assert used == {"ask", "open", "share", "hook"}
    known = Path(door.__file__).read_text()
    assert all(f'"{way}": self._{way}' in known for way in used)


def test_the_answers_are_read_by_the_names_that_they_have() -> None:
    answer = source("TouchlineRequest", "public class Answer {", "/** The link of one recipient")
    link = source("TouchlineRequest", "public class SharedLink {", "private static final")
    written = Path(door.__file__).read_text()
    names = re.findall(r"public (?:String|List<SharedLink>) (\w+);", answer + link)

    assert sorted(names) == ["email", "error", "expires", "link", "link", "links", "name"]
    assert all(f'"{name}":' in written for name in names)


def test_the_signature_that_the_apex_test_expects_is_one_that_we_verify() -> None:
    vector = source("TouchlineRequestTest", "signsAsTouchlineVerifies", "sendsTheSignedBody")

    def said(pattern: str, where: str = vector) -> str:
        [value] = re.findall(pattern, where)
        return str(value)

    sent = re.findall(r"setHeader\('(webhook-\w+)'", source("TouchlineRequest"))
    headers = {
        "webhook-id": said(r"signature\('([^']+)'"),
        "webhook-timestamp": said(r"'([0-9]+)'"),
        "webhook-signature": said(r"'(v1,[^']+)'"),
    }
    key = said(r"Blob\.valueOf\('([^']+)'\)", source("TouchlineTestData")).encode()

    assert sent == list(headers)
    assert verify(said(r"'(\{[^']+\})'").encode(), headers, [key], now=NOW, within=0)
