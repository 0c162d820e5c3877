"""What people keep for later, what they miss, and the key that buttons are signed with."""

from collections.abc import Callable, Collection as Some, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import Asker, Audit, ContentRequest, SavedAsset, SigningKey, Task


class SavedAssets(Protocol):
    """What people keep at hand, each asset once."""

    def keep(self, saved: SavedAsset) -> None:
        """Keep an asset for somebody; what is kept already stays as it is."""

    def drop(self, *, email: str, asset_id: str) -> None: ...

    def of(self, email: str) -> list[SavedAsset]:
        """Return what somebody keeps, the newest first."""


class Requests(Protocol):
    """Content that is missed, and who waits for it."""

    def add(
        self,
        request: ContentRequest,
        asker: Asker,
        *,
        is_same: Callable[[ContentRequest], bool],
        tasks: Sequence[Task],
    ) -> ContentRequest:
        """Keep a request with work, or let its asker join the oldest open one that is the same; return which it is.

        Whoever waits for that already, for the same deal, does so once.
        """

    def get(self, request_id: str) -> ContentRequest | None: ...

    def asker(self, asker_id: str) -> Asker | None: ...

    def open(self) -> list[ContentRequest]:
        """Return what waits for an answer, the oldest first."""

    def of(self, email: str, *, limit: int) -> list[ContentRequest]:
        """Return what somebody waits or waited for, the newest first."""

    def recent(self, *, limit: int) -> list[ContentRequest]:
        """Return the newest requests in any state but merged ones, the newest first."""

    def askers(self, request_ids: Some[str]) -> list[Asker]:
        """Return who waits for these, the first first."""

    def decide(
        self,
        request_id: str,
        how: Callable[[ContentRequest], ContentRequest],
        *,
        tasks: Callable[[Sequence[Asker]], Sequence[Task]],
        now: datetime,
        audit: Audit | None = None,
    ) -> ContentRequest | None:
        """Change an open request, with the work that this makes for its askers, and note that; None if it is not open.

        Where it is merged, its askers wait for the other one then, which must be open too.
        """

    def told(self, request_ids: Some[str], *, at: datetime) -> None:
        """Note that enablement was told of these."""


class SigningKeys(Protocol):
    """The key that all processes of this installation sign buttons with."""

    def current(self, *, now: datetime) -> SigningKey:
        """Return the key, minted at the first call ever."""
