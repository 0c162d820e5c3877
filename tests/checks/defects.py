"""One defect for each rule of the references, to be planted in the small project."""

from tests.checks.planting import Defect
from tests.checks.small_project import CLASSES, FIELDS, FLOW, HOOKS, LWC, MAIN, OBJECTS, xml

NOTE = f"{OBJECTS}/Note__c.object-meta.xml"
REF, STATUS, DEAL = (f"{FIELDS}/{name}.field-meta.xml" for name in ("Ref__c", "Status__c", "Deal__c"))
DUE = f"{OBJECTS}/listViews/Due.listView-meta.xml"
LAYOUT = f"{MAIN}/layouts/Note__c-Note Layout.layout-meta.xml"
DEAL_LAYOUT = f"{MAIN}/layouts/Opportunity-Deal Layout.layout-meta.xml"
PAGE = f"{MAIN}/flexipages/Deal.flexipage-meta.xml"
APP = f"{MAIN}/applications/Desk.app-meta.xml"
SET = f"{MAIN}/permissionsets/Reader.permissionset-meta.xml"
PANEL, TELL = f"{CLASSES}/Panel.cls", f"{CLASSES}/Tell.cls"
SCRIPT, MARKUP = f"{LWC}/panel/panel.js", f"{LWC}/panel/panel.html"
BUNDLE = f"{LWC}/panel/panel.js-meta.xml"
TYPE = f"{MAIN}/reportTypes/Deals_with_Notes.reportType-meta.xml"
REPORT = f"{MAIN}/reports/Desk/Use.report-meta.xml"
BOARD = f"{MAIN}/dashboards/Desk/Board.dashboard-meta.xml"
MESSAGE = f"{HOOKS}/workflows/Opportunity.workflow-meta.xml"
LABELS = f"{MAIN}/labels/CustomLabels.labels-meta.xml"
KOREAN = f"{MAIN}/translations/ko.translation-meta.xml"
KOREAN_NOTE = f"{MAIN}/objectTranslations/Note__c-ko"
RECORD = f"{MAIN}/customMetadata/Setting.Default.md-meta.xml"
NAMED = f"{MAIN}/namedCredentials/Desk.namedCredential-meta.xml"
EXTERNAL = f"{MAIN}/externalCredentials/Desk.externalCredential-meta.xml"

