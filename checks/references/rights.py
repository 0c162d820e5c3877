"""Least privilege: what each permission set may do is what was decided, and no more."""

from collections.abc import Iterator

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts

_READ = frozenset({"allowRead"})
_READ_ALL = _READ | {"viewAllRecords"}
_KEEP_ALL = _READ_ALL | {"allowCreate", "allowEdit", "allowDelete"}
_OURS = ("Content_Asset__c", "Content_Suggestion__c", "Content_Touch__c")
_PEOPLE = dict.fromkeys(
    ("Account", "Content_Asset__c", "Content_Suggestion__c", "Content_Touch__c", "Opportunity"), _READ
)
# Whose credentials Touchline is called with is read in the name of the caller.
_CALLS = {"UserExternalCredential": _READ}
DECIDED: dict[str, dict[str, frozenset[str]]] = {
    "Touchline_Rep": {**_PEOPLE, **_CALLS, "Contact": _READ},
    "Touchline_Manager": {**_PEOPLE, **_CALLS},
    "Touchline_Enablement": {"Content_Asset__c": _READ},
    "Touchline_Integration": {
        **dict.fromkeys(("Account", "Contact", "Opportunity"), _READ_ALL),
        **dict.fromkeys(_OURS, _KEEP_ALL),
    },
    "Touchline_Deal_Summary": {"Account": _READ, "Opportunity": _READ_ALL | {"allowEdit"}},
}
_OF_THE_SYSTEM = {
    "Touchline_Manager": {"RunReports"},
    "Touchline_Enablement": {"RunReports"},
    "Touchline_Integration": {"ApiEnabled", "ViewRoles", "ViewSetup"},
}
# Of standard objects; our own fields follow from who writes them.
_STANDARD_FIELDS = {
    "Touchline_Rep": {"Contact.Email"},
    "Touchline_Integration": {
        "Account.AnnualRevenue",
        "Account.BillingAddress",
        "Account.Industry",
        "Account.NumberOfEmployees",
        "Contact.AccountId",
        "Contact.Email",
        "Contact.Title",
        "Opportunity.AccountId",
        "Opportunity.Amount",
        "Opportunity.NextStep",
        "Opportunity.Probability",
        "Opportunity.Type",
    },
}
_CUSTOM = {"Touchline_Rep": {"Touchline_Ask", "Touchline_Share"}, "Touchline_Manager": {"Touchline_Ask"}}


def findings(names: Names) -> Iterator[Finding]:
    """Yield where a permission set grants other than what was decided."""
    for file in names.project.of("permissionset"):
        if file.name not in DECIDED:
            yield file.finding("is new: decide in checks/references/rights.py what it may do")
        else:
            yield from (file.finding(said) for said in _of_set(names, file))


def _of_set(names: Names, file: MetadataFile) -> Iterator[str]:
    decided = DECIDED[file.name]
    granted = {
        text(each, "object"): frozenset(str(one.tag) for one in each if (one.text or "").strip() == "true")
        for each in file.root.iterfind("objectPermissions")
    }
    for name in sorted(decided.keys() | granted.keys()):
        more, less = (
            granted.get(name, frozenset()) - decided.get(name, frozenset()),
            decided.get(name, frozenset()) - granted.get(name, frozenset()),
        )
        if more or less:
            yield f"{name}: grants {sorted(more) or 'nothing'} too much and {sorted(less) or 'nothing'} too little"
    for path, allowed in (
        ("userPermissions/name", _OF_THE_SYSTEM),
        ("customPermissions/name", _CUSTOM),
        ("fieldPermissions/field", _STANDARD_FIELDS),
    ):
        given = {name for name in texts(file.root, path) if not name.endswith("__c")}
        wanted = allowed.get(file.name, set())
        if given != wanted:
            yield f"{path.partition('/')[0]} are {sorted(given)}, decided were {sorted(wanted)}"
    yield from _fields(names, file, decided)


def _fields(names: Names, file: MetadataFile, decided: dict[str, frozenset[str]]) -> Iterator[str]:
    editable = {
        text(each, "field")
        for each in file.root.iterfind("fieldPermissions")
        if text(each, "editable") == "true"
    }
    for name in sorted(editable):
        if not decided.get(name.partition(".")[0], frozenset()) & {"allowCreate", "allowEdit"}:
            yield f"lets {name} be edited: only the integration user writes"
    for field in names.project.of("field"):
        sobject = names.object_of(field)
        known = sobject.field(field.name) if sobject else None
        if sobject is None or known is None or not sobject.is_permissionable(known):
            continue
        if "allowCreate" in decided.get(sobject.name, ()) and f"{sobject.name}.{field.name}" not in editable:
            yield f"writes {sobject.name}, but not its {field.name}"
