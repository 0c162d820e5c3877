"""Our touches become rows of Content_Touch__c; the names below are those of crm/salesforce."""

from enablement.model import Asset, CrmUser, Share, Touch
from enablement.ports import Catalog, Ledger, Mirror, Undeliverable

OBJECT = "Content_Touch__c"
EXTERNAL_ID = "External_Ref__c"
KINDS = {"shared": "Shared", "presented": "Presented", "opened_by_buyer": "Opened by buyer"}
Cell = str | int | None


def to_row(
    touch: Touch, *, asset: Asset, version: int, actor: CrmUser | None, share: Share | None
) -> dict[str, Cell]:
    """Return the row of a touch; the external id makes writing it twice the same as once."""
    return {
        EXTERNAL_ID: touch.id,
        "Opportunity__c": touch.deal_id,
        "Asset_Title__c": asset.title[:255],
        "Asset_Ref__c": asset.id,
        "Asset_Version__c": version,
        "Kind__c": KINDS[touch.kind],
        "Actor__c": actor.id if actor else None,
        "Actor_Name__c": (actor.name if actor else touch.email)[:120],
        "Recipient__c": _recipient(touch, share)[:255],
        "Channel__c": touch.channel[:80],
        "Share_Ref__c": touch.share_id or None,
        "Occurred_At__c": touch.occurred_at.isoformat(timespec="milliseconds"),
    }


def row_of(touch: Touch, *, catalog: Catalog, mirror: Mirror, ledger: Ledger) -> dict[str, Cell]:
    """Look up what a touch refers to and return its row; raises Undeliverable when that is gone."""
    asset, version = catalog.asset(touch.asset_id), catalog.version(touch.version_id)
    if asset is None or version is None:
        raise Undeliverable(f"the asset of touch {touch.id} is no longer in the catalogue")
    actor = next(iter(mirror.users_by_email(touch.email)), None)
    share = ledger.share(touch.share_id) if touch.share_id else None
    return to_row(touch, asset=asset, version=version.number, actor=actor, share=share)


def _recipient(touch: Touch, share: Share | None) -> str:
    if share and share.recipient_name:
        return f"{share.recipient_name} <{touch.recipient}>"
    return touch.recipient
