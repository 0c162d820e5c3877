"""Operators on Apex and on components: names, queries, guards, imports, templates and conditions."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from checks.mutants.mutation import Operator, Place, misspelt, nothing
from checks.project import Project

_APEX = (".cls", ".trigger")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|<!--.*?-->", re.DOTALL)
_QUERY = re.compile(r"\[\s*SELECT\b[^\]]*\]")
_WORDS = """
    select from where and or in not like order by limit with user_mode desc asc null true false id for new
    public private static return class if else void instanceof this super get set final try catch throw throws
    extends implements virtual override abstract sharing without inherited insert update delete upsert as user
    while do break continue const let var function async await import export default of typeof case switch
    constructor undefined
"""
_KEYWORDS = frozenset(_WORDS.split())
_ANNOTATION = re.compile(r"@(?:AuraEnabled|InvocableMethod|InvocableVariable)(?:\([^)]*\))?\s+")
_NAMING_TEXT = re.compile(
    r"(?<=callout:)\w+|(?<=checkPermission\(')\w+|(?<=getInstance\(')\w+|(?<=Label\.)\w+"
)
_IN_TEMPLATE = re.compile(r"(?<=\{)[\w.]+(?=\})|(?<=<)(?:c|lightning)-[\w-]+")
_BOOLEAN_TEST = re.compile(r"\bif \(([^(){}]+|[^(){}]*\([^(){}]*\)[^(){}]*)\) \{")
_RETURNED = re.compile(r"\breturn (true|false)\b|(?:===|!==|&&|\|\||<=|>=)")
_OPPOSITE = {
    "===": "!==",
    "!==": "===",
    "&&": "||",
    "||": "&&",
    "<=": ">",
    ">=": "<",
    "true": "false",
    "false": "true",
}


def operators() -> dict[str, Operator]:
    """Return each operator by its name."""
    spans, words = partial(_spans, endings=_APEX), partial(_words, endings=_APEX)
    in_scripts = partial(_words, endings=(".js",))
    return {
        "misspell a name in Apex": partial(words, pattern=re.compile(r"(?<![\w'@])[A-Za-z_]\w{2,}")),
        "misspell a text that names": partial(words, pattern=_NAMING_TEXT),
        "misspell a queried field": _queried,
        "query without user mode": partial(spans, pattern=re.compile(r"\s+WITH USER_MODE")),
        "drop the sharing": partial(spans, pattern=re.compile(r"(?:with|inherited) sharing ")),
        "drop an annotation": partial(spans, pattern=_ANNOTATION),
        "break the Apex": partial(spans, pattern=re.compile(r"[;{})]")),
        "misspell an import": partial(in_scripts, pattern=re.compile(r"(?<=from ')[^']+(?=')"), texts=True),
        "misspell a member": partial(in_scripts, pattern=re.compile(r"(?<=this\.)\w{2,}|(?<=\.)\w+__[cr]\b")),
        "misspell in a template": partial(_words, endings=(".html",), pattern=_IN_TEMPLATE),
        "turn a condition": partial(_turned, endings=(".js",)),
        "break the script": partial(_spans, endings=(".js",), pattern=re.compile(r"[{})]")),
    }


def _words(
    project: Project, endings: tuple[str, ...], pattern: re.Pattern[str], *, texts: bool = False
) -> Iterator[Place]:
    for path, source in _sources(project, endings):
        for found in pattern.finditer(source):
            if texts or found[0].lower() not in _KEYWORDS:
                yield Place(path, found.start(), found.end(), misspelt)


def _spans(project: Project, endings: tuple[str, ...], pattern: re.Pattern[str]) -> Iterator[Place]:
    for path, source in _sources(project, endings):
        for found in pattern.finditer(source):
            yield Place(path, found.start(), found.end(), nothing)


def _queried(project: Project) -> Iterator[Place]:
    for path, source in _sources(project, _APEX):
        for query in _QUERY.finditer(source):
            for found in re.finditer(r"(?<![:\w'])[A-Za-z][\w.]*", query[0]):
                if found[0].lower() not in _KEYWORDS and not _is_bound(query[0], found.start()):
                    start = query.start() + found.start()
                    yield Place(path, start, start + len(found[0]), misspelt)


def _is_bound(query: str, place: int) -> bool:
    return query[:place].rstrip().endswith(":") or query[:place].count("'") % 2 == 1


def _turned(project: Project, endings: tuple[str, ...]) -> Iterator[Place]:
    for path, source in _sources(project, endings):
        for found in _BOOLEAN_TEST.finditer(source):
            yield Place(path, found.start(1), found.end(1), lambda text, _: f"!({text})")
        for found in _RETURNED.finditer(source):
            group = 1 if found[1] else 0
            yield Place(path, found.start(group), found.end(group), _opposite)


def _opposite(text: str, _: Random) -> str:
    return _OPPOSITE[text]


def _is_test(path: Path) -> bool:
    return path.stem.endswith("Test")


def _sources(project: Project, endings: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield files with their comments blanked, so that nothing in them is changed; tests are left alone."""
    for path in project.files:
        if path.suffix in endings and "__tests__" not in path.parts and not _is_test(path):
            blank = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), path.read_text("utf-8"))
            yield path, blank
