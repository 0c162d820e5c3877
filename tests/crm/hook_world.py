"""The hooks' door over a world, as the tests of the hooks use it."""

from collections.abc import Mapping
from pathlib import Path

from crm.hooks.door import HookDoor, HookSettings, HttpAnswer
from crm.hooks.signed import signing_key
from enablement.adapters.sql.database import Database
from enablement.model import Letter
from tests.crm.hook_requests import ORG, SOAP_HEADERS, hook_headers
from tests.doors import HOOK_SECRET, OUTBOUND_PATH
from tests.fakes import World
from tests.tables import row_counts

PREVIOUS = "whsec_" + "QUJD" * 8
OPEN = HookSettings(org_id=ORG, path=OUTBOUND_PATH, keys=(signing_key(HOOK_SECRET), signing_key(PREVIOUS)))
SOMEWHERE = "198.51.100.7"


class Hooks:
    """The door over a world, and what it left there."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.world = World(database, folder)
        self.opened(OPEN)

    def opened(self, settings: HookSettings) -> None:
        self.door = HookDoor(self.world.services, settings)

    @property
    def now(self) -> float:
        return self.world.clock.now.timestamp()

    def outbound(
        self, raw: bytes, *, path: str = OUTBOUND_PATH, peer: str = SOMEWHERE, **headers: str
    ) -> HttpAnswer:
        sent = {**SOAP_HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.door.handle(f"outbound/{path}", raw, sent, peer)

    def signed(
        self, raw: bytes, *, way: str = "hook", late: float = 0, hook_id: str = "msg_1", **more: str
    ) -> HttpAnswer:
        headers = hook_headers(raw, at=self.now - late, hook_id=hook_id, **more)
        return self.sent(raw, headers, way=way)

    def sent(self, raw: bytes, headers: Mapping[str, str], *, way: str = "hook") -> HttpAnswer:
        return self.door.handle(way, raw, headers, SOMEWHERE)

    def tasks(self) -> list[Letter]:
        return self.world.outbox.letters(states=["due", "leased", "done", "dead"], limit=1_000)

    def deals(self) -> list[str]:
        return sorted(one.subject for one in self.tasks() if one.kind == "deals.refresh")

    def is_untouched(self) -> bool:
        """Say whether no table has a row, and nobody was woken or asked."""
        counts = row_counts(self.world.database)
        return not any(counts.values()) and not self.world.work.woken and not self.world.crm.asked
