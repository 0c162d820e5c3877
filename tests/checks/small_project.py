"""A small SFDX project with one of each kind of metadata, in which the checks find nothing."""

import json
from pathlib import Path

MAIN = "force-app/main/default"
OBJECTS = f"{MAIN}/objects/Note__c"
FIELDS = f"{OBJECTS}/fields"
CLASSES = f"{MAIN}/classes"
LWC = f"{MAIN}/lwc"
HOOKS = "hooks/main/default"
FLOW = f"{HOOKS}/flows/Changed.flow-meta.xml"
# One word that is written in the letters of each language.
WORDS = {"fr": "Mot", "ko": "말", "pt_BR": "Palavra", "th": "คำ", "zh_TW": "詞"}
# What rights.py would have to hold for this project: the objects and permissions that its one set opens.
DECIDED = {
    "Reader": {
        "Note__c": frozenset({"allowRead"}),
        "Opportunity": frozenset({"allowRead"}),
        "Account": frozenset({"allowRead"}),
    }
}
DECIDED_PERMISSIONS = {"Reader": {"May_Ask"}}


def write(root: Path) -> Path:
    """Write the project into a folder and return it."""
    for where, content in {**_files(), **_translations()}.items():
        path = root / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return root


def xml(kind: str, content: str) -> str:
    """Return a file of metadata."""
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    namespace = f'xmlns="http://soap.sforce.com/2006/04/metadata" {schema}'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} {namespace}>{content}</{kind}>\n'


def _files() -> dict[str, str]:
    settings = {
        "packageDirectories": [{"path": "force-app", "default": True}, {"path": "hooks"}],
        "sourceApiVersion": "62.0",
    }
    return {
        "sfdx-project.json": json.dumps(settings),
        "package.json": json.dumps({"devDependencies": {"eslint": "9.39.1"}}),
        **_objects(),
        **_pages(),
        **_access(),
        **_code(),
        **_components(),
        **_reporting(),
        **_automation(),
    }


def _objects() -> dict[str, str]:
    note = (
        "<compactLayoutAssignment>Short</compactLayoutAssignment><deploymentStatus>Deployed</deploymentStatus>"
        "<description>A note.</description><enableBulkApi>true</enableBulkApi><enableReports>true</enableReports>"
        "<enableSharing>true</enableSharing><enableStreamingApi>true</enableStreamingApi>"
        "<externalSharingModel>Private</externalSharingModel><label>Note</label>"
        "<nameField><label>Name</label><type>Text</type></nameField><pluralLabel>Notes</pluralLabel>"
        "<searchLayouts><searchResultsAdditionalFields>Status__c</searchResultsAdditionalFields></searchLayouts>"
        "<sharingModel>Read</sharingModel>"
    )
    reference = (
        "<fullName>Ref__c</fullName><caseSensitive>true</caseSensitive><description>Its id.</description>"
        "<externalId>true</externalId><inlineHelpText>Leave it</inlineHelpText><label>Reference</label>"
        "<length>64</length><required>true</required><type>Text</type><unique>true</unique>"
    )
    values = "".join(
        f"<value><fullName>{name}</fullName><default>false</default><label>{name}</label></value>"
        for name in ("Open", "Done")
    )
    status = (
        "<fullName>Status__c</fullName><description>Where it stands.</description><label>Status</label>"
        "<required>false</required><type>Picklist</type><valueSet><restricted>true</restricted>"
        f"<valueSetDefinition><sorted>false</sorted>{values}</valueSetDefinition></valueSet>"
    )
    deal = (
        "<fullName>Deal__c</fullName><deleteConstraint>SetNull</deleteConstraint>"
        "<description>Its deal.</description><label>Deal</label><referenceTo>Opportunity</referenceTo>"
        "<relationshipLabel>Notes</relationshipLabel><relationshipName>Notes</relationshipName>"
        "<required>false</required><type>Lookup</type>"
    )
    setting = (
        "<description>Settings.</description><label>Setting</label><pluralLabel>Settings</pluralLabel>"
        "<visibility>Protected</visibility>"
    )
    phrase = (
        "<fullName>Phrase__c</fullName><description>The secret.</description><label>Phrase</label>"
        "<length>255</length><required>false</required><type>Text</type>"
    )
    listed = (
        "<fullName>Due</fullName><booleanFilter>1 OR 2</booleanFilter><columns>NAME</columns>"
        "<columns>Status__c</columns><filterScope>Everything</filterScope>"
        "<filters><field>Status__c</field><operation>equals</operation><value>Open,Done</value></filters>"
        "<filters><field>Ref__c</field><operation>equals</operation><value>x</value></filters>"
        "<label>Due</label>"
    )
    short = "<fullName>Short</fullName><fields>Name</fields><fields>Status__c</fields><label>Short</label>"
    return {
        f"{OBJECTS}/Note__c.object-meta.xml": xml("CustomObject", note),
        f"{FIELDS}/Ref__c.field-meta.xml": xml("CustomField", reference),
        f"{FIELDS}/Status__c.field-meta.xml": xml("CustomField", status),
        f"{FIELDS}/Deal__c.field-meta.xml": xml("CustomField", deal),
        f"{OBJECTS}/listViews/Due.listView-meta.xml": xml("ListView", listed),
        f"{OBJECTS}/compactLayouts/Short.compactLayout-meta.xml": xml("CompactLayout", short),
        f"{MAIN}/objects/Setting__mdt/Setting__mdt.object-meta.xml": xml("CustomObject", setting),
        f"{MAIN}/objects/Setting__mdt/fields/Phrase__c.field-meta.xml": xml("CustomField", phrase),
        f"{MAIN}/customMetadata/Setting.Default.md-meta.xml": xml(
            "CustomMetadata",
            "<label>Default</label><protected>true</protected>"
            '<values><field>Phrase__c</field><value xsi:nil="true"/></values>',
        ),
    }


