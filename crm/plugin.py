"""What of crm/salesforce the org has: an older package has no assets and no suggestions, and touches go on without."""

import threading
import time
from collections.abc import Callable

from crm import assets, suggestions, touches
from crm.client import SalesforceClient
from enablement.model import CopyKind
from enablement.ports import Undeliverable

# What is there stays; what is missing may be deployed any minute.
LOOK_EVERY_S, LOOK_AGAIN_S = 24 * 3600.0, 3600.0
# Soon, where another process has found it meanwhile.
LOOK_SOON_S = 60.0
NEEDED: dict[str, tuple[str, ...]] = {
    touches.OBJECT: (touches.LOOKUP_FIELD,),
    assets.OBJECT: assets.FIELDS,
    suggestions.OBJECT: suggestions.FIELDS,
}


class Plugin:
    """Remembers for a day what `describe` said of each object, for an hour where something is missing.

    `is_known` says whether other processes have found it there.
    """

    def __init__(
        self,
        client: SalesforceClient,
        *,
        is_known: Callable[[], bool] = lambda: False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._is_known = is_known
        self._ticks = ticks
        self._lock = threading.Lock()
        self._lacking: dict[str, tuple[float, tuple[str, ...]]] = {}

    def links_touches(self) -> bool:
        """Say whether touches can name the asset that they are of; raises TryLater."""
        return not self.lacks(touches.OBJECT) and not self.lacks(assets.OBJECT)

    def copied(self) -> frozenset[CopyKind]:
        """Return of what the org has room for copies; raises TryLater."""
        if self.lacks(assets.OBJECT):
            return frozenset()
        return frozenset({"asset"} if self.lacks(suggestions.OBJECT) else {"asset", "suggestions"})

    def lacks(self, name: str) -> tuple[str, ...]:
        """Return the fields of an object that we can't write, all of them where it is not there; raises TryLater."""
        with self._lock:
            looked_at, lacking = self._lacking.get(name, (None, ()))
            if looked_at is None or self._is_old(self._ticks() - looked_at, lacking):
                lacking = self._look(name)
                self._lacking[name] = (self._ticks(), lacking)
            return lacking

    def doubt(self) -> None:
        """Look anew before the next use: the org answered that something is not there."""
        with self._lock:
            self._lacking.clear()

    def _is_old(self, age: float, lacking: tuple[str, ...]) -> bool:
        if not lacking:
            return age > LOOK_EVERY_S
        return age > LOOK_AGAIN_S or (age > LOOK_SOON_S and self._is_known())

    def _look(self, name: str) -> tuple[str, ...]:
        try:
            fields = self._client.describe(name)["fields"]
        except Undeliverable:
            return NEEDED[name]
        # The master of a detail may be fixed once it is made.
        writable = {row["name"] for row in fields if row["createable"]}
        return tuple(field for field in NEEDED[name] if field not in writable)
