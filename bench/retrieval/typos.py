"""Slips of the finger: one wrong letter in every longer word."""

import re
from random import Random

SHORTEST = 5
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mistyped(text: str, chance: Random) -> str:
    """Return the text with one edit in every word of five letters or more; the words differ from before."""
    return _WORD.sub(lambda match: _slip(match.group(), chance), text)


def _slip(word: str, chance: Random) -> str:
    while True:
        at = chance.randrange(len(word))
        match chance.choice(("insert", "delete", "substitute", "transpose")):
            case "insert":
                slipped = word[:at] + chance.choice(_LETTERS) + word[at:]
            case "delete":
                slipped = word[:at] + word[at + 1 :]
            case "substitute":
                slipped = word[:at] + chance.choice(_LETTERS) + word[at + 1 :]
            case _:
                slipped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        if slipped != word:
            return slipped
