"""What of all that somebody was sent still concerns them: what waits to be confirmed, what is pinned."""

from dataclasses import dataclass

from enablement.announcing.receipts import signed, wording_for
from enablement.model import Receipt, Wording
from enablement.ports import Services

# Slack is asked for the address of each.
MOST_SHOWN = 10
LOOKED_THROUGH = 100


@dataclass(frozen=True)
class Shown:
    """An announcement as its reader knows it, in their language."""

    receipt: Receipt
    wording: Wording
    author: str


def on_home(slack_id: str, services: Services) -> tuple[list[Shown], list[Shown]]:
    """Return what waits for a person to confirm it, and what else is pinned for them; the newest first."""
    profile = services.mirror.profile(slack_id)
    waiting: list[Shown] = []
    pinned: list[Shown] = []
    for receipt in services.announcements.receipts_of(slack_id, limit=LOOKED_THROUGH):
        one = services.announcements.announcement(receipt.announcement_id)
        if one is None or one.state != "running" or receipt.left_at:
            continue
        wording, _is_fallback = wording_for(one, profile.locale if profile else "")
        shown = Shown(receipt, wording, signed(one, services).author)
        if one.must_acknowledge and receipt.acknowledged_revision < one.counts_from:
            waiting.append(shown)
        elif one.pinned:
            pinned.append(shown)
    return waiting[:MOST_SHOWN], pinned[:MOST_SHOWN]
