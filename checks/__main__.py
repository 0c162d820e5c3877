"""Check the Salesforce plugin: `python -m checks [step …]`, `python -m checks mutants --seed N`, `… capture`."""

import importlib
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from checks import baseline, local_org, references, released, tools, wsdl
from checks.project import Finding, Project

Step = Callable[[Project], list[Finding]]
STEPS: dict[str, Step] = {
    "wsdl": wsdl.findings,
    "references": references.findings,
    "released": released.findings,
    "local_org": local_org.findings,
    "flow_scanner": tools.flow_scanner,
    "prettier": tools.prettier,
    "eslint": tools.eslint,
    "apex_ls": tools.apex_ls,
    "pmd": tools.pmd,
    "jest": tools.jest,
}
_AT_ONCE = 2
_OTHER = {"mutants": "checks.mutants.run", "capture": "checks.capture", "release": "checks.released"}


@dataclass(frozen=True)
class Outcome:
    """What a step found that no accepted finding explains, and how many were accepted."""

    found: list[Finding]
    accepted: int
    seconds: float


def main(arguments: list[str]) -> int:
    """Run all steps, or those named; print a line for each and each finding. 1 where something is wrong."""
    if arguments and arguments[0] in _OTHER:
        done: int = importlib.import_module(_OTHER[arguments[0]]).main(arguments[1:])
        return done
    unknown = [name for name in arguments if name not in STEPS]
    if unknown:
        _say(f"No such step: {', '.join(unknown)}. There are: {', '.join([*STEPS, *_OTHER])}")
        return 2
    project = Project(tools.PROJECT)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {name: pool.submit(_timed, name, project) for name in arguments or STEPS}
        failed = sum(_reported(name, outcome) for name, outcome in running.items())
    _say(f"{len(running) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _timed(name: str, project: Project) -> Outcome:
    started = time.monotonic()
    found, accepted = baseline.sifted(name, STEPS[name](project))
    return Outcome(found, accepted, time.monotonic() - started)


def _reported(name: str, running: Future[Outcome]) -> bool:
    """Print what a step came to and tell whether it failed."""
    try:
        outcome = running.result()
    except tools.ToolFailed as problem:
        _say(f"FAIL {name}: {problem}")
        return True
    accepted = f", {outcome.accepted} accepted (checks/baseline.json)" if outcome.accepted else ""
    word = "FAIL" if outcome.found else "ok  "
    _say(f"{word} {name}: {len(outcome.found)} found{accepted}, {outcome.seconds:.1f} s")
    for finding in outcome.found:
        _say(f"       {finding}")
    return bool(outcome.found)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