def _pages() -> dict[str, str]:
    items = "".join(
        f"<layoutItems><behavior>{behavior}</behavior><field>{field}</field></layoutItems>"
        for behavior, field in (
            ("Required", "Name"),
            ("Required", "Ref__c"),
            ("Edit", "Status__c"),
            ("Edit", "Deal__c"),
        )
    )
    layout = (
        "<layoutSections><customLabel>true</customLabel><detailHeading>true</detailHeading>"
        f"<editHeading>true</editHeading><label>Facts</label><layoutColumns>{items}</layoutColumns>"
        "<layoutColumns/><style>TwoColumnsTopToBottom</style></layoutSections>"
    )
    deal_layout = (
        "<relatedLists><fields>NAME</fields><fields>Status__c</fields><relatedList>Note__c.Deal__c</relatedList>"
        "<sortField>Status__c</sortField><sortOrder>Desc</sortOrder></relatedLists>"
    )
    related = "".join(
        f"<componentInstanceProperties><name>{name}</name><value>{value}</value></componentInstanceProperties>"
        for name, value in (("parentFieldApiName", "Opportunity.Id"), ("relatedListApiName", "Notes__r"))
    )
    page = (
        "<flexiPageRegions>"
        "<itemInstances><componentInstance><componentName>panel</componentName><identifier>panel</identifier>"
        f"</componentInstance></itemInstances><itemInstances><componentInstance>{related}"
        "<componentName>force:relatedListSingleContainer</componentName><identifier>notes</identifier>"
        "</componentInstance></itemInstances><name>Facet-notes</name><type>Facet</type></flexiPageRegions>"
        "<flexiPageRegions><itemInstances><componentInstance><componentInstanceProperties><name>tabs</name>"
        "<value>Facet-notes</value></componentInstanceProperties><componentName>flexipage:tabset</componentName>"
        "<identifier>tabs</identifier></componentInstance></itemInstances><name>main</name><type>Region</type>"
        "</flexiPageRegions><masterLabel>Deal</masterLabel><sobjectType>Opportunity</sobjectType>"
        "<template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type>"
    )
    app = (
        "<description>Notes.</description><formFactors>Large</formFactors><label>Desk</label>"
        "<navType>Standard</navType><tabs>Note__c</tabs><tabs>standard-Opportunity</tabs><uiType>Lightning</uiType>"
    )
    action = (
        "<actionSubtype>ScreenAction</actionSubtype><label>Ask</label>"
        "<lightningWebComponent>panel</lightningWebComponent><optionsCreateFeedItem>false</optionsCreateFeedItem>"
        "<type>LightningWebComponent</type>"
    )
    return {
        f"{MAIN}/layouts/Note__c-Note Layout.layout-meta.xml": xml("Layout", layout),
        f"{MAIN}/layouts/Opportunity-Deal Layout.layout-meta.xml": xml("Layout", deal_layout),
        f"{MAIN}/flexipages/Deal.flexipage-meta.xml": xml("FlexiPage", page),
        f"{MAIN}/applications/Desk.app-meta.xml": xml("CustomApplication", app),
        f"{MAIN}/quickActions/Opportunity.Ask.quickAction-meta.xml": xml("QuickAction", action),
        f"{MAIN}/tabs/Note__c.tab-meta.xml": xml(
            "CustomTab", "<customObject>true</customObject><motif>Custom55: Books</motif>"
        ),
    }


