"""Draw mutants by a seed, apply each to a copy of the project, and let the checks look for it."""

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from checks import baseline, local_org, references, released, tools, wsdl
from checks.mutants import equivalent, in_code, in_metadata
from checks.mutants.mutation import Mutation, Place
from checks.project import Finding, Project

# Cheap ones first; the first that notices is the one that counts. Prettier is not asked: that a line is written
# otherwise than it would write it says nothing of a defect.
_ALWAYS = {
    "wsdl": wsdl.findings,
    "references": references.findings,
    "local_org": local_org.findings,
    "released": released.findings,
}
_APEX = {"apex_ls": tools.apex_ls, "pmd": tools.pmd}
_SCRIPTS = {"eslint": tools.eslint, "jest": tools.jest}
_BY_ENDING = {
    ".cls": _APEX,
    ".trigger": _APEX,
    ".js": _SCRIPTS,
    ".html": {"jest": tools.jest},
    ".flow-meta.xml": {"flow_scanner": tools.flow_scanner},
    ".field-meta.xml": {"apex_ls": tools.apex_ls},
    ".object-meta.xml": {"apex_ls": tools.apex_ls},
    ".labels-meta.xml": {"apex_ls": tools.apex_ls, "jest": tools.jest},
    ".translation-meta.xml": {"jest": tools.jest},
    ".cls-meta.xml": {"apex_ls": tools.apex_ls},
}
# Whole folders that are no part of the product, and what is linked rather than copied.
_LEFT_OUT = shutil.ignore_patterns("node_modules", "dist", "preview", "bin")
_FELL_OVER = "falls over"


@dataclass(frozen=True)
class Verdict:
    """A mutant and the check that noticed it, empty where none did."""

    mutation: Mutation
    by: str
    said: str = ""


def main(arguments: list[str]) -> int:
    """Print how many of the drawn mutants are caught, by what, and each that is not; 1 below nine in ten."""
    parser = argparse.ArgumentParser(prog="python -m checks mutants")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--list", action="store_true", help="print each mutant with what noticed it")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    drawn = draw(Project(tools.PROJECT), seed=options.seed, count=options.count)
    verdicts = []
    with _copy(tools.PROJECT) as root:
        judge = _Judge(root)
        for mutation in drawn:
            verdicts.append(judge.verdict(mutation))
            if options.list:
                _say(f"{verdicts[-1].by or 'MISSED'}\t{mutation}\t{verdicts[-1].said}")
    return _report(verdicts, options.seed, time.monotonic() - started)


def draw(project: Project, *, seed: int, count: int) -> list[Mutation]:
    """Return different mutants: an operator is drawn first, each as likely, then one of its places."""
    chance = Random(seed)
    operators = {**in_metadata.operators(), **in_code.operators()}
    places = {name: sorted(operator(project), key=_order) for name, operator in operators.items()}
    names = sorted(name for name, found in places.items() if found)
    drawn: dict[tuple[str, str | None], Mutation] = {}
    while len(drawn) < count:
        name = chance.choice(names)
        mutation = _made(project, name, chance.choice(places[name]), chance)
        if mutation is not None:
            drawn[mutation.where, mutation.content] = mutation
    return list(drawn.values())


class _Judge:
    """Applies mutants to a copy and knows what the checks say of it unharmed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._before: dict[str, frozenset[str]] = {}

    def verdict(self, mutation: Mutation) -> Verdict:
        """Return which check notices, and put everything back."""
        path = self._root / mutation.where
        checks = {
            **_ALWAYS,
            **next((more for ending, more in _BY_ENDING.items() if path.name.endswith(ending)), {}),
        }
        for name in checks:
            if name not in self._before:
                self._before[name] = frozenset(self._texts(name, checks[name](Project(self._root))))
        original = path.read_bytes()
        try:
            if mutation.content is None:
                path.unlink()
            else:
                path.write_text(mutation.content, "utf-8")
            project = Project(self._root)
            for name, check in checks.items():
                try:
                    new = self._texts(name, check(project)) - self._before[name]
                except (tools.ToolFailed, OSError, ValueError, KeyError) as problem:
                    return Verdict(mutation, name, f"{_FELL_OVER}: {str(problem).strip().splitlines()[-1:]}")
                if new:
                    return Verdict(mutation, name, min(new))
            return Verdict(mutation, "")
        finally:
            path.write_bytes(original)

    def _texts(self, name: str, found: list[Finding]) -> set[str]:
        return {str(one) for one in found if not baseline.is_accepted(name, one)}


def _made(project: Project, operator: str, place: Place, chance: Random) -> Mutation | None:
    """Return the mutant of a place, or None where the change changes nothing or is known to be no defect."""
    source = place.path.read_text("utf-8")
    where = project.where(place.path)
    whole = place.end < 0
    before = "" if whole else source[place.start : place.end]
    after = "" if whole else place.change(before, chance)
    if (before == after and not whole) or equivalent.reason(operator, where, before):
        return None
    if whole:
        return Mutation(operator, where, "deleted", None)
    line = source.count("\n", 0, place.start) + 1
    said = f"line {line}: {_short(before)!r} is {_short(after)!r}"
    return Mutation(operator, where, said, source[: place.start] + after + source[place.end :])


def _report(verdicts: list[Verdict], seed: int, seconds: float) -> int:
    caught = [one for one in verdicts if one.by]
    by = ", ".join(f"{name} {count}" for name, count in Counter(one.by for one in caught).most_common())
    for missed in (one for one in verdicts if not one.by):
        _say(f"MISSED {missed.mutation}")
    share = 100 * len(caught) / len(verdicts)
    _say(
        f"seed {seed}: {len(caught)} of {len(verdicts)} mutants caught ({share:.0f} %) in {seconds:.0f} s: {by}"
    )
    return 0 if share >= _ENOUGH else 1


_ENOUGH = 90


@contextmanager
def _copy(project: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "salesforce"
        shutil.copytree(project, root, ignore=_LEFT_OUT)
        (root / "node_modules").symlink_to(project / "node_modules")
        yield root


def _order(place: Place) -> tuple[str, int, int]:
    return str(place.path), place.start, place.end


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}…"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