OBJECT_DEFECTS = (
    Defect(NOTE, "<sharingModel>Read</sharingModel>", "", "says no <sharingModel>"),
    Defect(
        NOTE,
        "externalSharingModel>Private",
        "externalSharingModel>ReadWrite",
        "people outside would see more",
    ),
    Defect(NOTE, "Deployed", "InDevelopment", "nobody but administrators would see it"),
    Defect(NOTE, "<enableReports>true", "<enableReports>false", "cannot be reported on"),
    Defect(NOTE, "<enableSharing>true", "<enableSharing>false", "are all on or all off"),
    Defect(NOTE, "Assignment>Short<", "Assignment>Sort<", "assigns the compact layout 'Sort'"),
    Defect(NOTE, "Status__c", "Statuss__c", "searches by Statuss__c"),
    Defect(REF, "<length>64</length>", "", "a Text must say <length>"),
    Defect(REF, "64", "264", "1 to 255 characters long, not 264"),
    Defect(REF, "<unique>true", "<unique>false", "must be unique and case-sensitive"),
    Defect(REF, "<type>Text", "<type>Checkbox", "a Checkbox says no <length>"),
    Defect(REF, "<description>Its id.</description>", "", "says no <description>"),
    Defect(STATUS, "<label>Done</label>", "<label>Ready</label>", "the value 'Done' is labelled 'Ready'"),
    Defect(DEAL, "<required>false", "<required>true", "a required lookup cannot be emptied"),
    Defect(DEAL, "<referenceTo>Opportunity", "<referenceTo>Opportunitty", "Opportunitty"),
    Defect(
        f"{OBJECTS}/compactLayouts/Short.compactLayout-meta.xml", "Status__c", "Statu__c", "shows Statu__c"
    ),
    Defect(DUE, "<columns>Status__c", "<columns>Status", "shows or filters by Status, which is no field"),
    Defect(DUE, "Open,Done", "Open,Dome", "filters Status__c by 'Dome'"),
    Defect(DUE, "1 OR 2", "1 OR 3", "joins its 2 filters by '1 OR 3'"),
    Defect(DUE, "<filterScope>Everything</filterScope>", "", "says no <filterScope>"),
)
PAGE_DEFECTS = (
    Defect(LAYOUT, "<field>Status__c", "<field>Statu__c", "shows Statu__c, which is no field of Note__c"),
    Defect(LAYOUT, "<field>Status__c", "<field>Ref__c", "shows Ref__c twice"),
    Defect(
        LAYOUT,
        "<behavior>Required</behavior><field>Ref__c",
        "<behavior>Edit</behavior><field>Ref__c",
        "required, as Edit",
    ),
    Defect(
        LAYOUT,
        "<layoutItems><behavior>Required</behavior><field>Ref__c</field></layoutItems>",
        "",
        "leaves out Ref__c",
    ),
    Defect(LAYOUT, "", "", "has no page layout"),
    Defect(DEAL_LAYOUT, "Note__c.Deal__c", "Note__c.Ref__c", "leads from no field to Opportunity"),
    Defect(DEAL_LAYOUT, "<fields>Status__c", "<fields>Statu__c", "shows or sorts by Statu__c"),
    Defect(DEAL_LAYOUT, "<sortField>Status__c", "<sortField>Statuss__c", "shows or sorts by Statuss__c"),
    Defect(PAGE, "<componentName>panel", "<componentName>pannel", "shows pannel, which is no component"),
    Defect(PAGE, "flexipage:tabset", "flexipage:tabsett", "shows flexipage:tabsett"),
    Defect(PAGE, "Notes__r", "Note__r", "shows the related list Note__r, which leads nowhere"),
    Defect(PAGE, "Opportunity.Id", "Opportunity.Idd", "related by Opportunity.Idd, which is no field"),
    Defect(PAGE, "<value>Facet-notes", "<value>Facet-note", "points to Facet-note, which is no region"),
    Defect(PAGE, "<identifier>notes", "<identifier>panel", "calls two things panel"),
    Defect(PAGE, "<sobjectType>Opportunity", "<sobjectType>Opportunty", "is a page of Opportunty"),
    Defect(APP, "<tabs>Note__c", "<tabs>Notes__c", "shows the tab Notes__c, which does not exist"),
    Defect(APP, "<description>Notes.</description>", "", "says no <description>"),
    Defect(
        f"{MAIN}/quickActions/Opportunity.Ask.quickAction-meta.xml", ">panel<", ">pannel<", "opens pannel"
    ),
    Defect(
        f"{MAIN}/tabs/Other__c.tab-meta.xml",
        "",
        xml("CustomTab", "<customObject>true</customObject>"),
        "shows Other__c",
    ),
)
PERMISSION_DEFECTS = (
    Defect(SET, "Note__c.Deal__c", "Note__c.Dael__c", "opens Note__c.Dael__c, which is no field"),
    Defect(SET, "Note__c.Deal__c", "Note__c.Ref__c", "which is open to all who see the object"),
    Defect(SET, "<editable>false", "<editable>true", "lets Note__c.Deal__c be edited, but no row of Note__c"),
    Defect(SET, "<readable>true", "<readable>false", "lists Note__c.Deal__c and opens nothing of it"),
    Defect(SET, "Note__c.Deal__c", "Note__c.Status__c", "no permission set opens it: nobody would see it"),
    Defect(SET, "Note__c.Deal__c", "Note__c.Status__c", "which reads Note__c.Deal__c, but not that"),
    Defect(
        SET, "<application>Desk", "<application>Dsk", "opens Dsk, which is none of applicationVisibilities"
    ),
    Defect(
        SET, "<apexClass>Panel", "<apexClass>Tell", "no permission set opens it: no component could call it"
    ),
    Defect(SET, "<name>May_Ask", "<name>May_Aks", "opens May_Aks, which is none of customPermissions"),
    Defect(SET, "Desk-Clerk", "Desk-Clark", "none gives the principal Desk-Clerk"),
    Defect(SET, "<tab>Note__c", "<tab>Note", "opens Note, which is none of tabSettings"),
    Defect(SET, "<enabled>true", "<enabled>false", "lists what it does not open"),
    Defect(SET, "<object>Opportunity", "<object>Opportunities", "opens Opportunities, which is no object"),
    Defect(
        SET,
        "<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Note__c",
        "<allowRead>false</allowRead><modifyAllRecords>false</modifyAllRecords><object>Note__c",
        "opens nothing of Note__c",
    ),
    Defect(SET, "<allowEdit>false", "<allowEdit>true", "Account: grants ['allowEdit'] too much"),
    Defect(SET, "<allowDelete>false", "<allowDelete>true", "Account: allowDelete needs allowEdit"),
    Defect(
        SET,
        "<label>Reader",
        "<userPermissions><enabled>true</enabled><name>ViewSetup</name></userPermissions><label>Reader",
        "userPermissions are ['ViewSetup'], decided were []",
    ),
    Defect(
        SET,
        "<field>Note__c.Deal__c",
        "<field>Opportunity.Amount",
        "fieldPermissions are ['Opportunity.Amount']",
    ),
    Defect(
        SET,
        "<label>Reader",
        "<tabSettings><tab>Note__c</tab><visibility>Visible</visibility></tabSettings><label>Reader",
        "lists Note__c twice",
    ),
    Defect(
        f"{MAIN}/permissionsets/New.permissionset-meta.xml",
        "",
        xml("PermissionSet", "<label>New</label>"),
        "is new: decide",
    ),
)
APEX_DEFECTS = (
    Defect(PANEL, "SELECT Id, Status__c", "SELECT Id, Satus__c", "reads Satus__c of Note__c"),
    Defect(PANEL, "Deal__r.Owner", "Deal__r.Ower", "Opportunity has no Ower"),
    Defect(PANEL, "FROM Note__c", "FROM Notes__c", "reads from Notes__c, which is no object"),
    Defect(PANEL, "      WITH USER_MODE\n", "", "reads Note__c without WITH USER_MODE"),
    Defect(
        PANEL, "IN ('Open')", "IN ('Opem')", "compares Status__c with 'Opem', which is none of its values"
    ),
    Defect(PANEL, "SELECT Id,", "SELECT Id, ,", "a query is none"),
    Defect(PANEL, "Label.Desk_Title", "Label.Desk_Titel", "uses the label Desk_Titel"),
    Defect(PANEL, "callout:Desk", "callout:Dsk", "calls out by Dsk"),
    Defect(PANEL, "'May_Ask'", "'May_Aks'", "asks for the custom permission May_Aks"),
    Defect(
        PANEL, "getInstance('Default')", "getInstance('Defualt')", "reads the record Defualt of Setting__mdt"
    ),
    Defect(PANEL, "new Note__c()", "new Nota__c()", "names Nota__c, which is no object"),
    Defect(PANEL, "with sharing ", "", "says neither with nor inherited sharing"),
    Defect(
        PANEL, "with sharing class Panel", "with sharing class Pannel", "declares no class of the file's name"
    ),
    Defect(PANEL, "update as user", "update", "update without as user"),
    Defect(PANEL, "update as user new Note__c()", "Database.query('SELECT Id')", "Database.query"),
    Defect(PANEL, "'callout:Desk/notes'", "'https://desk.com'", "holds the address"),
    Defect(PANEL, "'callout:Desk/notes'", "'00e1a000000abcdAAA'", "holds the id '00e1a000000abcdAAA'"),
    Defect(f"{CLASSES}/PanelTest.cls", "System.runAs(user)", "if (true)", "PanelTest never runs as one"),
    Defect(f"{CLASSES}/PanelTest.cls", "", "", "has no test: PanelTest is missing"),
    Defect(
        f"{CLASSES}/TellTest.cls",
        "private class",
        "public class",
        "TellTest.cls: says neither with nor inherited sharing",
    ),
    Defect(
        PANEL,
        "    @AuraEnabled\n    public String title",
        "    public String title",
        "components read title, which has no @AuraEnabled",
    ),
    Defect(TELL, "    @InvocableVariable(label='Deal' required=true)\n", "", "no flow can fill deal"),
)
COMPONENT_DEFECTS = (
    Defect(SCRIPT, "apex/Panel.read", "apex/Panel.raed", "calls Panel.raed, which is no @AuraEnabled method"),
    Defect(
        SCRIPT,
        "schema/Note__c.Status__c",
        "schema/Note__c.Status",
        "imports Note__c.Status, which is no object or field",
    ),
    Defect(SCRIPT, "c.Desk_Title", "c.Desk_Titel", "imports the label c.Desk_Titel"),
    Defect(SCRIPT, "i18n/lang", "i18n/langs", "imports langs of i18n"),
    Defect(
        SCRIPT,
        "customPermission/May_Ask",
        "customPermission/May_Aks",
        "imports the custom permission May_Aks",
    ),
    Defect(SCRIPT, "'./sorting'", "'./sortign'", "imports ./sortign, which is no file"),
    Defect(SCRIPT, "'c/line'", "'c/lime'", "imports c/lime, which is no component"),
    Defect(
        SCRIPT, "@salesforce/i18n", "@salesforce/i81n", "imports @salesforce/i81n/lang, which does not exist"
    ),
    Defect(SCRIPT, "one.Status__c", "one.Stauts__c", "reads Stauts__c, which is no field"),
    Defect(MARKUP, "{lines}", "{line}", "shows {line}, which the component does not have"),
    Defect(MARKUP, "{label.title}", "{label.titel}", "shows {label.titel}, which is none of its labels"),
    Defect(MARKUP, "<c-line ", "<c-lime ", "shows <c-lime>, which is no component"),
    Defect(MARKUP, " text={", " txet={", "gives txet to <c-line>"),
    Defect(MARKUP, "onopen=", "onopne=", "waits for 'opne' of <c-line>"),
    Defect(f"{LWC}/line/__tests__/line.test.js", "", "", "has no test"),
    Defect(f"{LWC}/line/line.html", "", "", "has no line.html"),
    Defect(SCRIPT, "", "", "has no panel.js"),
    Defect(
        BUNDLE, "<targets><target>lightning__RecordPage</target></targets>", "", "is exposed without a target"
    ),
    Defect(BUNDLE, "<target>lightning__", "<target>lightening__", "lightening__RecordPage is no target"),
    Defect(
        BUNDLE,
        'targets="lightning__RecordPage"',
        'targets="lightning__AppPage"',
        "configures lightning__AppPage",
    ),
    Defect(BUNDLE, "<object>Opportunity", "<object>Oportunity", "is for pages of Oportunity"),
    Defect(BUNDLE, 'type="Large"', 'type="Big"', "Big is no form factor"),
    Defect(BUNDLE, "<masterLabel>Panel</masterLabel>", "", "says no <masterLabel>"),
)
FLOW_DEFECTS = (
    Defect(FLOW, "<status>Draft", "<status>Active", "hooks are installed switched off"),
    Defect(
        FLOW,
        "<targetReference>Tell_It",
        "<targetReference>Tell_Itt",
        "leads to Tell_Itt, which is no element",
    ),
    Defect(FLOW, "<connector><targetReference>Send</targetReference></connector>", "", "never comes to Send"),
    Defect(
        FLOW,
        "<faultConnector><targetReference>Keep</targetReference></faultConnector>",
        "",
        "has no way to go when it fails",
    ),
    Defect(FLOW, "<actionName>Tell<", "<actionName>Panel<", "calls Panel, which has no @InvocableMethod"),
    Defect(FLOW, "<nameSegment>Tell", "<nameSegment>Tel", "nameSegment is not Tell"),
    Defect(FLOW, "<name>deal</name>", "<name>dael</name>", "gives dael to Tell, which takes no such value"),
    Defect(FLOW, "<name>deal</name>", "<name>dael</name>", "does not give deal to Tell"),
    Defect(
        FLOW,
        "<actionName>Opportunity.Changed",
        "<actionName>Opportunity.Chnged",
        "which is no outbound message",
    ),
    Defect(FLOW, "$Record.StageName", "$Record.StagName", "uses $Record.StagName, which is no field"),
    Defect(FLOW, "{!$Label.Desk_Title}", "{!$Label.Desk}", "uses the label Desk, which does not exist"),
    Defect(
        FLOW,
        "{!$Label.Desk_Title}",
        "{!$Flow.FaultMesage}",
        "uses $Flow.FaultMesage, which flows do not have",
    ),
    Defect(FLOW, "<assignToReference>Fault", "<assignToReference>Fualt", "uses Fualt, which does not exist"),
    Defect(
        FLOW,
        "<recordTriggerType>Update",
        "<recordTriggerType>Create",
        "waits for a change of records that are new",
    ),
    Defect(
        FLOW,
        "<object>Opportunity</object>",
        "<object>Oportunity</object>",
        "works on Oportunity, which is no object",
    ),
    Defect(FLOW, "<interviewLabel>Changed</interviewLabel>", "", "says no <interviewLabel>"),
    Defect(MESSAGE, "<fields>Id", "<fields>Idd", "carries Idd, which is no field"),
    Defect(MESSAGE, "<includeSessionId>false", "<includeSessionId>true", "sends a session out of the org"),
    Defect(MESSAGE, "https://", "http://", "is sent to no https address"),
    Defect(MESSAGE, "<fullName>Changed", "<fullName>Chaged", "no flow sends Chaged"),
)
TEXT_DEFECTS = (
    Defect(
        LABELS,
        "</labels>",
        "</labels><labels><fullName>Unused</fullName></labels>",
        "Unused is used by nothing",
    ),
    Defect(LABELS, "<language>en_US", "<language>de", "is in de: the others are in en_US"),
    Defect(LABELS, "<value>Notes of {0}</value>", "", "Desk_Title is empty"),
    Defect(LABELS, "<shortDescription>Title</shortDescription>", "", "its short description is empty"),
    Defect(KOREAN, "말 {0}", "말", "has other places to fill in"),
    Defect(KOREAN, "말 {0}", "Word {0}", "holds no letter of ko"),
    Defect(
        KOREAN,
        "<name>Desk_Title",
        "<name>Desk_Titel",
        "translates the label Desk_Titel, which does not exist",
    ),
    Defect(KOREAN, "<name>Desk_Title", "<name>Desk_Titel", "the label Desk_Title is missing"),
    Defect(
        KOREAN, "<name>Deals_with_Notes", "<name>Deals", "says nothing of the report type Deals_with_Notes"
    ),
    Defect(
        KOREAN, "<name>Deals</name>", "<name>Dels</name>", "the section Deals of Deals_with_Notes is missing"
    ),
    Defect(KOREAN, "", "", "there is no ko.translation-meta.xml"),
    Defect(
        f"{KOREAN_NOTE}/Note__c-ko.objectTranslation-meta.xml",
        "<nameFieldLabel>말</nameFieldLabel>",
        "",
        "its name field is missing",
    ),
    Defect(
        f"{KOREAN_NOTE}/Note__c-ko.objectTranslation-meta.xml",
        "<section>Facts",
        "<section>Fact",
        "the section Facts is missing",
    ),
    Defect(f"{KOREAN_NOTE}/Note__c-ko.objectTranslation-meta.xml", "", "", "is not translated"),
    Defect(
        f"{KOREAN_NOTE}/Status__c.fieldTranslation-meta.xml",
        "<masterLabel>Open",
        "<masterLabel>Opem",
        "the value 'Opem' is translated into ko",
    ),
    Defect(
        f"{KOREAN_NOTE}/Ref__c.fieldTranslation-meta.xml",
        "<help>말</help>",
        "",
        "inlineHelpText in ko is missing",
    ),
    Defect(f"{KOREAN_NOTE}/Deal__c.fieldTranslation-meta.xml", "", "", "is not translated into ko"),
    Defect(
        f"{MAIN}/objectTranslations/Setting__mdt-ko/Phrase__c.fieldTranslation-meta.xml",
        "",
        "",
        "is not translated into ko",
    ),
)
REPORT_DEFECTS = (
    Defect(TYPE, "<relationship>Notes__r", "<relationship>Note__r", "joins Note__r, which leads nowhere"),
    Defect(TYPE, "<field>Name</field>", "<field>Nme</field>", "offers Opportunity$Nme, which is no field"),
    Defect(
        TYPE,
        "<table>Opportunity.Notes__r",
        "<table>Opportunity.Notes",
        "of Opportunity.Notes, which it does not join",
    ),
    Defect(TYPE, "<deployed>true", "<deployed>false", "is in development"),
    Defect(
        REPORT,
        "<columns><field>Opportunity$Name",
        "<columns><field>Opportunity$Amount",
        "columns: Opportunity$Amount is no column",
    ),
    Defect(REPORT, "<value>Open", "<value>Opem", "filters Status__c by 'Opem'"),
    Defect(REPORT, "<format>Summary", "<format>Tabular", "its groupings are not those of the format Tabular"),
    Defect(
        REPORT,
        "Notes__r$Status__c</groupingColumn>",
        "Notes__r$Ref__c</groupingColumn>",
        "by which it does not group",
    ),
    Defect(
        REPORT,
        "<reportType>Deals_with_Notes__c",
        "<reportType>Deals__c",
        "is made of Deals__c, which is no report type of ours",
    ),
    Defect(
        REPORT,
        "<dateColumn>Opportunity$CloseDate",
        "<dateColumn>Opportunity$ClosDate",
        "Opportunity$ClosDate is no column",
    ),
    Defect(REPORT, "<description>Notes by status.</description>", "", "its description is empty"),
    Defect(BOARD, "<report>Desk/Use", "<report>Desk/Us", "shows Desk/Us, which is no report"),
    Defect(BOARD, "<colSpan>6", "<colSpan>9", "reaches beyond column 12"),
    Defect(BOARD, "<title>Use</title>", "", "shows Desk/Use without a title"),
    Defect(f"{MAIN}/reports/Desk.reportFolder-meta.xml", "", "", "lies in Desk, which is no report folder"),
)
WHOLE_DEFECTS = (
    Defect(f"{CLASSES}/Tell.cls-meta.xml", "62.0", "61.0", "is for version 61.0, the project for 62.0"),
    Defect(f"{CLASSES}/Tell.cls-meta.xml", "<apiVersion>62.0</apiVersion>", "", "says no <apiVersion>"),
    Defect(f"{CLASSES}/Tell.cls-meta.xml", "Active", "Inactive", "is not active"),
    Defect(f"{CLASSES}/Tell.cls-meta.xml", "", "", "a deployment would leave it out"),
    Defect(TELL, "", "", "describes Tell.cls, which is not there"),
    Defect(f"{LWC}/line/line.js-meta.xml", "", "", "line has no line.js-meta.xml"),
    Defect(
        NAMED,
        "https://touchline.example.com",
        "https://acme.my.site",
        "holds the address https://acme.my.site",
    ),
    Defect(NAMED, "<externalCredential>Desk", "<externalCredential>Dek", "uses the external credential Dek"),
    Defect(EXTERNAL, "NamedPrincipal", "AuthParameter", "has no principal"),
    Defect(RECORD, "<field>Phrase__c", "<field>Phase__c", "fills Phase__c, which is no field"),
    Defect(RECORD, "<label>Default</label>", "", "says no <label>"),
    Defect("package.json", '"9.39.1"', '"^9.39.1"', "eslint is not pinned"),
    Defect("sfdx-project.json", '"62.0"', '"62"', "62 is no version of the API"),
)

DEFECTS = (
    *OBJECT_DEFECTS,
    *PAGE_DEFECTS,
    *PERMISSION_DEFECTS,
    *APEX_DEFECTS,
    *COMPONENT_DEFECTS,
    *FLOW_DEFECTS,
    *TEXT_DEFECTS,
    *REPORT_DEFECTS,
    *WHOLE_DEFECTS,
)
