"""Metadata deployed into the org, by SOAP."""

import base64
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask

from sandbox.salesforce import OrgConfig, create_app
from sandbox.salesforce.deploy.archive import packaged
from tests.sandbox.salesforce.client import OrgClient, log_in
from tests.sandbox.salesforce.conftest import PROJECT

EMPTY_PROJECT = Path(__file__).parents[3] / "sandbox" / "salesforce" / "org"
M = "{http://soap.sforce.com/2006/04/metadata}"
XMLNS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
OBJECT = "objects/Content_Touch__c.object"
SET = "permissionsets/Touchline_Integration.permissionset"

Files = dict[str, str]


def project() -> Files:
    """Return the project's own objects and a permission set in the format of the Metadata API."""
    whole = packaged([PROJECT / "force-app"])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        objects = [name for name in archive.namelist() if name.startswith("objects/Content_")]
        files = {name: archive.read(name).decode() for name in [*objects, SET]}
    names = " ".join(Path(name).stem for name in objects)
    return {**files, "package.xml": manifest(CustomObject=names, PermissionSet="Touchline_Integration")}


def manifest(**members: str) -> str:
    types = "".join(
        f"<types>{''.join(f'<members>{name}</members>' for name in names.split())}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return f"<Package {XMLNS}>{types}<version>62.0</version></Package>"


def zipped(files: Files) -> str:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return base64.b64encode(written.getvalue()).decode()


def soap(org: OrgClient, body: str, *, token: str | None = None) -> tuple[int, Element]:
    envelope = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>'
        f"<SessionHeader {XMLNS}><sessionId>{token or org.token}</sessionId></SessionHeader>"
        f"</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    answer = org.app.test_client().post("/services/Soap/m/62.0", data=envelope, content_type="text/xml")
    return answer.status_code, fromstring(answer.data)


def deploy(org: OrgClient, files: Files, **options: str) -> Element:
    given = "".join(
        f"<{name}>{value}</{name}>" for name, value in {"singlePackage": "true", **options}.items()
    )
    body = (
        f"<deploy {XMLNS}><ZipFile>{zipped(files)}</ZipFile><DeployOptions>{given}</DeployOptions></deploy>"
    )
    status, root = soap(org, body)
    assert status == 200, root.findtext(".//faultstring")
    asked = f"<checkDeployStatus {XMLNS}><asyncProcessId>{root.findtext(f'.//{M}id')}</asyncProcessId>"
    asked += "<includeDetails>true</includeDetails></checkDeployStatus>"
    _, working = soap(org, asked)
    assert working.findtext(f".//{M}done") == "false"
    _, root = soap(org, asked)
    assert root.findtext(f".//{M}done") == "true"
    result = root.find(f".//{M}result")
    assert result is not None
    return result


def failures(result: Element) -> list[tuple[str | None, str | None]]:
    return [
        (each.findtext(f"{M}fullName"), each.findtext(f"{M}problem"))
        for each in result.iter(f"{M}componentFailures")
    ]


@pytest.fixture
def bare(config: OrgConfig) -> Iterator[OrgClient]:
    """Return an org into which nothing was deployed."""
    app = create_app(replace(config, source=EMPTY_PROJECT))
    yield log_in(app)
    app.extensions["org"].store.close()


def test_a_project_is_taken_into_the_schema(bare: OrgClient) -> None:
    assert bare.query("SELECT Id FROM Content_Touch__c") == "INVALID_TYPE"

    result = deploy(bare, project())

    assert failures(result) == []
    assert (result.findtext(f"{M}status"), result.findtext(f"{M}success")) == ("Succeeded", "true")
    taken = {
        (each.findtext(f"{M}componentType"), each.findtext(f"{M}fullName"))
        for each in result.iter(f"{M}componentSuccesses")
    }
    assert {("CustomObject", "Content_Touch__c"), ("CustomField", "Content_Touch__c.Kind__c")} <= taken
    assert bare.query("SELECT Kind__c, Opportunity__r.Name FROM Content_Touch__c") == []
    assert bare.values("SELECT Label FROM PermissionSet WHERE Name = 'Touchline_Integration'")


def test_a_package_in_a_folder_is_taken_too(bare: OrgClient) -> None:
    files = {f"unpackaged/{path}": text for path, text in project().items()}

    assert failures(deploy(bare, files, singlePackage="false")) == []


def test_what_is_only_checked_is_not_taken(bare: OrgClient) -> None:
    result = deploy(bare, project(), checkOnly="true")

    assert result.findtext(f"{M}success") == "true"
    assert bare.query("SELECT Id FROM Content_Touch__c") == "INVALID_TYPE"


def test_rows_keep_their_values_when_fields_are_added(org: OrgClient) -> None:
    account = org.create("Account", Name="Norfield")
    field = (
        "<fields><fullName>Tier__c</fullName><label>Tier</label><length>5</length><type>Text</type></fields>"
    )
    files = {
        "objects/Account.object": f"<CustomObject {XMLNS}>{field}</CustomObject>",
        "package.xml": manifest(CustomField="Account.Tier__c"),
    }

    assert failures(deploy(org, files)) == []

    org.call("PATCH", f"/sobjects/Account/{account}", json={"Tier__c": "A"})
    assert org.query("SELECT Name, Tier__c FROM Account")[0]["Tier__c"] == "A"
    assert org.call("PATCH", f"/sobjects/Account/{account}", json={"Tier__c": "too long"}).status_code == 400


def test_a_deployed_object_outlives_the_process(config: OrgConfig, tmp_path: Path) -> None:
    settings = replace(config, source=EMPTY_PROJECT, database=tmp_path / "org.db")
    first = create_app(settings)
    deploy(log_in(first), project())
    prefix = first.extensions["org"].schema.get("Content_Touch__c").prefix
    first.extensions["org"].store.close()

    again = create_app(settings)

    assert log_in(again).query("SELECT Kind__c FROM Content_Touch__c") == []
    assert again.extensions["org"].schema.get("Content_Touch__c").prefix == prefix
    again.extensions["org"].store.close()


def changed(path: str, before: str, after: str) -> Files:
    files = project()
    assert before in files[path], (path, before)
    return {**files, path: files[path].replace(before, after, 1)}


@pytest.mark.parametrize(
    ("path", "before", "after", "words"),
    [
        (OBJECT, "<type>DateTime</type>", "<type>Hyperlink</type>", "not a valid value for the enum 'FieldType'"),
        (OBJECT, "<type>DateTime</type>", "<typ>DateTime</typ>", "invalid at this location"),
        (OBJECT, "<type>DateTime</type>", "<type>DateTime</type><type>DateTime</type>", "duplicated at this location"),
        (OBJECT, "<length>64</length>", "<length>long</length>", "xsd:int"),
        (OBJECT, "<length>64</length>", "<length>640</length>", "between 1 and 255"),
        (OBJECT, "<unique>true</unique>", "<unique>maybe</unique>", "xsd:boolean"),
        (OBJECT, "<referenceTo>User</referenceTo>", "<referenceTo>Usr</referenceTo>", "Usr"),
        (OBJECT, "<sharingModel>ControlledByParent</sharingModel>", "", "sharingModel"),
        (OBJECT, "<fullName>Channel__c</fullName>", "<fullName>Recipient__c</fullName>", "duplicate name"),
        (OBJECT, "<fullName>Channel__c</fullName>", "<fullName>Channel</fullName>", "no name of a custom field"),
        (OBJECT, "</CustomObject>", "", "Error parsing file"),
        (OBJECT, "<CustomObject ", "<!DOCTYPE a><CustomObject ", "DOCTYPE"),
        (SET, "<field>Content_Touch__c.Actor__c</field>", "<field>Content_Touch__c.Actr__c</field>", "Actr__c"),
        (SET, ".Actor__c</field>", ".External_Ref__c</field>", "You cannot deploy to a required field"),
        (SET, "<object>Contact</object>", "<object>Contct</object>", "no CustomObject named Contct"),
        (SET, "<label>", "<lable>x</lable><label>", "invalid at this location"),
        ("package.xml", "<members>Touchline_Integration</members>", "", "not named in package.xml"),
        ("package.xml", "<members>Touch", "<members>Lost</members><members>Touch", "was not found in zipped directory"),
        ("package.xml", "<name>PermissionSet<", "<name>PermissionBag<", "Unknown type name"),
    ],
)  # fmt: skip
def test_broken_metadata_is_refused_and_nothing_is_taken(
    bare: OrgClient, path: str, before: str, after: str, words: str
) -> None:
    result = deploy(bare, changed(path, before, after))

    assert result.findtext(f"{M}status") == "Failed"
    assert any(words in (problem or "") for _, problem in failures(result)), failures(result)
    assert bare.query("SELECT Id FROM Content_Touch__c") == "INVALID_TYPE"
    assert bare.query("SELECT Id FROM PermissionSet WHERE Name = 'Touchline_Integration'") == []


PARTS: list[tuple[Files, str, str]] = [
    (
        {
            "layouts/Account-A.layout": f"<Layout {XMLNS}><layoutSections><customLabel>false</customLabel>"
            "<detailHeading>false</detailHeading><editHeading>false</editHeading><layoutColumns><layoutItems>"
            "<behavior>Edit</behavior><field>{0}</field></layoutItems></layoutColumns>"
            "<style>OneColumn</style></layoutSections></Layout>"
        },
        "Layout=Account-A",
        "Industry Industri__c",
    ),
    (
        {
            "tabs/Content_Touch__c.tab": f"<CustomTab {XMLNS}><customObject>true</customObject>"
            "<motif>Custom1: Heart</motif></CustomTab>",
            "{0}": "",
        },
        "CustomTab=Content_Touch__c",
        "",
    ),
    (
        {
            "workflows/Opportunity.workflow": f"<Workflow {XMLNS}><outboundMessages><fullName>Tell</fullName>"
            "<apiVersion>62.0</apiVersion><endpointUrl>https://example.com</endpointUrl><fields>{0}</fields>"
            "<includeSessionId>false</includeSessionId><integrationUser>touchline@example.com</integrationUser>"
            "<name>Tell</name><protected>false</protected><useDeadLetterQueue>false</useDeadLetterQueue>"
            "</outboundMessages></Workflow>"
        },
        "Workflow=Opportunity WorkflowOutboundMessage=Opportunity.Tell",
        "StageName StageNam",
    ),
    (
        {
            "classes/Panel.cls": "public with sharing class {0} {{ }}",
            "classes/Panel.cls-meta.xml": f"<ApexClass {XMLNS}><apiVersion>62.0</apiVersion>"
            "<status>Active</status></ApexClass>",
        },
        "ApexClass=Panel",
        "Panel Pannel",
    ),
    (
        {
            "lwc/panel/panel.js": "import A from '@salesforce/schema/{0}';",
            "lwc/panel/panel.js-meta.xml": f"<LightningComponentBundle {XMLNS}><apiVersion>62.0</apiVersion>"
            "<isExposed>false</isExposed></LightningComponentBundle>",
        },
        "LightningComponentBundle=panel",
        "Opportunity.Account.Industry Opportunity.Acount.Industry",
    ),
    (
        {
            "flows/Tell.flow": f"<Flow {XMLNS}><label>Tell</label><processType>AutoLaunchedFlow</processType>"
            "<recordLookups><name>Find</name><label>Find</label><locationX>0</locationX><locationY>0</locationY>"
            "<filters><field>{0}</field><operator>EqualTo</operator><value><stringValue>a</stringValue></value>"
            "</filters><object>Account</object></recordLookups><start><locationX>0</locationX>"
            "<locationY>0</locationY><connector><targetReference>Find</targetReference></connector></start>"
            "<status>Active</status></Flow>"
        },
        "Flow=Tell",
        "Industry Industrie",
    ),
]


@pytest.mark.parametrize(("files", "members", "names"), [part for part in PARTS if part[2]])
def test_a_name_that_is_not_there_is_found(org: OrgClient, files: Files, members: str, names: str) -> None:
    right, wrong = names.split()
    listed = manifest(**dict(pair.split("=") for pair in members.split()))

    good, bad = (
        {
            "package.xml": listed,
            **{path: text.replace("{0}", name).replace("{{ }}", "{ }") for path, text in files.items()},
        }
        for name in (right, wrong)
    )

    refused = failures(deploy(org, bad))
    assert [wrong in (problem or "") or right in (problem or "") for _, problem in refused] == [True]
    assert failures(deploy(org, good)) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"lwc/a/a.js": "", "package.xml": manifest(LightningComponentBundle="a")}, "no lwc/a/a.js-meta.xml"),
        ({"classes/A.cls": "class A {}", "package.xml": manifest(ApexClass="A")}, "was not found in the zip"),
        ({"classes/A.cls-meta.xml": "", "package.xml": manifest()}, "describes a file that is not there"),
        ({"wishes/A.wish": "", "package.xml": manifest()}, "Unknown folder"),
    ],
)
def test_a_package_with_pieces_missing_is_refused(org: OrgClient, files: Files, words: str) -> None:
    assert any(words in (problem or "") for _, problem in failures(deploy(org, files)))