def _access() -> dict[str, str]:
    opened = "".join(
        "<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit>"
        f"<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>{name}</object>"
        "<viewAllRecords>false</viewAllRecords></objectPermissions>"
        for name in ("Account", "Note__c", "Opportunity")
    )
    fields = "".join(
        f"<fieldPermissions><editable>false</editable><field>Note__c.{name}</field><readable>true</readable></fieldPermissions>"
        for name in ("Deal__c", "Status__c")
    )
    reader = (
        "<applicationVisibilities><application>Desk</application><visible>true</visible></applicationVisibilities>"
        "<classAccesses><apexClass>Panel</apexClass><enabled>true</enabled></classAccesses>"
        "<customPermissions><enabled>true</enabled><name>May_Ask</name></customPermissions>"
        "<description>Reads notes.</description><externalCredentialPrincipalAccesses><enabled>true</enabled>"
        "<externalCredentialPrincipal>Desk-Clerk</externalCredentialPrincipal></externalCredentialPrincipalAccesses>"
        f"{fields}<label>Reader</label>{opened}"
        "<tabSettings><tab>Note__c</tab><visibility>Visible</visibility></tabSettings>"
    )
    external = (
        "<authenticationProtocol>Custom</authenticationProtocol><externalCredentialParameters>"
        "<parameterGroup>Clerk</parameterGroup><parameterName>Clerk</parameterName>"
        "<parameterType>NamedPrincipal</parameterType><sequenceNumber>1</sequenceNumber></externalCredentialParameters><label>Desk</label>"
    )
    named = (
        "<label>Desk</label><namedCredentialParameters><parameterName>Url</parameterName>"
        "<parameterType>Url</parameterType><parameterValue>https://touchline.example.com</parameterValue>"
        "</namedCredentialParameters><namedCredentialParameters><externalCredential>Desk</externalCredential>"
        "<parameterName>Credential</parameterName><parameterType>Authentication</parameterType>"
        "</namedCredentialParameters><namedCredentialType>SecuredEndpoint</namedCredentialType>"
    )
    return {
        f"{MAIN}/permissionsets/Reader.permissionset-meta.xml": xml("PermissionSet", reader),
        f"{MAIN}/customPermissions/May_Ask.customPermission-meta.xml": xml(
            "CustomPermission", "<isLicensed>false</isLicensed><label>May ask</label>"
        ),
        f"{MAIN}/externalCredentials/Desk.externalCredential-meta.xml": xml("ExternalCredential", external),
        f"{MAIN}/namedCredentials/Desk.namedCredential-meta.xml": xml("NamedCredential", named),
    }


