"""`library.yml`: what a folder says of the files in it, and who approves its collections."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enablement.adapters.yaml_file import read_yaml
from enablement.metadata import KNOWN_KEYS, BadMetadata, metadata_problems, understood
from enablement.model import Collection

NAME = "library.yml"
LONGEST_NAME = 80
_KEYS = frozenset({"collections", "rules"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Rule:
    """What is said of the files whose path, from the folder of the rules, matches a pattern."""

    match: str
    said: Mapping[str, object]


@dataclass(frozen=True)
class FolderRules:
    """The rules of one folder in their order, its collections, and notes on what was not understood."""

    path: Path
    rules: tuple[Rule, ...] = ()
    collections: tuple[Collection, ...] = ()
    notes: tuple[str, ...] = ()

    def said_of(self, file: Path) -> dict[str, object]:
        """Return what the rules say of a file of this folder; a later rule wins over an earlier one."""
        name = file.relative_to(self.path.parent).as_posix()
        matching = (rule for rule in self.rules if _pattern(rule.match).fullmatch(name))
        return {key: value for rule in matching for key, value in rule.said.items()}


def rule_files(file: Path, root: Path) -> list[Path]:
    """Return the rules that count for a file: from the folder that was named down to the file's own."""
    folders = [folder for folder in file.parents if folder == root or root in folder.parents]
    return [path for folder in reversed(folders) if (path := folder / NAME).is_file()]


def all_rule_files(files: Iterable[tuple[Path, Path]]) -> list[Path]:
    """Return the rules that count for any of these (file, root), each once and the outer ones first."""
    folders = {(file.parent, root): file for file, root in files}
    return list(dict.fromkeys(path for (_, root), file in folders.items() for path in rule_files(file, root)))


def read_rules(path: Path) -> FolderRules:
    """Read a folder's rules; raises BadMetadata, as the rest of a sentence on the file."""
    said = read_yaml(path)
    shelves, rules = said.get("collections") or {}, said.get("rules") or []
    if not isinstance(shelves, dict):
        raise BadMetadata("“collections” should name collections, each with its approvers")
    if not isinstance(rules, list):
        raise BadMetadata("“rules” should be a list, each with “match”")
    read, notes = [], [f"unknown key “{name}”" for name in said if name not in _KEYS]
    for number, one in enumerate(rules, start=1):
        rule = _rule(number, one)
        notes += [f"rule {number}: {problem}" for problem in metadata_problems(rule.said)]
        known = {name: value for name, value in rule.said.items() if name in KNOWN_KEYS}
        read.append(Rule(rule.match, known))
    collections = tuple(_collection(str(name), about) for name, about in shelves.items())
    return FolderRules(path, tuple(read), collections, tuple(notes))


def _rule(number: int, said: object) -> Rule:
    if not isinstance(said, dict) or not isinstance(said.get("match"), str):
        raise BadMetadata(f'rule {number} needs “match”, such as match: "decks/**"')
    about = {str(name): value for name, value in said.items() if name != "match"}
    try:
        understood(about)
    except BadMetadata as error:
        raise BadMetadata(f"rule {number}: {error}") from error
    return Rule(said["match"], about)


def _collection(name: str, about: object) -> Collection:
    said = about if about is not None else {}
    if not isinstance(said, dict) or set(said) - {"approvers"}:
        raise BadMetadata(f"collection “{name}” can have “approvers” and nothing else")
    if len(name) > LONGEST_NAME:
        raise BadMetadata(f"collection “{name[:20]}…” has a name of more than {LONGEST_NAME} characters")
    emails = said.get("approvers") or []
    emails = emails if isinstance(emails, list) else [emails]
    for email in emails:
        if not isinstance(email, str) or not _EMAIL.fullmatch(email.strip()):
            raise BadMetadata(f"collection “{name}”: approver “{email}” is not an e-mail address")
    return Collection(name, tuple(dict.fromkeys(email.strip().lower() for email in emails)))


@cache
def _pattern(match: str) -> re.Pattern[str]:
    """Return what a pattern stands for: `**` is any path, `*` any part of one name, `?` one character of it."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", match.removeprefix("./"))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part) or re.escape(part) for part in parts))
