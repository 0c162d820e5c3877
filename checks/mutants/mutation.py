"""A change to the project that is a defect, and how names are spelled wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from checks.project import Project


@dataclass(frozen=True)
class Mutation:
    """One defect: the file it is in, the text that stands there instead of what was; None deletes the file."""

    operator: str
    where: str
    what: str
    content: str | None

    def __str__(self) -> str:
        return f"{self.operator}: {self.where}: {self.what}"


@dataclass(frozen=True)
class Place:
    """Somewhere an operator can be at work: a span of a file and what it is changed to, decided when drawn."""

    path: Path
    start: int
    end: int
    change: Callable[[str, Random], str]


Operator = Callable[[Project], Iterator[Place]]


def misspelt(name: str, chance: Random) -> str:
    """Return the name with one letter of its last word left out, doubled or changed: always another name."""
    letters = [place for place, letter in enumerate(name) if letter.isalnum()]
    ending = next((mark for mark in ("__c", "__r", "__mdt") if name.endswith(mark)), "")
    letters = [place for place in letters if place < len(name) - len(ending)]
    place = chance.choice(letters[-8:])
    letter = name[place]
    others = "abcdefghijklmnoprstuvw" if letter.islower() else "ABCDEFGHIKLMNOPRSTUVW"
    others = "0123456789" if letter.isdigit() else others
    way = chance.randrange(3)
    if way == 0 and len(letters) > 2 and place != letters[0]:
        instead = ""
    elif way == 1:
        instead = letter * 2
    else:
        instead = chance.choice([other for other in others if other != letter])
    return name[:place] + instead + name[place + 1 :]


def nothing(_: str, __: Random) -> str:
    """Leave the text out."""
    return ""


def instead(text: str) -> Callable[[str, Random], str]:
    """Return a change that puts a text in the place of whatever is there."""
    return lambda _, __: text
