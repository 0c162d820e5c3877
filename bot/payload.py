"""What a button carries: one small value, written and read here."""

import json
from dataclasses import asdict, dataclass

from enablement.language import _

VERSION = 1


class UnknownButton(Exception):
    """A button of a newer or foreign make; the message is for the person who pressed it."""


@dataclass(frozen=True)
class Carried:
    """What a button belongs to, such as a suggestion, an ask, an asset; what else it says is often left empty.

    `version` is the version that the person sees, `notice` the message and `page` the page of a list it stands in,
    `says` what the person says by choosing it.
    """

    id: str
    v: int = VERSION
    version: str = ""
    notice: str = ""
    page: int = 0
    says: str = ""

    def to_json(self) -> str:
        said = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(said, separators=(",", ":"))


def read(value: str) -> Carried:
    """Return what a button carries; raises UnknownButton."""
    try:
        said = json.loads(value)
        carried = Carried(
            id=str(said["id"]),
            v=int(said["v"]),
            version=str(said.get("version", "")),
            notice=str(said.get("notice", "")),
            page=int(said.get("page", 0)),
            says=str(said.get("says", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unknown() from error
    if carried.v != VERSION:
        raise _unknown()
    return carried


def _unknown() -> UnknownButton:
    return UnknownButton(_("This button is from another version of Touchline. Ask again with /content."))
