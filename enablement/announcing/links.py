"""The files of an announcement, behind links that its readers alone are given."""

from datetime import datetime

from enablement.access import is_valid
from enablement.announcing.receipts import TEST
from enablement.announcing.rights import is_channel
from enablement.language import _
from enablement.model import Announcement, Asset, Receipt
from enablement.ports import Services
from enablement.sharing import NoSuchLink, Served, Withdrawn


def assets_of(one: Announcement, services: Services, *, now: datetime) -> list[Asset]:
    """Return what is attached to an announcement and in use now."""
    found = (services.catalog.asset(asset_id) for asset_id in one.asset_ids)
    return [asset for asset in found if asset and is_valid(asset, on=now.date())]


def asset_link(receipt: Receipt, asset: Asset, public_url: str) -> str | None:
    """Return the link by which a reader opens an asset; a test message has none."""
    return None if receipt.id.startswith(TEST) else f"{public_url}/a/{receipt.id}/{asset.id}"


def serve_asset(
    receipt_id: str, asset_id: str, services: Services, *, by_person: bool, now: datetime
) -> Served:
    """Return the bytes of an asset for a reader who may still see it; when a person opened it, note that.

    Raises NoSuchLink.
    """
    receipt = services.announcements.receipt(receipt_id)
    one = services.announcements.announcement(receipt.announcement_id) if receipt else None
    if receipt is None or one is None or asset_id not in one.asset_ids or not _is_meant(receipt, services):
        raise NoSuchLink(_("This link is not known, or not for you any more."))
    if one.state != "running" or one.ends_at <= now:
        raise Withdrawn(_("This announcement is over. Ask for what you need in Slack with /content."))
    asset = services.catalog.asset(asset_id)
    version = services.catalog.version(asset.version_id) if asset else None
    if asset is None or version is None or not is_valid(asset, on=now.date()):
        raise Withdrawn(_("This file is not in use any more. Ask for what is in Slack with /content."))
    if by_person and not receipt.opened_at and not is_channel(receipt.slack_id):
        services.announcements.opened(receipt.id, at=now)
    return Served(asset, version, services.catalog.data(version.id), asset.url)


def _is_meant(receipt: Receipt, services: Services) -> bool:
    if receipt.left_at:
        return False
    profile = services.mirror.profile(receipt.slack_id)
    return is_channel(receipt.slack_id) or (profile is not None and profile.standing == "member")
