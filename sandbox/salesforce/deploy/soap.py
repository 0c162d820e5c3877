"""The SOAP door of the Metadata API: deploy, ask how it went, and ask what there is."""

import base64
import binascii
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request
from lxml import etree

from sandbox.salesforce.clock import as_text
from sandbox.salesforce.components import remembered
from sandbox.salesforce.deploy.deployment import Deployment, Deployments, deploy
from sandbox.salesforce.deploy.kinds import BY_NAME, KINDS, PARTS
from sandbox.salesforce.deploy.results import deploy_result, element
from sandbox.salesforce.deploy.wsdl import NAMESPACE, BadXmlError, metadata_types, parse_xml, problems
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.exchange import VERSIONS
from sandbox.salesforce.ids import MalformedIdError, normal_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sharing import Viewer

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_NS = f"{{{NAMESPACE}}}"
_OPTIONS = (
    "allowMissingFiles",
    "autoUpdatePackage",
    "checkOnly",
    "ignoreWarnings",
    "performRetrieve",
    "purgeOnDelete",
    "rollbackOnError",
    "singlePackage",
)


class SoapFault(Exception):
    """A refusal of the whole call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def metadata_door(org: Org) -> Blueprint:
    """Return the routes under /services/Soap/m."""
    door = Blueprint("metadata", __name__, url_prefix="/services/Soap/m")
    deployments = Deployments()

    @door.post("/<number>", strict_slashes=False)
    @door.post("/<number>/<organization_id>", strict_slashes=False)
    def call(number: str, organization_id: str | None = None) -> Response:
        if organization_id not in (None, org.organization_id, org.organization_id[:15]):
            raise SoapFault("INVALID_OPERATION", f"no organization {organization_id}")
        if number not in VERSIONS:
            raise SoapFault("UNSUPPORTED_API_VERSION", f"Invalid Api version specified on URL: {number}")
        header, operation = _envelope(request.get_data())
        viewer = _viewer(org, header)
        org.usage.count(org.clock.now().date().isoformat())
        name = etree.QName(operation).localname
        match name:
            case "deploy":
                result = _deploy(org, deployments, viewer, operation)
            case "checkDeployStatus":
                result = _status(org, deployments, operation)
            case "describeMetadata":
                result = _describe()
            case "listMetadata":
                result = _list(org, operation)
            case _:
                raise SoapFault("INVALID_OPERATION", f"the operation {name} is not played here")
        return _answer(f"<{name}Response>{result}</{name}Response>")

    @door.errorhandler(SoapFault)
    def refused(fault: SoapFault) -> Response:
        text = escape(f"{fault.code}: {fault.message}")
        body = (
            f"<soapenv:Fault><faultcode>sf:{fault.code}</faultcode>"
            f"<faultstring>{text}</faultstring></soapenv:Fault>"
        )
        return _answer(body, status=500)

    @door.errorhandler(ApiError)
    def failed(error: ApiError) -> Response:
        return refused(SoapFault(error.code, error.message))

    return door


def _envelope(content: bytes) -> tuple[etree._Element | None, etree._Element]:
    try:
        root = parse_xml(content)
    except BadXmlError as error:
        raise SoapFault("INVALID_SOAP", f"the request is not XML: {error}") from error
    body = root.find(f"{_SOAP}Body")
    operations = [] if body is None else list(body.iterchildren(tag=etree.Element))
    if root.tag != f"{_SOAP}Envelope" or len(operations) != 1:
        raise SoapFault("INVALID_SOAP", "the request is no SOAP envelope with one operation")
    [operation] = operations
    if etree.QName(operation).namespace != NAMESPACE:
        raise SoapFault("INVALID_SOAP", f"No operation available for request {operation.tag}")
    return root.find(f"{_SOAP}Header"), operation


def _viewer(org: Org, header: etree._Element | None) -> Viewer:
    token = "" if header is None else header.findtext(f"{_NS}SessionHeader/{_NS}sessionId") or ""
    try:
        viewer = org.viewer(token.strip())
    except ApiError as error:
        message = "Invalid Session ID found in SessionHeader: Illegal Session"
        raise SoapFault("INVALID_SESSION_ID", message) from error
    if not viewer.sees_all:
        message = (
            "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
        )
        raise SoapFault("INSUFFICIENT_ACCESS", message)
    return viewer


def _deploy(org: Org, deployments: Deployments, viewer: Viewer, operation: etree._Element) -> str:
    known = {f"{_NS}ZipFile", f"{_NS}DeployOptions"}
    if any(child.tag not in known for child in operation.iterchildren(tag=etree.Element)):
        raise SoapFault("INVALID_SOAP", "deploy takes ZipFile and DeployOptions")
    try:
        content = base64.b64decode((operation.findtext(f"{_NS}ZipFile") or "").strip(), validate=True)
    except binascii.Error as error:
        raise SoapFault("INVALID_SOAP", f"ZipFile is not base64: {error}") from error
    options = _options(operation.find(f"{_NS}DeployOptions"))
    started = as_text(org.clock.now())
    deployment = deployments.add(lambda each: Deployment(each, viewer.user_id, started, options))
    deploy(org, deployment, content)
    return "<result><done>false</done>" + element("id", deployment.id) + "<state>Queued</state></result>"


def _options(given: etree._Element | None) -> dict[str, str]:
    if given is None:
        return {}
    for wrong in problems(given, "DeployOptions", metadata_types()):
        # The types ask for every flag, real clients send those they care for, and the platform takes that.
        if not wrong.message.startswith("Required"):
            raise SoapFault("INVALID_SOAP", wrong.message)
    options = {name: (given.findtext(_NS + name) or "false").strip() for name in _OPTIONS}
    for name in ("purgeOnDelete", "performRetrieve"):
        if options[name] == "true":
            raise SoapFault("INVALID_OPERATION", f"{name} is not played here")
    return options


def _status(org: Org, deployments: Deployments, operation: etree._Element) -> str:
    asked = (operation.findtext(f"{_NS}asyncProcessId") or operation.findtext(f"{_NS}id") or "").strip()
    try:
        deployment = deployments.get(normal_id(asked))
    except MalformedIdError:
        deployment = None
    if deployment is None:
        raise SoapFault("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {asked}")
    details = (operation.findtext(f"{_NS}includeDetails") or "false").strip() == "true"
    user: dict[str, Any] = org.store.read(org.schema.get("User"), deployment.user_id) or {}
    result = deploy_result(
        deployment, details=details, user_name=str(user.get("Name")), now=as_text(org.clock.now())
    )
    deployment.polls_left = max(0, deployment.polls_left - 1)
    return result


def _describe() -> str:
    described = []
    for kind in KINDS:
        parts = "".join(element("childXmlNames", part) for part in PARTS.get(kind.name, {}).values())
        described.append(
            f"<metadataObjects>{parts}"
            + element("directoryName", kind.folder)
            + element("inFolder", str(kind.in_folder).lower())
            + element("metaFile", str(kind.has_meta_file).lower())
            + (element("suffix", kind.suffix) if kind.suffix else "")
            + element("xmlName", kind.name)
            + "</metadataObjects>"
        )
    ending = "<organizationNamespace></organizationNamespace><partialSaveAllowed>false</partialSaveAllowed>"
    return f"<result>{''.join(described)}{ending}<testRequired>false</testRequired></result>"


def _list(org: Org, operation: etree._Element) -> str:
    listed = []
    names = remembered(org.store)
    own = {sobject.name for sobject in org.schema if sobject.is_governed}
    for query in operation.iterfind(f"{_NS}queries"):
        kind = (query.findtext(f"{_NS}type") or "").strip()
        if kind not in BY_NAME:
            raise SoapFault("INVALID_TYPE", f"Unknown type: {kind}")
        found = names.get(kind, frozenset()) | (own if kind == "CustomObject" else set())
        listed += [_file(org, kind, name) for name in sorted(found)]
    return "".join(listed)


def _file(org: Org, kind: str, name: str) -> str:
    now, by = as_text(org.clock.now()), "Touchline Integration"
    facts = {
        "createdById": org.organization_id,
        "createdByName": by,
        "createdDate": now,
        "fileName": f"{BY_NAME[kind].folder}/{name}.{BY_NAME[kind].suffix}",
        "fullName": name,
        "id": "",
        "lastModifiedById": org.organization_id,
        "lastModifiedByName": by,
        "lastModifiedDate": now,
        "type": kind,
    }
    return "<result>" + "".join(element(tag, value) for tag, value in facts.items()) + "</result>"


def _answer(body: str, *, status: int = 200) -> Response:
    # The parts of a fault are in no namespace, those of an answer in the default one.
    default = f'xmlns="{NAMESPACE}" ' if status == 200 else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'{default}xmlns:sf="{NAMESPACE}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    return Response(text, status, content_type="text/xml;charset=UTF-8")
