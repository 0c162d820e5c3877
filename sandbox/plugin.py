"""Put the product's Salesforce package into the local org, set up as an administrator would set it up."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import requests

from sandbox.salesforce.deploy.archive import packaged
from sandbox.salesforce.deploy.sender import DeployFailed as DeployFailed, deploy_over_http
from sandbox.salesforce.sources import package_directories

PROJECT = Path(__file__).resolve().parent.parent / "crm" / "salesforce"
_RECORD = "customMetadata/Touchline_Setting.Default.md-meta.xml"
_FLOW = "flows/Touchline_Opportunity_Changed.flow-meta.xml"
_EMPTY = re.compile(r"<value xsi:nil=\"true\"\s*/>")
_PLACEHOLDERS = {
    "url": "https://touchline.example.com",
    "outbound_path": "OUTBOUND-PATH",
    "integration_user": "integration@example.com",
}


@dataclass(frozen=True)
class Setup:
    """What differs from org to org: addresses, secrets, and as whom the org reports."""

    url: str
    phrase: str
    """The secret that requests are signed with: whsec_ and base64."""
    outbound_path: str
    integration_user: str


def install(base_url: str, client_id: str, client_secret: str, setup: Setup) -> int:
    """Deploy all package directories with the hook of opportunities on; return how many components there are."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    answer = requests.post(f"{base_url}/services/oauth2/token", data=form, timeout=10)
    if not answer.ok:
        raise DeployFailed(f"The org gave no session to deploy with: {answer.text}")
    return deploy_over_http(package(setup), base_url, answer.json()["access_token"])


def package(setup: Setup) -> bytes:
    """Return the package with everything filled in."""
    return packaged(package_directories(PROJECT), lambda path, content: filled(path, content, setup))


def filled(path: str, content: bytes, setup: Setup) -> bytes:
    """Return a file of the package with what this org needs in it; raise DeployFailed when it has no place for it."""
    if not path.endswith(".xml"):
        return content
    text = content.decode("utf-8")
    for name, placeholder in _PLACEHOLDERS.items():
        text = text.replace(placeholder, escape(getattr(setup, name)))
    if path == _RECORD:
        value = f'<value xsi:type="xsd:string">{escape(setup.phrase)}</value>'
        text, filled = _EMPTY.subn(lambda _: value, text)
        if filled != 1:
            raise DeployFailed(f"{path} has no place for the signing phrase")
    elif path == _FLOW:
        text = text.replace("<status>Draft</status>", "<status>Active</status>")
    return text.encode("utf-8")
