"""A copy of the package with the org's own values in it: deployed, then deleted."""

from __future__ import annotations  # macOS brings Python 3.9

import base64
import binascii
import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from salesforce_cli import Stop

PROJECT = Path(__file__).resolve().parent.parent
_PLACEHOLDER_URL = "https://touchline.example.com"
_PLACEHOLDER_USER = "integration@example.com"
_PLACEHOLDER_PATH = "OUTBOUND-PATH"
_LEFT_OUT = shutil.ignore_patterns("__tests__", "node_modules", ".*")
_RECORD = "customMetadata/Touchline_Setting.Default.md-meta.xml"
_PHRASE = re.compile(r"(<field>Signing_Phrase__c</field>\s*)<value\b[^>]*?(?:/>|>.*?</value>)", re.DOTALL)
_FEWEST_BYTES = 24


@dataclass(frozen=True)
class Values:
    """What differs from org to org; what is empty stays as it is in the org."""

    url: str = ""
    phrase: str = ""
    outbound_path: str = ""
    integration_user: str = ""


def checked_url(text: str) -> str:
    """Return an address without a slash at its end; raise Stop unless Salesforce can call it."""
    parts = urlsplit(text.strip())
    if (
        parts.scheme != "https"
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.username
    ):
        raise Stop(f"--url must be Touchline's own address, such as https://touchline.acme.com, not “{text}”")
    return f"https://{parts.netloc}"


def checked_phrase(text: str) -> str:
    """Return a signing phrase; raise Stop, without repeating it, unless Touchline would take it."""
    phrase = text.strip()
    try:
        key = base64.b64decode(phrase[len("whsec_") :], validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not phrase.startswith("whsec_") or len(key) < _FEWEST_BYTES:
        raise Stop(
            "That is no signing phrase: it is whsec_ and 24 or more bytes in base64, as in SALESFORCE_HOOK_SECRET.\n"
            "Make one with: echo whsec_$(openssl rand -base64 32)"
        )
    return phrase


def checked_path(text: str) -> str:
    """Return the end of the address of Outbound Messages; raise Stop, without repeating it, unless it is one."""
    if not re.fullmatch(r"[A-Za-z0-9]{32,}", text.strip()):
        raise Stop("That is no SALESFORCE_OUTBOUND_PATH: it is 32 or more letters and digits.")
    return text.strip()


def copy_to(folder: Path, packages: tuple[str, ...], values: Values) -> None:
    """Copy packages into a folder with the org's values in them; what has no value yet is left out of the copy."""
    shutil.copy(PROJECT / "sfdx-project.json", folder)
    for package in packages:
        shutil.copytree(PROJECT / package, folder / package, ignore=_LEFT_OUT)
    # sf wants every folder that the project names.
    for package in ("force-app", "hooks", "deal-summary"):
        (folder / package).mkdir(exist_ok=True)
    for file in sorted(folder.rglob("*.xml")):
        _fill(file, values)


def _fill(file: Path, values: Values) -> None:
    text = before = file.read_text(encoding="utf-8")
    if file.as_posix().endswith(_RECORD):
        if not values.phrase:
            file.unlink()  # Deployed as it ships it would empty the phrase that the org has.
            return
        text, found = _PHRASE.subn(lambda match: match.group(1) + _value(values.phrase), text)
        if found != 1:
            raise Stop(f"{file.name} has no place for the signing phrase: is the package whole?")
    elif _PLACEHOLDER_URL in text and not values.url:
        file.unlink()  # As it ships it would take the address away that the org has.
        return
    text = text.replace(_PLACEHOLDER_URL, escape(values.url, quote=False)).replace(
        _PLACEHOLDER_PATH, values.outbound_path
    )
    if values.integration_user:
        text = text.replace(_PLACEHOLDER_USER, escape(values.integration_user, quote=False))
    if text != before:
        file.write_text(text, encoding="utf-8")


def _value(text: str) -> str:
    return (
        '<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        f'xsi:type="xsd:string">{escape(text, quote=False)}</value>'
    )
