"""The product's whole project in the org: taken as it is, refused when something in it is broken."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.salesforce import OrgConfig, create_app
from sandbox.salesforce.deploy.archive import SourceError, packaged
from sandbox.salesforce.deploy.deployment import Deployment, deploy
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.sources import package_directories
from tests.sandbox.salesforce.client import log_in
from tests.sandbox.salesforce.conftest import PROJECT
from tests.sandbox.salesforce.test_deploy import EMPTY_PROJECT

Files = dict[str, bytes]
PLACEHOLDER_USER = b"integration@example.com"
PANEL = "lwc/contentPanel/contentPanel"
CLASS = "classes/ContentPanelController.cls"
FLOW = "flows/Touchline_Opportunity_Changed.flow"
ACCOUNT_FLOW = "flows/Touchline_Account_Changed.flow"
MESSAGE = "workflows/Opportunity.workflow"
REP = "permissionsets/Touchline_Rep.permissionset"
ASSET, TOUCH = "objects/Content_Asset__c.object", "objects/Content_Touch__c.object"
TYPE = "reportTypes/Opportunities_with_Content_Touches.reportType"
REPORT = "reports/Touchline/Content_Use_by_Stage_and_Rep.report"
DASHBOARD = "dashboards/Touchline/Content_Use.dashboard"
TOUCH_WORDS = "objectTranslations/Content_Touch__c-fr.objectTranslation"
CREDENTIAL = "namedCredentials/Touchline.namedCredential"
RECORD = "customMetadata/Touchline_Setting.Default.md"
# The names of some of them.
OF_TYPE, OF_REPORT = "Opportunities_with_Content_Touches", "Touchline/Content_Use_by_Stage_and_Rep"
OF_FLOW, OF_ACCOUNT_FLOW = "Touchline_Opportunity_Changed", "Touchline_Account_Changed"
FIELDS = [
    ("CustomField", f"Opportunity.{name}__c")
    for name in ("Content_Touch_Count", "Last_Content_Touch_At", "Top_Content")
]
FOLDERS = [("ReportFolder", "*"), ("DashboardFolder", "*")]
APP = "applications/Touchline.app"


@pytest.fixture(scope="module")
def whole(config: OrgConfig) -> Files:
    with zipfile.ZipFile(io.BytesIO(packaged(package_directories(PROJECT)))) as archive:
        user = config.integration_username.encode()
        return {name: archive.read(name).replace(PLACEHOLDER_USER, user) for name in archive.namelist()}


@pytest.fixture(scope="module")
def empty(config: OrgConfig) -> Iterator[Org]:
    """Share one org among deployments that only check."""
    app = create_app(replace(config, source=EMPTY_PROJECT))
    yield app.extensions["org"]
    app.extensions["org"].store.close()


def problems(org: Org, files: Files, **options: str) -> list[tuple[str, str]]:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    deployment = Deployment("0Af", "005", "2026-01-01T00:00:00Z", options)
    deploy(org, deployment, written.getvalue())
    assert deployment.error == ""
    return [(failure.name, failure.problem) for failure in deployment.failures]


def test_the_whole_project_is_taken(config: OrgConfig, whole: Files) -> None:
    app = create_app(replace(config, source=EMPTY_PROJECT))
    org = app.extensions["org"]

    first, again = problems(org, whole), problems(org, whole)

    assert (first, again) == ([], [])
    client = log_in(app)
    assert client.query("SELECT Content_Asset__r.Status__c FROM Content_Suggestion__c") == []
    assert client.values("SELECT DeveloperName FROM Touchline_Setting__mdt") == ["Default"]
    org.store.close()


def test_a_protected_setting_is_not_for_reps(config: OrgConfig, whole: Files) -> None:
    app = create_app(replace(config, source=EMPTY_PROJECT))
    org = app.extensions["org"]
    phrase = (
        b'<value xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type="xsd:string">whsec_c2VjcmV0</value>'
    )
    filled = re.sub(rb'<value xsi:nil="true"\s*/>', phrase, whole[RECORD])
    assert problems(org, {**whole, RECORD: filled}) == []
    client = log_in(app)
    client.user("rep")
    token = org.sessions.open(client.values("SELECT Id FROM User WHERE Username = 'rep@example.com'")[0])

    seen = client.values("SELECT Signing_Phrase__c FROM Touchline_Setting__mdt")
    hidden = replace(client, token=token).query("SELECT Signing_Phrase__c FROM Touchline_Setting__mdt")

    assert (seen, hidden) == (["whsec_c2VjcmV0"], "INVALID_TYPE")
    assert client.refusal("POST", "/sobjects/Touchline_Setting__mdt", json={"MasterLabel": "B"})[0] >= 400
    org.store.close()


BROKEN = [
    # What is broken, by which words, and which component is named.
    (REP, "<field>Content_Touch__c.Channel__c<", "<field>Content_Touch__c.Chanel__c<", "Touchline_Rep"),
    (REP, "<field>Content_Touch__c.Channel__c<", "<field>Content_Touch__c.Kind__c<", "Touchline_Rep"),
    (REP, "<apexClass>ContentActions<", "<apexClass>ContentAction<", "Touchline_Rep"),
    (REP, "<name>Touchline_Ask<", "<name>Touchline_Asks<", "Touchline_Rep"),
    (REP, ">Touchline-Touchline<", ">Touchline-Other<", "Touchline_Rep"),
    (REP, "<tab>Content_Asset__c<", "<tab>Content_Assets__c<", "Touchline_Rep"),
    (REP, "<object>Account<", "<object>Contact<", "Touchline_Rep"),
    (REP, "<application>Touchline<", "<application>Touchlines<", "Touchline_Rep"),
    (TYPE, "<relationship>Content_Touches__r<", "<relationship>Content_Touch__r<", OF_TYPE),
    (TYPE, "<baseObject>Opportunity<", "<baseObject>Oportunity<", OF_TYPE),
    (TYPE, "<field>Channel__c<", "<field>Chanel__c<", OF_TYPE),
    (TYPE, "<field>Content_Asset__c.Status__c<", "<field>Content_Asset__c.State__c<", OF_TYPE),
    (TYPE, "<table>Opportunity.Content_Touches__r<", "<table>Opportunity.Touches__r<", OF_TYPE),
    (REPORT, "<reportType>Opportunities_with", "<reportType>Opportunity_with", OF_REPORT),
    (REPORT, "<field>Opportunity$Name<", "<field>Opportunity$Nam<", OF_REPORT),
    (REPORT, "<groupingColumn>Opportunity.Content_Touches__r$Actor_Name__c<", "<groupingColumn>Opportunity$Name<",
     OF_REPORT),
    (REPORT, "<dateColumn>Opportunity$CloseDate<", "<dateColumn>Opportunity$ClosedDate<",
     OF_REPORT),
    (DASHBOARD, "<report>Touchline/Stale_Content", "<report>Touchline/Old_Content", "Touchline/Content_Use"),
    (FLOW, "<actionName>Opportunity.Touchline_Opp", "<actionName>Opportunity.Touchline_Op", OF_FLOW),
    (FLOW, "<actionType>outboundMessage<", "<actionType>outboundMail<", OF_FLOW),
    (FLOW, "$Record.StageName", "$Record.StagName", OF_FLOW),
    (FLOW, "<targetReference>Send_Touchline_Message<", "<targetReference>Send_Message<", OF_FLOW),
    (FLOW, "<object>Opportunity<", "<object>Oportunity<", OF_FLOW),
    (ACCOUNT_FLOW, "<actionName>ReportChangedDeals<", "<actionName>ReportChangedDeal<", OF_ACCOUNT_FLOW),
    (ACCOUNT_FLOW, "<actionName>ReportChangedDeals<", "<actionName>ContentPanelController<", OF_ACCOUNT_FLOW),
    (ACCOUNT_FLOW, "<field>AccountId<", "<field>AccontId<", OF_ACCOUNT_FLOW),
    (MESSAGE, "<fields>Id<", "<fields>Stage__c<", "Opportunity.Touchline_Opportunity_Changed"),
    (MESSAGE, "<integrationUser>touchline@", "<integrationUser>nobody@", "Opportunity.Touchline_Opportunity_Changed"),
    (MESSAGE, "<endpointUrl>https://", "<endpointUrl>", "Opportunity.Touchline_Opportunity_Changed"),
    (TOUCH_WORDS, "<name>Kind__c<", "<name>Kinds__c<", "Content_Touch__c-fr"),
    (TOUCH_WORDS, "<masterLabel>Shared<", "<masterLabel>Shred<", "Content_Touch__c-fr"),
    ("translations/fr.translation", "<name>Touchline_Ask<", "<name>Touchline_Asks<", "fr"),
    (CREDENTIAL, "<externalCredential>Touchline<", "<externalCredential>Touch<", "Touchline"),
    (CREDENTIAL, ">https://touchline.example.com<", ">touchline<", "Touchline"),
    (RECORD, "<field>Signing_Phrase__c<", "<field>Signing_Phrases__c<", "Touchline_Setting.Default"),
    (APP, "<tabs>Content_Asset__c<", "<tabs>Content_Assets__c<", "Touchline"),
    (ASSET, "<compactLayoutAssignment>Content_Asset<", "<compactLayoutAssignment>Content<", "Content_Asset__c"),
    (TOUCH, "<referenceTo>Content_Asset__c<", "<referenceTo>Content_Assets__c<", "Content_Touch__c"),
    (TOUCH, "<deleteConstraint>SetNull<", "<deleteConstraint>SetNil<", "Content_Touch__c"),
    (f"{PANEL}.js", "apex/ContentPanelController.read", "apex/ContentPanelController.reads", "contentPanel"),
    (f"{PANEL}.js", "@salesforce/label/c.Touchline_Title", "@salesforce/label/c.Touchline_Titel", "contentPanel"),
    (f"{PANEL}.html", "<c-content-timeline", "<c-content-time-line", "contentPanel"),
    (CLASS, "Occurred_At__c", "Ocurred_At__c", "ContentPanelController"),
    (CLASS, "class ContentPanelController", "class ContentPanel", "ContentPanelController"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "before", "after", "named"), BROKEN, ids=lambda value: value[:40])
def test_a_broken_copy_is_refused_by_the_name_of_what_is_broken(
    empty: Org, whole: Files, path: str, before: str, after: str, named: str
) -> None:
    assert before.encode() in whole[path]
    broken = {**whole, path: whole[path].replace(before.encode(), after.encode(), 1)}

    found = problems(empty, broken, checkOnly="true")

    assert named in {name for name, _ in found}, found


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (f"{CLASS}-meta.xml", "was not found in the zip"),
        (CLASS, "describes a file that is not there"),
        (f"{PANEL}.js-meta.xml", "Cannot find Lightning Component Bundle"),
        ("reports/Touchline-meta.xml", "Cannot find folder:Touchline"),
        (TYPE, "no ReportType named"),
        ("labels/CustomLabels.labels", "no CustomLabel named"),
        ("tabs/Content_Asset__c.tab", "no CustomTab named Content_Asset__c"),
        ("customPermissions/Touchline_Ask.customPermission", "no CustomPermission named Touchline_Ask"),
        ("externalCredentials/Touchline.externalCredential", "no ExternalCredential named Touchline"),
    ],
)
def test_a_missing_file_is_missed(empty: Org, whole: Files, gone: str, words: str) -> None:
    assert gone in whole
    kept = {name: content for name, content in whole.items() if name != gone}
    kept["package.xml"] = re.sub(
        rb"<types>.*</types>", _every_kind(whole).encode(), whole["package.xml"], flags=re.S
    )

    found = problems(empty, kept, checkOnly="true")

    assert any(words in problem for _, problem in found), found


def _every_kind(whole: Files) -> str:
    kinds = [name.decode() for name in re.findall(rb"<name>(\w+)</name>", whole["package.xml"])]
    named = [*((kind, "*") for kind in kinds if kind != "CustomField"), *FIELDS, *FOLDERS]
    return "".join(f"<types><members>{name}</members><name>{kind}</name></types>" for kind, name in named)


def test_a_layout_shows_every_required_field(empty: Org, whole: Files) -> None:
    [path] = [name for name in whole if name.startswith("layouts/Content_Asset__c-")]
    without = re.sub(
        rb"<layoutItems>\s*<behavior>\w+</behavior>\s*<field>Title__c</field>\s*</layoutItems>",
        b"",
        whole[path],
    )
    assert without != whole[path]

    found = problems(empty, {**whole, path: without}, checkOnly="true")

    assert any("required layout field: Title__c" in problem for _, problem in found), found


def test_files_without_a_place_are_no_source(tmp_path: Path) -> None:
    (tmp_path / "wishes").mkdir()
    (tmp_path / "wishes" / "A.wish-meta.xml").write_text("<Wish/>")

    with pytest.raises(SourceError, match="no kind of metadata"):
        packaged([tmp_path])


def test_tests_of_components_stay_at_home(whole: Files) -> None:
    assert not [name for name in whole if "__tests__" in name or "jsconfig" in name]
