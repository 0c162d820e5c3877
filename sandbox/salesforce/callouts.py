"""Call the product from a record's page as the deployed Apex would: its address, its secret, its signature."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import requests
from flask import Blueprint, Response

from sandbox.salesforce.components import stored
from sandbox.salesforce.deploy.target import NS, text
from sandbox.salesforce.deploy.wsdl import parse_xml
from sandbox.salesforce.errors import ApiError, not_found
from sandbox.salesforce.exchange import answer, body_object
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.outbound.courier import post
from sandbox.salesforce.outbound.hooks import signed
from sandbox.salesforce.outbound.rules import local_url
from sandbox.salesforce.record_page import opportunity_id
from sandbox.salesforce.store import Row

_CREDENTIAL, _SETTING = "Touchline", "Touchline_Setting__mdt"
_REFUSED = 422


def callout_door(org: Org) -> Blueprint:
    """Return the routes by which a page asks in Slack and opens content, for the owner of the opportunity."""
    door = Blueprint("callouts", __name__, url_prefix="/_sandbox/opportunity")

    @door.post("/<record_id>/ask")
    def ask(record_id: str) -> Response:
        deal, owner = _deal_and_owner(org, record_id)
        _call(org, "ask", {"user": owner["Id"], "opportunity": deal})
        return answer({"asked": owner["Name"]})

    @door.post("/<record_id>/open")
    def open_content(record_id: str) -> Response:
        deal, owner = _deal_and_owner(org, record_id)
        body = body_object()
        if body.keys() != {"asset"} or not isinstance(body["asset"], str):
            raise ApiError("INVALID_PARAMETER", 'the body is {"asset": External_Ref__c}')
        asked = {"user": owner["Id"], "opportunity": deal, "asset": body["asset"]}
        said = _call(org, "open", {**asked, "language": owner["LanguageLocaleKey"]})
        return answer({"link": said.get("link")})

    return door


def is_set_up(org: Org) -> bool:
    """Tell whether an address and a secret were deployed."""
    return bool(_address(org)) and bool(_phrase(org))


def _deal_and_owner(org: Org, record_id: str) -> tuple[str, Row]:
    deal = org.store.read(org.schema.get("Opportunity"), opportunity_id(record_id))
    owner = org.store.read(org.schema.get("User"), deal["OwnerId"]) if deal else None
    if deal is None or owner is None:
        raise not_found()
    return str(deal["Id"]), owner


def _call(org: Org, way: str, content: Mapping[str, Any]) -> dict[str, Any]:
    address, phrase = _address(org), _phrase(org)
    if not address or not phrase:
        raise ApiError("NOT_SET_UP", "Touchline is not set up in this org. Ask your administrator.")
    body = json.dumps(content, ensure_ascii=False).encode()
    hook_id, stamp = str(uuid.uuid4()), str(int(org.clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": hook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signed(phrase, hook_id, stamp, body),
    }
    try:
        said = post(local_url(f"{address.rstrip('/')}/salesforce/{way}"), body, headers)
    except requests.RequestException as error:
        raise ApiError("NOT_REACHABLE", "Touchline could not be reached. Try again.") from error
    return _read(said)


def _read(said: requests.Response) -> dict[str, Any]:
    try:
        told = said.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    if said.status_code == requests.codes.ok:
        return told
    if said.status_code == _REFUSED and told.get("error"):
        raise ApiError("REFUSED", str(told["error"]))
    raise ApiError("NOT_REACHABLE", f"Touchline did not take it: {said.status_code}")


def _address(org: Org) -> str:
    content = stored(org.store, "NamedCredential", _CREDENTIAL)
    given = [] if content is None else parse_xml(content).iterfind(f"{NS}namedCredentialParameters")
    return next((text(each, "parameterValue") for each in given if text(each, "parameterType") == "Url"), "")


def _phrase(org: Org) -> str:
    settings = org.schema.find(_SETTING)
    found = org.store.find(settings, settings.fields["developername"], "Default") if settings else None
    return str((found or {}).get("Signing_Phrase__c") or "")
