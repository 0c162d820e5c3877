"""Reviews: who is told that an asset should be looked at again, and which notices have become pointless."""

from datetime import date, datetime

from enablement.governance import approvers, awaiting, review_due_on, state
from enablement.model import Notice, key
from enablement.notices import delivered, notice, together
from enablement.ports import Services
from enablement.roles import emails_with


def due_notices(services: Services, *, now: datetime) -> list[Notice]:
    """Return who should verify what by now; a notice has the same id until the asset was verified or changed.

    The owner hears of it; for an asset without one its approvers do, or else the librarians.
    """
    notices, librarians = [], emails_with("enablement", services)
    for asset in services.catalog.assets():
        if state(asset, on=now.date()) != "review due":
            continue
        owners = (asset.owner,) if asset.owner else approvers(asset.collection, services.catalog)
        for to in owners or librarians:
            notice_id = key("notice", "review_due", asset.id, review_due_on(asset), to)
            notices.append(notice(notice_id, "review_due", asset, to))
    return notices


def remind(services: Services, *, now: datetime) -> int:
    """Have everybody told once of what is due for review; return how many notices stand now."""
    notices = due_notices(services, now=now)
    services.ledger.write(together(*(delivered(one, now=now) for one in notices)), now=now)
    services.work.wake("write")
    return len(notices)


def is_moot(notice: Notice, services: Services, *, on: date) -> bool:
    """Say whether a notice that was not delivered yet has nothing to ask for any more."""
    if notice.kind == "approve":
        waiting = awaiting(notice.asset_id, services.catalog)
        return waiting is None or waiting.version_id != notice.version_id
    asset = services.catalog.asset(notice.asset_id)
    return notice.kind == "review_due" and (asset is None or state(asset, on=on) != "review due")
