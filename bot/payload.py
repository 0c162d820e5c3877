"""What a button carries: one small value, written and read here."""

import json
from dataclasses import asdict, dataclass

VERSION = 1


class UnknownButton(Exception):
    """A button of a newer or foreign make; the message is for the person who pressed it."""


@dataclass(frozen=True)
class Carried:
    """The suggestion or the ask that a button belongs to."""

    id: str
    v: int = VERSION

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def read(value: str) -> Carried:
    """Return what a button carries; raises UnknownButton."""
    try:
        said = json.loads(value)
        carried = Carried(id=str(said["id"]), v=int(said["v"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownButton(
            "This button is from another version of Touchline. Ask again with /content."
        ) from error
    if carried.v != VERSION:
        raise UnknownButton("This button is from another version of Touchline. Ask again with /content.")
    return carried
