"""What a person shared for a deal, and how each share stands: its link works, has ended, or the share was undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from enablement.model import Share
from enablement.ports import Services
from enablement.sharing import shared_touch


@dataclass(frozen=True)
class Sent:
    """A share and what became of it; `is_opened`: the buyer opened it, which stays on record whatever is undone."""

    share: Share
    is_undone: bool = False
    is_opened: bool = False

    def is_open(self, now: datetime) -> bool:
        """Say whether its link leads anywhere."""
        return self.share.revoked_at is None and now < self.share.expires_at


def sent(shares: Sequence[Share], services: Services) -> list[Sent]:
    """Return how shares stand now, in the same order."""
    undone = _undone(shares, services)
    return [Sent(one, one.id in undone, services.ledger.last_opening(one.id) is not None) for one in shares]


def still_sent(deal_id: str, *, email: str, services: Services) -> list[Share]:
    """Return what a person shared for a deal and did not undo, the oldest first."""
    shares = services.ledger.shares_of(email=email, deal_id=deal_id)
    undone = _undone(shares, services)
    return [one for one in shares if one.id not in undone]


def _undone(shares: Sequence[Share], services: Services) -> set[str]:
    touches = {shared_touch(one.id): one.id for one in shares}
    if not touches:
        return set()
    return {touches[one.touch_id] for one in services.ledger.withdrawals(list(touches))}
