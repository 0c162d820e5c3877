"""Let the judges judge: `python -m judges [name …]`."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from re import MULTILINE, findall

from judges.stage import ROOT
from judges.tally import say

JUDGES = (
    "org_sf",
    "org_install",
    "org_jsforce",
    "org_simple_salesforce",
    "slack_web_api",
    "slack_bolt",
    "slack_bolt socket",
    "slack_sdk_client",
    "payloads",
    "guards",
    "soql",
)
AT_ONCE = 2
_LONGEST_SECONDS = 480


@dataclass(frozen=True)
class Verdict:
    """What one judge said."""

    judge: str
    code: int
    text: str
    seconds: float

    @property
    def counts(self) -> tuple[int, int]:
        """Return how many checks passed and failed, by its closing line; a judge that fell over failed once."""
        found = findall(r"^(\d+) passed, (\d+) failed$", self.text, MULTILINE)
        passed, failed = map(int, found[-1]) if found else (0, 1)
        return passed, failed if self.code == 0 else max(failed, 1)


def main(names: list[str]) -> int:
    """Run these judges, or all, two at a time; say what each found."""
    unknown = [name for name in names if name not in JUDGES]
    if unknown:
        say(f"No such judge: {', '.join(unknown)}. There are: {', '.join(JUDGES)}")
        return 2
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = []
        for verdict in pool.map(_judge, names or JUDGES):
            say(f"== {verdict.judge} ({verdict.seconds:.0f} s)\n{verdict.text.rstrip()}")
            verdicts.append(verdict)
    passed, failed = (sum(numbers) for numbers in zip(*(one.counts for one in verdicts), strict=True))
    say(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


def _judge(name: str) -> Verdict:
    started = time.monotonic()
    command = [sys.executable, "-m", *f"judges.{name}".split()]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        code, text = done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        code, text = 1, f"did not end within {_LONGEST_SECONDS} s"
    return Verdict(name, code, text, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
