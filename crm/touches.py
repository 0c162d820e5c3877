"""Our touches become rows of Content_Touch__c; the names below are those of crm/salesforce."""

from collections.abc import Callable, Collection, Mapping, Sequence

from enablement.model import Asset, CrmUser, Share, Touch
from enablement.ports import Catalog, Ledger, Mirror, Undeliverable

OBJECT = "Content_Touch__c"
EXTERNAL_ID = "External_Ref__c"
# The asset is named by its own external id, so nobody has to know which record it is.
LOOKUP_FIELD = "Content_Asset__c"
RELATIONSHIP = "Content_Asset__r"
LOOKUP = f"{RELATIONSHIP}.{EXTERNAL_ID}"
KINDS = {"shared": "Shared", "presented": "Presented", "opened_by_buyer": "Opened by buyer"}
# What a person can do about a row that Salesforce refuses for good, by its error code.
_DEAL_GONE = (
    "The deal was deleted or merged in Salesforce, or the integration user may not see it. Nothing needs to be done "
    "when it is gone."
)
_NOT_ALLOWED = (
    "Give the integration user the permission set Touchline_Integration, then: touchline outbox --retry"
)
_NOT_DEPLOYED = "Deploy crm/salesforce to the org again, then: touchline outbox --retry"
_RULE = (
    "A rule of the org refuses it: let the integration user pass that rule, then: touchline outbox --retry"
)
ADVICE: Mapping[str, str] = {
    "ENTITY_IS_DELETED": _DEAL_GONE,
    "INVALID_CROSS_REFERENCE_KEY": _DEAL_GONE,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _DEAL_GONE,
    "INSUFFICIENT_ACCESS_OR_READONLY": _NOT_ALLOWED,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _NOT_ALLOWED,
    "INVALID_FIELD_FOR_INSERT_UPDATE": _NOT_ALLOWED,
    "INVALID_FIELD": _NOT_DEPLOYED,
    "INVALID_TYPE": _NOT_DEPLOYED,
    "NOT_FOUND": _NOT_DEPLOYED,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _NOT_DEPLOYED,
    "STRING_TOO_LONG": _NOT_DEPLOYED,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _RULE,
    "CANNOT_EXECUTE_FLOW_TRIGGER": _RULE,
    "REQUIRED_FIELD_MISSING": _RULE,
}
Cell = str | int | None
Row = dict[str, Cell]
# Says which of these assets (their ids) a row can name.
Link = Callable[[Sequence[Asset]], Collection[str]]


def to_row(
    touch: Touch,
    *,
    asset: Asset,
    version: int,
    actor: CrmUser | None,
    share: Share | None,
    is_linked: bool = False,
) -> Row:
    """Return the row of a touch; the external id makes writing it twice the same as once.

    `is_linked`: the CRM has a row of the asset that this one can name.
    """
    row: Row = {
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
    return {**row, LOOKUP: asset.id} if is_linked else row


def rows_of(
    touches: Sequence[Touch],
    *,
    catalog: Catalog,
    mirror: Mirror,
    ledger: Ledger,
    link: Link,
) -> dict[str, Row | Undeliverable]:
    """Return the row of each touch by its id, or why it can have none; what many refer to is looked up once.

    `link` says which assets (ids) the rows can name.
    """
    assets = {one.id: one for one in catalog.assets({touch.asset_id for touch in touches})}
    versions = {name: catalog.version(name) for name in {touch.version_id for touch in touches}}
    actors = {name: _sole(mirror.users_by_email(name)) for name in {touch.email for touch in touches}}
    shares = {one.id: one for one in ledger.shares({touch.share_id for touch in touches} - {""})}
    linked = link(list(assets.values()))
    made: dict[str, Row | Undeliverable] = {}
    for touch in touches:
        asset, version = assets.get(touch.asset_id), versions[touch.version_id]
        if asset is None or version is None:
            made[touch.id] = Undeliverable(
                f"The asset of touch {touch.id} is no longer in the library, so there is nothing to name in the CRM."
            )
        else:
            actor, share = actors[touch.email], shares.get(touch.share_id)
            made[touch.id] = to_row(
                touch,
                asset=asset,
                version=version.number,
                actor=actor,
                share=share,
                is_linked=asset.id in linked,
            )
    return made


def unlinked(_assets: Sequence[Asset]) -> Collection[str]:
    """Say that no row can name an asset."""
    return ()


def without_asset(row: Row) -> Row:
    """Return a row that leaves open which asset it is of."""
    return {name: cell for name, cell in row.items() if name != LOOKUP}


def advised(error: Exception) -> Exception:
    """Return a refusal together with what a person can do about it; what passes by itself is left as it is."""
    advice = ADVICE.get(str(error).partition(":")[0])
    return Undeliverable(f"{error} {advice}") if advice and isinstance(error, Undeliverable) else error


def _sole(users: Sequence[CrmUser]) -> CrmUser | None:
    """Return the user whom an e-mail names; of two with the same one nobody knows who it was."""
    active = [user for user in users if user.is_active] or users
    return active[0] if len(active) == 1 else None


def _recipient(touch: Touch, share: Share | None) -> str:
    if share and share.recipient_name not in ("", touch.recipient):
        return f"{share.recipient_name} <{touch.recipient}>"
    # A link to paste anywhere, for who knows whom.
    return touch.recipient or ("unknown recipient" if share else "")