def _code() -> dict[str, str]:
    panel = """/** Reads "notes" for the panel. */
public with sharing class Panel {
  /** One line. */
  public class Line {
    @AuraEnabled
    public String title;
    public String kept;
  }

  @AuraEnabled(cacheable=true)
  public static List<Note__c> read(Id deal) {
    if (!FeatureManagement.checkPermission('May_Ask')) {
      throw new AuraHandledException(Label.Desk_Title);
    }
    return [
      SELECT Id, Status__c, Deal__r.Owner.Name
      FROM Note__c
      WHERE Deal__c = :deal AND Status__c IN ('Open') AND Ref__c IN :names()
      WITH USER_MODE
      LIMIT :MANY
    ];
  }

  @AuraEnabled
  public static List<Panel.Line> lines() {
    String phrase = Setting__mdt.getInstance('Default')?.Phrase__c;
    new HttpRequest().setEndpoint('callout:Desk/notes');
    update as user new Note__c();
    return null;
  }
}
"""
    tell = """public with sharing class Tell {
  public class Input {
    @InvocableVariable(label='Deal' required=true)
    public Id deal;
  }

  @InvocableMethod(label='Tell')
  public static void tell(List<Input> inputs) {
  }
}
"""
    works = "  @IsTest\n  static void works() {{\n    System.runAs(user) {{}}\n  }}\n"
    test = f"@IsTest\nprivate class {{name}} {{{{\n{works}}}}}\n"
    sources = {
        "Panel": panel,
        "PanelTest": test.format(name="PanelTest"),
        "Tell": tell,
        "TellTest": test.format(name="TellTest"),
    }
    meta = xml("ApexClass", "<apiVersion>62.0</apiVersion><status>Active</status>")
    code = {f"{CLASSES}/{name}.cls": source for name, source in sources.items()}
    return code | {f"{CLASSES}/{name}.cls-meta.xml": meta for name in sources}


def _components() -> dict[str, str]:
    panel = """import { LightningElement, api, wire } from 'lwc';
import read from '@salesforce/apex/Panel.read';
import STATUS from '@salesforce/schema/Note__c.Status__c';
import title from '@salesforce/label/c.Desk_Title';
import LANG from '@salesforce/i18n/lang';
import mayAsk from '@salesforce/customPermission/May_Ask';
import { sorted } from './sorting';
import { drawn } from 'c/line';

export default class Panel extends LightningElement {
  @api recordId;
  label = { title };

  get lines() {
    return sorted(this.notes).map((one) => one.Status__c + one.title);
  }

  opened() {
    this.isOpen = true;
  }
}
"""
    markup = """<template>
  <h2>{label.title}</h2>
  <template for:each={lines} for:item="one">
    <c-line key={one.key} text={one.text} onopen={opened}></c-line>
  </template>
</template>
"""
    line = """import { LightningElement, api } from 'lwc';

export default class Line extends LightningElement {
  @api text;

  open() {
    this.dispatchEvent(new CustomEvent('open'));
  }
}
"""
    exposed = (
        "<apiVersion>62.0</apiVersion><isExposed>true</isExposed><masterLabel>Panel</masterLabel><targets>"
        "<target>lightning__RecordPage</target></targets><targetConfigs>"
        '<targetConfig targets="lightning__RecordPage"><objects><object>Opportunity</object></objects>'
        '<supportedFormFactors><supportedFormFactor type="Large"/></supportedFormFactors>'
        "</targetConfig></targetConfigs>"
    )
    hidden = "<apiVersion>62.0</apiVersion><isExposed>false</isExposed>"
    return {
        f"{LWC}/panel/panel.js": panel,
        f"{LWC}/panel/sorting.js": "export const sorted = (all) => [...all].sort();\n",
        f"{LWC}/panel/panel.html": markup,
        f"{LWC}/panel/panel.js-meta.xml": xml("LightningComponentBundle", exposed),
        f"{LWC}/panel/__tests__/panel.test.js": "it('shows notes', () => {});\n",
        f"{LWC}/line/line.js": line,
        f"{LWC}/line/line.html": "<template><button onclick={open}>{text}</button></template>\n",
        f"{LWC}/line/line.js-meta.xml": xml("LightningComponentBundle", hidden),
        f"{LWC}/line/__tests__/line.test.js": "it('is a line', () => {});\n",
    }


