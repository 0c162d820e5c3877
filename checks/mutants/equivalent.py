"""Changes that are no defects, decided before any mutant was drawn, each with its reason."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Equivalent:
    """An operator, where it is at work, and why what comes of it is no defect."""

    operator: str
    file: re.Pattern[str]
    text: re.Pattern[str]
    reason: str


_ANY = re.compile("")

EQUIVALENT = (
    Equivalent(
        "lose a file",
        re.compile(
            r"(report|listView|compactLayout|layout|flexipage|flow|workflow|dashboard|tab)-meta\.xml$"
        ),
        _ANY,
        "One list, page, report or flow fewer is another product, not a broken one, unless something names it.",
    ),
    Equivalent(
        "leave out what is required",
        re.compile(r"reportType-meta\.xml$"),
        re.compile("relationship"),
        "Of several joins one may go where no column uses it.",
    ),
    Equivalent(
        "misspell a field",
        re.compile(r"flexipage-meta\.xml$"),
        re.compile("^Facet-"),
        "The name of a region that nothing else uses.",
    ),
    Equivalent(
        "misspell a name in Apex",
        _ANY,
        re.compile(r"^(?:value|message|label|description|required|cacheable|category)$", re.IGNORECASE),
        "The words of annotations are read by no offline tool; an org refuses them.",
    ),
)


def reason(operator: str, where: str, text: str) -> str:
    """Return why a change there is no defect, or an empty text."""
    for one in EQUIVALENT:
        if one.operator == operator and one.file.search(where) and one.text.search(text):
            return one.reason
    return ""
