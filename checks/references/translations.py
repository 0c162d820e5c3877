"""Translations: each name that people read is there in each language, with the same places to fill in."""

import re
from collections.abc import Iterator

from lxml import etree

from checks.names import Names
from checks.project import Finding, MetadataFile
from checks.xml import text, texts

LANGUAGES = ("fr", "ko", "pt_BR", "th", "zh_TW")
# Texts in these languages hold at least one letter of their own, unless they are a name.
_SCRIPTS = {
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "zh_TW": re.compile(r"[\u4e00-\u9fff]"),
}
_PLACES = re.compile(r"\{[^{}]*\}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LONGEST_LABEL = 40
_LONGEST_HELP = 510
_NAMES = frozenset({"Touchline", "Slack", "URL"})


def findings(names: Names) -> Iterator[Finding]:
    """Yield what no translation says, and what one says of things that do not exist."""
    yield from _of_labels(names)
    for sobject in names.project.of("object"):
        if sobject.name.endswith(("__c", "__mdt")):
            yield from _of_object(names, sobject)
    for owner in sorted({field.owner for field in names.project.of("field")}):
        for language in LANGUAGES:
            yield from _of_fields(names, owner, language)
    yield from _strays(names)


def _of_labels(names: Names) -> Iterator[Finding]:
    if not names.labels and not list(names.project.of("reportType")):
        return
    files = {file.name: file for file in names.project.of("translation")}
    for language in LANGUAGES:
        file = files.get(language)
        if file is None:
            yield Finding("translations", f"there is no {language}.translation-meta.xml")
            continue
        said = {text(one, "name"): text(one, "label") for one in file.root.iterfind("customLabels")}
        if len(said) < len(file.root.findall("customLabels")):
            yield file.finding("translates a label twice")
        for name, english in names.labels.items():
            yield from _compared(file, f"the label {name}", english, said.get(name, ""), 1000)
        for name in sorted(set(said) - set(names.labels)):
            yield file.finding(f"translates the label {name}, which does not exist")
        yield from _of_report_types(names, file)
        for kind, path in (
            ("app", "customApplications"),
            ("tab", "customTabs"),
            ("quickAction", "quickActions"),
        ):
            for name in texts(file.root, f"{path}/name"):
                if name not in names.project.names(kind):
                    yield file.finding(f"translates {name}, which is none of {path}")


def _of_report_types(names: Names, file: MetadataFile) -> Iterator[Finding]:
    said = {text(one, "name"): one for one in file.root.iterfind("reportTypes")}
    for report_type in names.project.of("reportType"):
        one = said.pop(report_type.name, None)
        if one is None:
            yield file.finding(f"says nothing of the report type {report_type.name}")
            continue
        for what in ("label", "description"):
            english = text(report_type.root, what)
            yield from _compared(file, f"the {what} of {report_type.name}", english, text(one, what), 255)
        sections = {text(each, "name"): text(each, "label") for each in one.iterfind("sections")}
        for title in texts(report_type.root, "sections/masterLabel"):
            yield from _compared(
                file, f"the section {title} of {report_type.name}", title, sections.pop(title, ""), 255
            )
        for title in sections:
            yield file.finding(f"translates the section {title} of {report_type.name}, which does not exist")
    for name in said:
        yield file.finding(f"translates the report type {name}, which does not exist")


def _of_object(names: Names, sobject: MetadataFile) -> Iterator[Finding]:
    files = {file.name: file for file in names.project.of("objectTranslation")}
    for language in LANGUAGES:
        name = f"{sobject.name}-{language}"
        file = files.get(name)
        if file is None:
            yield sobject.finding(f"is not translated: there is no {name}.objectTranslation-meta.xml")
            continue
        said = next(texts(file.root, "caseValues/value"), "")
        yield from _compared(file, "its name", text(sobject.root, "label"), said, _LONGEST_LABEL)
        name_label = text(sobject.root, "nameField/label")
        yield from _compared(
            file, "its name field", name_label, text(file.root, "nameFieldLabel"), _LONGEST_LABEL
        )
        yield from _of_layouts(names, sobject, file)


def _of_layouts(names: Names, sobject: MetadataFile, file: MetadataFile) -> Iterator[Finding]:
    said = {
        (text(layout, "layout"), text(section, "section")): text(section, "label")
        for layout in file.root.iterfind("layouts")
        for section in layout.iterfind("sections")
    }
    wanted = {
        (layout.name.partition("-")[2], text(section, "label"))
        for layout in names.project.of("layout")
        if layout.name.startswith(f"{sobject.name}-")
        for section in layout.root.iterfind("layoutSections")
        if text(section, "customLabel") == "true"
        and text(section, "editHeading") + text(section, "detailHeading") != "falsefalse"
    }
    for layout, section in sorted(wanted):
        yield from _compared(file, f"the section {section}", section, said.get((layout, section), ""), 80)
    for layout, section in sorted(set(said) - wanted):
        yield file.finding(f"translates the section {section} of the layout {layout}, which does not exist")


def _of_fields(names: Names, owner: str, language: str) -> Iterator[Finding]:
    said = {(file.path.parent.name, file.name): file.root for file in names.project.of("fieldTranslation")}
    said |= {
        (file.name, text(one, "name")): one
        for file in names.project.of("objectTranslation")
        for one in file.root.iterfind("fields")
    }
    for field in names.project.of("field"):
        if field.owner != owner:
            continue
        translated = said.get((f"{owner}-{language}", field.name))
        if translated is None:
            yield field.finding(f"is not translated into {language}")
            continue
        for what, tag, longest in (
            ("label", "label", _LONGEST_LABEL),
            ("inlineHelpText", "help", _LONGEST_HELP),
            ("relationshipLabel", "relationshipLabel", _LONGEST_LABEL),
        ):
            yield from _compared(
                field, f"{what} in {language}", text(field.root, what), text(translated, tag), longest
            )
        yield from _values(field, language, translated)


def _values(field: MetadataFile, language: str, translated: etree._Element) -> Iterator[Finding]:
    said = {
        text(one, "masterLabel"): text(one, "translation") for one in translated.iterfind("picklistValues")
    }
    for value in texts(field.root, "valueSet/valueSetDefinition/value/label"):
        yield from _compared(field, f"the value {value} in {language}", value, said.pop(value, ""), 255)
    for value in said:
        yield field.finding(f"the value {value!r} is translated into {language} and does not exist")


def _strays(names: Names) -> Iterator[Finding]:
    fields = {(field.owner, field.name) for field in names.project.of("field")}
    for file in names.project.of("fieldTranslation"):
        owner, _, language = file.path.parent.name.rpartition("-")
        if (owner, file.name) not in fields:
            yield file.finding(f"translates {owner}.{file.name}, which is no field of ours")
        if language not in LANGUAGES:
            yield file.finding(f"{language} is none of our languages")
    for file in names.project.of("objectTranslation"):
        owner, _, language = file.name.rpartition("-")
        if (
            file.name != file.path.parent.name
            or language not in LANGUAGES
            or names.schema.find(owner) is None
        ):
            yield file.finding(
                "lies in a folder of another name, or translates no object into one of our languages"
            )


def _compared(file: MetadataFile, what: str, english: str, said: str, longest: int) -> Iterator[Finding]:
    if not english:
        if said:
            yield file.finding(f"{what} is translated, and nothing in English")
        return
    if not said:
        yield file.finding(f"{what} is missing")
        return
    if sorted(_PLACES.findall(english)) != sorted(_PLACES.findall(said)):
        yield file.finding(f"{what} has other places to fill in than in English: {said!r}")
    if len(said) > longest:
        yield file.finding(f"{what} is longer than {longest} characters")
    language = file.name.rpartition("-")[2] if file.kind == "objectTranslation" else file.name
    language = what.rpartition(" in ")[2] if file.kind == "field" else language
    script = _SCRIPTS.get(language)
    words = set(_LETTERS.findall(_PLACES.sub("", english))) - _NAMES
    if script and words and not script.search(said):
        yield file.finding(f"{what} holds no letter of {language}: {said!r}")