def _reporting() -> dict[str, str]:
    columns = "".join(
        f"<columns><checkedByDefault>true</checkedByDefault><field>{field}</field><table>{table}</table></columns>"
        for table, field in (
            ("Opportunity", "Name"),
            ("Opportunity", "CloseDate"),
            ("Opportunity.Notes__r", "Status__c"),
        )
    )
    report_type = (
        "<baseObject>Opportunity</baseObject><category>opportunities</category><deployed>true</deployed>"
        "<description>Deals with notes.</description><join><outerJoin>false</outerJoin>"
        "<relationship>Notes__r</relationship></join><label>Deals with Notes</label>"
        f"<sections>{columns}<masterLabel>Deals</masterLabel></sections>"
    )
    report = (
        "<chart><chartSummaries><axisBinding>y</axisBinding><column>RowCount</column></chartSummaries>"
        "<chartType>HorizontalBar</chartType><groupingColumn>Opportunity.Notes__r$Status__c</groupingColumn>"
        "<size>Medium</size><summaryAxisRange>Auto</summaryAxisRange></chart>"
        "<columns><field>Opportunity$Name</field></columns><description>Notes by status.</description><filter>"
        "<criteriaItems><column>Opportunity.Notes__r$Status__c</column><columnToColumn>false</columnToColumn>"
        "<isUnlocked>true</isUnlocked><operator>equals</operator><value>Open</value></criteriaItems></filter>"
        "<format>Summary</format><groupingsDown><dateGranularity>Day</dateGranularity>"
        "<field>Opportunity.Notes__r$Status__c</field><sortOrder>Asc</sortOrder></groupingsDown>"
        "<name>Use</name><reportType>Deals_with_Notes__c</reportType><scope>organization</scope>"
        "<showDetails>false</showDetails><timeFrameFilter><dateColumn>Opportunity$CloseDate</dateColumn>"
        "<interval>INTERVAL_CUSTOM</interval></timeFrameFilter>"
    )
    board = (
        "<backgroundEndColor>#FFFFFF</backgroundEndColor><backgroundFadeDirection>Diagonal</backgroundFadeDirection>"
        "<backgroundStartColor>#FFFFFF</backgroundStartColor><dashboardGridLayout><dashboardGridComponents>"
        "<colSpan>6</colSpan><columnIndex>6</columnIndex><dashboardComponent>"
        "<componentType>Bar</componentType><report>Desk/Use</report><title>Use</title>"
        "<useReportChart>true</useReportChart></dashboardComponent><rowIndex>0</rowIndex><rowSpan>9</rowSpan>"
        "</dashboardGridComponents><numberOfColumns>12</numberOfColumns><rowHeight>36</rowHeight></dashboardGridLayout>"
        "<dashboardType>LoggedInUser</dashboardType><description>Use of notes.</description>"
        "<textColor>#000000</textColor><title>Board</title><titleColor>#000000</titleColor>"
        "<titleSize>12</titleSize>"
    )
    return {
        f"{MAIN}/reportTypes/Deals_with_Notes.reportType-meta.xml": xml("ReportType", report_type),
        f"{MAIN}/reports/Desk.reportFolder-meta.xml": xml("ReportFolder", "<name>Desk</name>"),
        f"{MAIN}/reports/Desk/Use.report-meta.xml": xml("Report", report),
        f"{MAIN}/dashboards/Desk.dashboardFolder-meta.xml": xml("DashboardFolder", "<name>Desk</name>"),
        f"{MAIN}/dashboards/Desk/Board.dashboard-meta.xml": xml("Dashboard", board),
    }


