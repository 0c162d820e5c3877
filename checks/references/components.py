"""Lightning web components: what they import, the fields they read, and what their templates name."""

import re
from collections.abc import Iterator
from pathlib import Path

from checks.names import Names
from checks.project import Finding
from checks.xml import text, texts

_IMPORT = re.compile(r"from\s+['\"](@salesforce/[^'\"]+|c/[^'\"]+|\./[^'\"]+)['\"]")
_CUSTOM = re.compile(r"\b[A-Za-z]\w*__[cr]\b")
_TAG = re.compile(r"<(c-[a-z0-9-]+)((?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|\{[^}]*\}))?)*)\s*/?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:=|\s|$)")
_VALUE = re.compile(r"\"[^\"]*\"|\{[^}]*\}")
_EXPRESSION = re.compile(r"\{\s*!?([A-Za-z_$][\w$]*)((?:\.[A-Za-z_$][\w$]*)*)[^{}]*\}")
_LOOP_NAMES = re.compile(r"(?:for:item|for:index)=\"(\w+)\"|iterator:(\w+)=|lwc:slot-data=\"(\w+)\"")
_LOOP_OVER = re.compile(r"(?:for:each|iterator:\w+)=\{([\w.$]+)\}")
# A class as prettier writes it: its members are what stands one step in.
_STEP = re.compile(r"^export default class [^{]*\{\n+( +)", re.MULTILINE)
_MEMBER = r"^{step}(?:@\w+(?:\([^)]*\))?\s+)?(?:static |async |get |set )*([A-Za-z_$#][\w$]*)\s*(?:\(|=|;|$)"
_API = re.compile(r"@api\s+(?:async |get |set )*(\w+)")
_LABELS = re.compile(r"^ +labels? = \{([^}]*)\};", re.MULTILINE)
_LABEL_NAME = re.compile(r"(\w+)\s*(?:,|:|$)", re.MULTILINE)
_EVENT = re.compile(r"new CustomEvent\(\s*'(\w+)'")
_BUILT_IN = {
    "class", "style", "slot", "key", "id", "title", "hidden", "role", "tabindex", "is", "data", "aria", "lwc",
    "for", "iterator",
}  # fmt: skip
_TARGETS = re.compile(r"lightning(?:__|Community|Snapin|Statics)\w+")
_I18N = {
    "lang", "dir", "locale", "currency", "firstDayOfWeek", "timeZone", "timeZoneVersion", "defaultCalendar",
    "dateTime.shortDateFormat", "dateTime.mediumDateFormat", "dateTime.longDateFormat", "number.currencyFormat",
}  # fmt: skip


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with the components."""
    for name, folder in sorted(names.bundles.items()):
        yield from _of_bundle(names, name, folder)
    known = names.custom_fields
    for where, source in names.project.code(".js"):
        for field in sorted(set(_CUSTOM.findall(source)) - known):
            yield Finding(where, f"reads {field}, which is no field or relationship")
        for imported in _IMPORT.findall(source):
            said = _import_problem(names, imported, (names.project.root / where).parent)
            if said:
                yield Finding(where, said)


def _of_bundle(names: Names, name: str, folder: Path) -> Iterator[Finding]:
    where = names.project.where(folder)
    script, template = folder / f"{name}.js", folder / f"{name}.html"
    if not script.exists():
        yield Finding(where, f"has no {name}.js")
        return
    source = script.read_text("utf-8")
    if "<template" not in (template.read_text("utf-8") if template.exists() else "<template"):
        yield Finding(where, f"{name}.html has no template")
    if template.exists():
        markup = template.read_text("utf-8")
        for said in (*_tags(names, markup), *_expressions(source, markup)):
            yield Finding(names.project.where(template), said)
        if not list(folder.glob("__tests__/*.test.js")):
            yield Finding(where, "has no test")
    elif "extends" in source and re.search(r"LightningElement|LightningModal", source):
        yield Finding(where, f"has no {name}.html")
    yield from _configuration(names, name, folder)


def _configuration(names: Names, name: str, folder: Path) -> Iterator[Finding]:
    for file in names.project.of("js"):
        if file.path.parent != folder:
            continue
        if file.name != name:
            yield file.finding(f"lies in the folder {name}")
        exposed, targets = text(file.root, "isExposed") == "true", list(texts(file.root, "targets/target"))
        if exposed != bool(targets):
            yield file.finding(
                "is exposed without a target" if exposed else "has a target and is not exposed"
            )
        if exposed and not text(file.root, "masterLabel"):
            yield file.finding("says no <masterLabel>: page builders would see its technical name")
        for target in targets:
            if not _TARGETS.fullmatch(target):
                yield file.finding(f"{target} is no target")
        for config in file.root.iterfind("targetConfigs/targetConfig"):
            for target in (config.get("targets") or "").replace(" ", "").split(","):
                if target not in targets:
                    yield file.finding(f"configures {target}, which is none of its targets")
            for sobject in texts(config, "objects/object"):
                if names.schema.find(sobject) is None:
                    yield file.finding(f"is for pages of {sobject}, which is no object")
            for factor in config.iterfind("supportedFormFactors/supportedFormFactor"):
                if factor.get("type") not in ("Large", "Small"):
                    yield file.finding(f"{factor.get('type')} is no form factor")


def _import_problem(names: Names, imported: str, folder: Path) -> str:
    scope, _, name = imported.removeprefix("@salesforce/").partition("/")
    if imported.startswith("c/"):
        return "" if name in names.bundles else f"imports {imported}, which is no component"
    if imported.startswith("./"):
        paths = (folder / imported, folder / f"{imported}.js", folder / f"{imported}.html")
        return "" if any(path.is_file() for path in paths) else f"imports {imported}, which is no file"
    if scope == "apex":
        return _apex_problem(names, name)
    if scope == "schema":
        found = names.qualified_field(name) if "." in name else names.schema.find(name)
        return "" if found else f"imports {name}, which is no object or field"
    if scope == "label":
        return (
            ""
            if name.removeprefix("c.") in names.labels
            else f"imports the label {name}, which does not exist"
        )
    if scope == "i18n":
        return "" if name in _I18N else f"imports {name} of i18n, which does not exist"
    if scope == "customPermission":
        there = name in names.project.names("customPermission")
        return "" if there else f"imports the custom permission {name}, which does not exist"
    known = scope in (
        "client",
        "user",
        "community",
        "messageChannel",
        "resourceUrl",
        "userPermission",
        "accessCheck",
    )
    return "" if known else f"imports {imported}, which does not exist"


def _apex_problem(names: Names, name: str) -> str:
    if not name:
        return ""
    owner, _, method = name.partition(".")
    apex_class = names.classes.get(owner)
    found = apex_class.annotated.get(method) if apex_class else None
    if found is None or not found.has("AuraEnabled"):
        return f"calls {name}, which is no @AuraEnabled method"
    return ""


def _tags(names: Names, markup: str) -> Iterator[str]:
    for tag, attributes in _TAG.findall(markup):
        name = re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), tag.removeprefix("c-"))
        folder = names.bundles.get(name)
        if folder is None:
            yield f"shows <{tag}>, which is no component"
            continue
        source = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
        taken, sent = set(_API.findall(source)), set(_EVENT.findall(source))
        for attribute in _ATTRIBUTE.findall(_VALUE.sub("", attributes)):
            first = re.split(r"[-:]", attribute)[0]
            if first in _BUILT_IN:
                continue
            if attribute.startswith("on"):
                if attribute.removeprefix("on") not in sent:
                    yield f"waits for {attribute.removeprefix('on')!r} of <{tag}>, which sends no such event"
            elif re.sub(r"-([a-z])", lambda found: found[1].upper(), attribute) not in taken:
                yield f"gives {attribute} to <{tag}>, which takes no such value"


def _expressions(source: str, markup: str) -> Iterator[str]:
    markup = re.sub(r"<!--.*?-->", "", markup, flags=re.DOTALL)
    step = _STEP.search(source)
    pattern = _MEMBER.replace("{step}", step[1] if step else " +")
    members = {name.lstrip("#") for name in re.findall(pattern, source, re.MULTILINE)}
    loops = {name for found in _LOOP_NAMES.findall(markup) for name in found if name}
    labels = {name for block in _LABELS.findall(source) for name in _LABEL_NAME.findall(block)}
    for name, path in sorted(set(_EXPRESSION.findall(markup))):
        if name not in members | loops:
            yield f"shows {{{name}}}, which the component does not have"
        elif name in ("label", "labels") and labels and path.split(".")[1] not in labels:
            yield f"shows {{{name}{path}}}, which is none of its labels"
