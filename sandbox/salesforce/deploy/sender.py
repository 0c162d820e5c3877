"""Deploy a package into an org over HTTP: the two calls of the Metadata API that `sf` makes."""

import base64
import time
from xml.sax.saxutils import escape

import requests
from lxml import etree

from sandbox.salesforce.deploy.wsdl import NAMESPACE, parse_xml

_NS = f"{{{NAMESPACE}}}"
_VERSION = "62.0"
_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.05
_WITHIN_S = 60.0


class DeployFailed(Exception):
    """The org did not take the package; the message names what it refuses."""


def deploy_over_http(package: bytes, base_url: str, token: str) -> int:
    """Deploy a zip as the user of a token and return how many components the org took; raise DeployFailed."""
    content = base64.b64encode(package).decode("ascii")
    options = "".join(f"<{name}>true</{name}>" for name in ("rollbackOnError", "singlePackage"))
    options = f"<DeployOptions>{options}</DeployOptions>"
    queued = _call(
        base_url, token, f'<deploy xmlns="{NAMESPACE}"><ZipFile>{content}</ZipFile>{options}</deploy>'
    )
    asked = (
        f'<checkDeployStatus xmlns="{NAMESPACE}"><asyncProcessId>{queued.findtext(f".//{_NS}id")}</asyncProcessId>'
        "<includeDetails>true</includeDetails></checkDeployStatus>"
    )
    ends = time.monotonic() + _WITHIN_S
    while (result := _call(base_url, token, asked)).findtext(f".//{_NS}done") != "true":
        if time.monotonic() > ends:
            raise DeployFailed(f"The org was not done with the deployment within {_WITHIN_S:.0f} s.")
        time.sleep(_LOOK_EVERY_S)
    if result.findtext(f".//{_NS}success") != "true":
        raise DeployFailed(_complaint(result))
    return int(result.findtext(f".//{_NS}numberComponentsDeployed") or 0)


def _call(base_url: str, token: str, body: str) -> etree._Element:
    envelope = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>'
        f'<SessionHeader xmlns="{NAMESPACE}"><sessionId>{escape(token)}</sessionId></SessionHeader>'
        f"</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
    url = f"{base_url}/services/Soap/m/{_VERSION}"
    try:
        answer = requests.post(url, data=envelope.encode(), headers=headers, timeout=_TIMEOUT_S)
        root = parse_xml(answer.content)
    except (requests.RequestException, ValueError) as error:
        raise DeployFailed(f"The org gave no answer to a deployment: {error}") from error
    if not answer.ok:
        raise DeployFailed(root.findtext(".//faultstring") or f"The org answered {answer.status_code}.")
    return root


def _complaint(result: etree._Element) -> str:
    problems = [
        f"{each.findtext(f'{_NS}fullName')}: {each.findtext(f'{_NS}problem')}"
        for each in result.iter(f"{_NS}componentFailures")
    ]
    return "; ".join(problems) or result.findtext(f".//{_NS}errorMessage") or "The deployment failed."
