"""Assets become rows of Content_Asset__c: what may be shown, and that it no longer is; names as in crm/salesforce."""

import json
from collections.abc import Mapping
from datetime import date

from crm.touches import EXTERNAL_ID, Row
from enablement.governance import State, review_due_on, state
from enablement.model import Asset, Audience, key

OBJECT = "Content_Asset__c"
AUDIENCES: Mapping[Audience, str] = {"customer": "Customer", "internal": "Internal"}
STATUSES: Mapping[State, str] = {
    "published": "Published",
    "review due": "Review due",
    "expired": "Expired",
    "archived": "Archived",
    "draft": "Archived",
    "in review": "Archived",
    "not yet released": "Archived",
}
# Nobody but those who look after the library hears of the others, unless they were shown before.
_SHOWN: frozenset[State] = frozenset({"published", "review due", "expired"})
LONGEST_LINK = 255
# What `to_row` writes; a test holds the two together.
FIELDS = (
    *(EXTERNAL_ID, "Name", "Title__c", "Kind__c", "Language__c", "Audience__c", "Status__c", "Version__c"),
    *("Updated_On__c", "Review_Due_On__c", "Expires_On__c", "Link__c"),
)


def to_row(asset: Asset, *, on: date) -> Row:
    """Return the row of an asset as it stands on a day."""
    due = review_due_on(asset)
    title = asset.title.strip() or asset.id
    has_link = asset.url.startswith(("https://", "http://")) and len(asset.url) <= LONGEST_LINK
    return {
        EXTERNAL_ID: asset.id,
        "Name": title[:80],
        "Title__c": title[:255],
        "Kind__c": asset.kind[:80],
        "Language__c": asset.language[:20],
        "Audience__c": AUDIENCES[asset.audience],
        "Status__c": STATUSES[state(asset, on=on)],
        "Version__c": asset.version,
        "Updated_On__c": asset.updated_at.date().isoformat(),
        "Review_Due_On__c": due.isoformat() if due else None,
        "Expires_On__c": asset.expires.isoformat() if asset.expires else None,
        "Link__c": asset.url if has_link else None,
    }


def is_shown(asset: Asset, *, on: date) -> bool:
    """Say whether the CRM is told of an asset that it has not heard of yet."""
    return state(asset, on=on) in _SHOWN


def is_nameable(asset: Asset, *, on: date) -> bool:
    """Say whether the CRM may be told of an asset because something there names it: never of a draft."""
    return is_shown(asset, on=on) or asset.status == "archived"


def digest(row: object) -> str:
    """Return what is the same for the same row, or rows."""
    return key(json.dumps(row, sort_keys=True))
