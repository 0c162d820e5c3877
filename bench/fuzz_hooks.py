"""Throw damaged bytes at the readers of Salesforce's hooks: `python -m bench.fuzz_hooks [SECONDS]`.

With atheris installed (`pip install atheris`, Linux and macOS) it is guided by what the code does with them; without
it, good messages are damaged at random. Anything but a refusal, or records well named, ends it with a trace.
"""

import importlib
import importlib.util
import random
import sys
import tempfile
import time
from pathlib import Path

from crm.hooks.bodies import OpenBody, read_ask, read_hook, read_open, read_share
from crm.hooks.outbound import read_message
from crm.hooks.refusal import Refused
from crm.hooks.signed import signing_key, verify

ORG = "00D000000000001AAA"
KEY = signing_key("whsec_" + "QUJD" * 8)
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_MESSAGE = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
    f' {_XSI}><e:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
    f'<OrganizationId>{ORG}</OrganizationId><SessionId xsi:nil="true"/>'
    "<Notification><Id>04l000000000001AAA</Id>"
    '<sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
    "<sf:Id>006000000000001AAA</sf:Id><sf:Name>Yard &amp; dock</sf:Name></sObject>"
    "</Notification></notifications></e:Body></e:Envelope>"
).encode()
_BOMB = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY % c SYSTEM "http://127.0.0.1:9/c">]><a>&b;<![CDATA[x]]></a>'
_HOOK = b'{"type": "opportunity.changed", "org": "00D000000000001AAA", "records": ["006000000000001AAA"]}'
_ASK = b'{"user": "005000000000001AAA", "opportunity": "006000000000001AAA"}'
_SUGGEST = _HOOK.replace(b"opportunity.changed", b"content.suggest").replace(b'"006000000000001AAA"', _ASK)
_OPEN = (
    b'{"user": "005000000000001AAA", "opportunity": "006000000000001AAA", "asset": "7f", "language": "pt_BR"}'
)
_SHARE = _OPEN.replace(
    b'"language"',
    b'"note": "\\u00e9 <b>", "recipients": [{"name": "Mia", "email": "m@x.example"}], "language"',
)
SEEDS = (_MESSAGE, _BOMB, _HOOK, _ASK, _SUGGEST, _OPEN, _SHARE)


def one_input(raw: bytes) -> None:
    """Give one input to every reader; raises when any does something other than refuse it or name records."""
    named: list[str] = []
    for read in (_outbound, _hook, _ask, _open, _share):
        try:
            named += read(raw)
        except Refused:
            continue
    assert all(len(one) == 18 and one.isascii() and one.isalnum() for one in named)
    _forge(raw)


def _outbound(raw: bytes) -> list[str]:
    return [part for one in read_message(raw, org_id=ORG) for part in (one.id, one.deal_id)]


def _hook(raw: bytes) -> list[str]:
    hook = read_hook(raw, org_id=ORG)
    return [*hook.changed, *(part for pair in hook.suggest for part in pair)]


def _ask(raw: bytes) -> list[str]:
    return list(read_ask(raw))


def _open(raw: bytes) -> list[str]:
    return _opened(read_open(raw))


def _share(raw: bytes) -> list[str]:
    body = read_share(raw)
    for text in (body.note, *(part for one in body.recipients for part in (one.name, one.email))):
        text.encode()
    return _opened(body.opened)


def _opened(body: OpenBody) -> list[str]:
    assert body.asset_id.encode()
    assert "\0" not in body.asset_id + body.language
    return [body.user_id, body.deal_id]


def _forge(raw: bytes) -> None:
    said = raw.decode("latin-1").split("\n")
    names = ("webhook-signature", "webhook-timestamp", "webhook-id")
    try:
        verify(raw, dict(zip(names, said, strict=False)), [KEY], now=0, within=1e15)
    except Refused:
        return
    raise AssertionError("forged")


def damaged(chance: random.Random) -> bytes:
    """Return a good message with some of it changed, doubled, taken away or exchanged for a piece of another."""
    raw = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 6)):
        at, end = sorted(chance.choices(range(len(raw) + 1), k=2))
        other = chance.choice(SEEDS)
        start = chance.randrange(len(other))
        piece = chance.choice(
            [
                chance.randbytes(chance.randint(1, 4)),
                bytes(raw[at:end]) * 2,
                other[start : start + chance.randint(1, 80)],
                b"",
            ]
        )
        raw[at : chance.choice([at, at + 1, end])] = piece
    return bytes(raw[:20_000])


def _guided(seconds: float) -> None:
    """Fuzz, beginning with the good messages, and end the process."""
    atheris = importlib.import_module("atheris")
    atheris.instrument_all()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-hooks-"))
    for number, seed in enumerate(SEEDS):
        (folder / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=4096", str(folder)], one_input)
    atheris.Fuzz()


def main(seconds: float) -> None:
    if importlib.util.find_spec("atheris"):
        _guided(seconds)
    chance, ends, count = random.Random(0), time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        one_input(damaged(chance))
        count += 1
    print(f"{count} damaged messages, none broke a reader")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
