"""Count what a judge found, and close as every judge does: `N passed, M failed`."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Wrong(AssertionError):
    """The sandbox did something else than was expected."""


class Tally:
    """What one judge found so far."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Count what happens inside as one check; a failure is printed and the judge goes on."""
        try:
            yield
        except Exception as problem:  # a client may raise anything, and the judge must go on
            self.failed += 1
            where = traceback.extract_tb(problem.__traceback__)[-1]
            words = " ".join(str(problem).split())[:1000]
            say(f"FAILED {name}: {type(problem).__name__}: {words} ({where.name}, line {where.lineno})")
        else:
            self.passed += 1

    def close(self) -> int:
        """Print the closing line and return the exit code; a judge without checks has failed."""
        say(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def expect(found: object, wanted: object) -> None:
    """Raise Wrong unless both are equal."""
    if found != wanted:
        raise Wrong(f"{found!r} instead of {wanted!r}")


def expect_in(part: Any, whole: Any) -> None:
    """Raise Wrong unless the one is in the other."""
    if part not in whole:
        raise Wrong(f"{part!r} is not in {whole!r}")


def refusal(kind: type[BaseException], call: Callable[..., object], *given: Any, **named: Any) -> Any:
    """Return what a call raises; raise Wrong when it goes through."""
    try:
        answer = call(*given, **named)
    except kind as problem:
        return problem
    raise Wrong(f"went through with {answer!r}")