def test_without_a_manifest_there_is_no_package(org: OrgClient) -> None:
    assert deploy(org, {"objects/Account.object": ""}).findtext(f"{M}errorMessage") == "No package.xml found"


def test_the_type_of_a_field_with_rows_stays(org: OrgClient) -> None:
    result = deploy(org, changed(OBJECT, "<type>DateTime</type>", "<type>Date</type>"))

    assert any("cannot change the type" in (problem or "") for _, problem in failures(result))


def test_deploying_twice_changes_nothing_but_says_so(bare: OrgClient) -> None:
    deploy(bare, project())

    again = deploy(bare, project())

    assert failures(again) == []
    assert {each.findtext(f"{M}created") for each in again.iter(f"{M}componentSuccesses")} == {"false"}


def test_only_administrators_deploy(org: OrgClient, as_user: Any) -> None:
    org.user("rep")
    body = f"<deploy {XMLNS}><ZipFile>{zipped(project())}</ZipFile></deploy>"

    for token, code in ((as_user("rep").token, "INSUFFICIENT_ACCESS"), ("made up", "INVALID_SESSION_ID")):
        status, root = soap(org, body, token=token)
        assert status == 500
        assert (root.findtext(".//faultcode") or "").endswith(code)


@pytest.mark.parametrize(
    "body", ["", "<retrieve/>", f"<retrieve {XMLNS}/>", f"<deploy {XMLNS}><Zip/></deploy>"]
)
def test_a_senseless_envelope_is_a_fault(org: OrgClient, body: str) -> None:
    status, root = soap(org, body)

    assert (status, root.findtext(".//faultstring") is not None) == (500, True)


def test_the_org_says_what_it_takes_and_has(app: Flask, org: OrgClient) -> None:
    deploy(org, project())
    _, kinds = soap(org, f"<describeMetadata {XMLNS}><asOfVersion>62.0</asOfVersion></describeMetadata>")
    _, listed = soap(
        org, f"<listMetadata {XMLNS}><queries><type>CustomObject</type></queries></listMetadata>"
    )

    assert "PermissionSet" in {each.text for each in kinds.iter(f"{M}xmlName")}
    assert "Content_Touch__c" in {each.text for each in listed.iter(f"{M}fullName")}
