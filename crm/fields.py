"""Which of the mapped fields the org really has: one that is gone is left out until it is back, and said once."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from crm.client import SalesforceClient, UnknownField
from crm.mapping import FieldMap

log = logging.getLogger(__name__)
T = TypeVar("T")
# While a field is missing the org is asked for it this often, not at each reading.
LOOK_EVERY_S = 60.0
_ALERT = "mapping"


class Alert(Protocol):
    """Hears of something that a person must mend: of what kind, about what, in words."""

    def __call__(self, kind: str, subject: str, summary: str) -> object: ...


class Mended(Protocol):
    """Hears that something of this kind is well again."""

    def __call__(self, kind: str, subject: str) -> object: ...


def log_alert(kind: str, subject: str, summary: str) -> None:
    """Say it in the log."""
    log.error("%s, %s: %s", kind, subject, summary)


def log_mended(kind: str, subject: str) -> None:
    """Say it in the log."""
    log.info("%s, %s: well again", kind, subject)


class OrgFields:
    """The mapping as far as the org has its fields."""

    def __init__(
        self,
        client: SalesforceClient,
        mapping: FieldMap,
        *,
        alert: Alert = log_alert,
        mended: Mended = log_mended,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._mapping = mapping
        self._alert = alert
        self._mended = mended
        self._ticks = ticks
        self._left: FieldMap | None = None
        self._missing: Mapping[str, str] = {}
        self._looked_at = 0.0

    def now(self) -> FieldMap:
        """Return what can be asked for."""
        if self._left is None or (self._missing and self._ticks() - self._looked_at > LOOK_EVERY_S):
            return self.look()
        return self._left

    @property
    def is_whole(self) -> bool:
        """Say whether nothing of the mapping is missing, as far as is known."""
        return not self._missing

    def look(self) -> FieldMap:
        """Ask the org which fields it has; say which of the mapped ones went and came."""
        self._looked_at = self._ticks()
        used = self._mapping.fields()
        there = {name: {row["name"] for row in self._client.describe(name)["fields"]} for name in used}
        missing = {
            f"{name}.{field}": field
            for name, named in used.items()
            for field in named
            if field not in there[name]
        }
        for subject in missing.keys() - self._missing.keys():
            self._alert(
                _ALERT,
                subject,
                f"The field {subject} is not in Salesforce any more, or hidden from us: deals are read without it. "
                "Bring it back, give the integration user read access, or correct the mapping.",
            )
        # At first nobody knows what an earlier process missed: then all that is there is said to be well.
        every = {f"{name}.{field}" for name, named in used.items() for field in named}
        missed = self._missing.keys() if self._left else every
        for subject in missed - missing.keys():
            self._mended(_ALERT, subject)
        self._missing, self._left = missing, self._mapping.within(there)
        return self._left

    def reading(self, act: Callable[[FieldMap], T]) -> T:
        """Read with the fields that are there; once more where one went meanwhile."""
        tried = self.now()
        try:
            return act(tried)
        except UnknownField:
            left = self.look()
            if left == tried:
                raise
            return act(left)