def _automation() -> dict[str, str]:
    def call(name: str, action: str, kind: str, given: str) -> str:
        return (
            f"<actionCalls><name>{name}</name><label>{name}</label><locationX>0</locationX><locationY>0</locationY>"
            f"<actionName>{action}</actionName><actionType>{kind}</actionType>"
            + ("<connector><targetReference>Send</targetReference></connector>" if name == "Tell_It" else "")
            + "<faultConnector><targetReference>Keep</targetReference></faultConnector>"
            f"{given}<nameSegment>{action}</nameSegment></actionCalls>"
        )

    given = (
        "<inputParameters><name>deal</name><value><elementReference>$Record.Id</elementReference></value>"
        "</inputParameters>"
    )
    flow = (
        call("Send", "Opportunity.Changed", "outboundMessage", "")
        + call("Tell_It", "Tell", "apex", given)
        + "<apiVersion>62.0</apiVersion><assignments><name>Keep</name><label>Keep</label><locationX>0</locationX>"
        "<locationY>0</locationY><assignmentItems><assignToReference>Fault</assignToReference>"
        "<operator>Assign</operator><value><stringValue>{!$Label.Desk_Title}</stringValue></value>"
        "</assignmentItems></assignments><description>Tells.</description><interviewLabel>Changed</interviewLabel>"
        "<label>Changed</label><processType>AutoLaunchedFlow</processType><start><locationX>0</locationX>"
        "<locationY>0</locationY><connector><targetReference>Tell_It</targetReference></connector>"
        "<filterFormula>ISCHANGED({!$Record.StageName})</filterFormula><object>Opportunity</object>"
        "<recordTriggerType>Update</recordTriggerType><triggerType>RecordAfterSave</triggerType></start>"
        "<status>Draft</status><variables><name>Fault</name><dataType>String</dataType>"
        "<isCollection>false</isCollection><isInput>false</isInput><isOutput>true</isOutput></variables>"
    )
    message = (
        "<outboundMessages><fullName>Changed</fullName><apiVersion>62.0</apiVersion>"
        "<endpointUrl>https://touchline.example.com/changed</endpointUrl><fields>Id</fields>"
        "<includeSessionId>false</includeSessionId><integrationUser>integration@example.com</integrationUser>"
        "<name>Changed</name><protected>false</protected><useDeadLetterQueue>false</useDeadLetterQueue>"
        "</outboundMessages>"
    )
    return {
        FLOW: xml("Flow", flow),
        f"{HOOKS}/workflows/Opportunity.workflow-meta.xml": xml("Workflow", message),
    }


def _translations() -> dict[str, str]:
    label = (
        "<labels><fullName>Desk_Title</fullName><language>en_US</language><protected>false</protected>"
        "<shortDescription>Title</shortDescription><value>Notes of {0}</value></labels>"
    )
    files = {f"{MAIN}/labels/CustomLabels.labels-meta.xml": xml("CustomLabels", label)}
    for language, word in WORDS.items():
        files[f"{MAIN}/translations/{language}.translation-meta.xml"] = xml(
            "Translations",
            f"<customLabels><label>{word} {{0}}</label><name>Desk_Title</name></customLabels>"
            f"<reportTypes><description>{word}</description><label>{word}</label><name>Deals_with_Notes</name>"
            f"<sections><label>{word}</label><name>Deals</name></sections></reportTypes>",
        )
        folder = f"{MAIN}/objectTranslations/Note__c-{language}"
        files[f"{folder}/Note__c-{language}.objectTranslation-meta.xml"] = xml(
            "CustomObjectTranslation",
            f"<caseValues><plural>false</plural><value>{word}</value></caseValues><layouts>"
            f"<layout>Note Layout</layout><sections><label>{word}</label><section>Facts</section></sections></layouts>"
            f"<nameFieldLabel>{word}</nameFieldLabel>",
        )
        of_settings = f"{MAIN}/objectTranslations/Setting__mdt-{language}"
        files[f"{of_settings}/Setting__mdt-{language}.objectTranslation-meta.xml"] = xml(
            "CustomObjectTranslation",
            f"<caseValues><plural>false</plural><value>{word}</value></caseValues>",
        )
        files[f"{of_settings}/Phrase__c.fieldTranslation-meta.xml"] = xml(
            "CustomFieldTranslation", f"<label>{word}</label><name>Phrase__c</name>"
        )
        values = "".join(
            f"<picklistValues><masterLabel>{name}</masterLabel><translation>{word}</translation></picklistValues>"
            for name in ("Open", "Done")
        )
        for name, more in {
            "Ref__c": f"<help>{word}</help>",
            "Status__c": values,
            "Deal__c": f"<relationshipLabel>{word}</relationshipLabel>",
        }.items():
            files[f"{folder}/{name}.fieldTranslation-meta.xml"] = xml(
                "CustomFieldTranslation", f"<label>{word}</label><name>{name}</name>{more}"
            )
    return files
