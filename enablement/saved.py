"""What a person keeps at hand: saved from an answer, opened and shared from their list, for as long as it is valid."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from enablement.access import asset_filter, may_show
from enablement.answering import Refusal
from enablement.language import _
from enablement.model import Ask, Asset, Deal, SavedAsset, Suggestion, Written, key
from enablement.people import NotServed, colleague
from enablement.ports import AccessUnknown, Services
from enablement.sharing import TOKEN_BYTES

ON_A_PAGE = 8
LIST = "saved.list"
# Suggestions of this list are told apart from those that were chosen for a deal.
MODEL = "saved"


@dataclass(frozen=True)
class Kept:
    """One saved asset, with the suggestion that its buttons stand for, and the deal it was found for.

    No deal where the person may not see it any more: then it can be opened, and not shared.
    """

    asset: Asset
    suggestion: Suggestion
    deal: Deal | None
    saved_at: datetime


@dataclass(frozen=True)
class SavedPage:
    """One page of what somebody keeps; pages start at 1."""

    ask: Ask
    kept: tuple[Kept, ...]
    page: int
    pages: int
    count: int


def save(suggestion: Suggestion, services: Services, *, now: datetime) -> None:
    """Keep the asset of a suggestion for whom it was made to; saved again, it stays as it is."""
    email, asset_id = suggestion.email, suggestion.asset_id
    services.saved.keep(SavedAsset(key("saved", email, asset_id), email, asset_id, suggestion.id, now))


def unsave(asset_id: str, *, email: str, services: Services) -> None:
    """Keep an asset no longer."""
    services.saved.drop(email=email, asset_id=asset_id)


def saved_of(email: str, services: Services, *, limit: int) -> list[SavedAsset]:
    """Return the newest of what somebody keeps and a colleague may have now."""
    kept = services.saved.of(email)
    only = asset_filter(shared_outside=False, now=services.clock())
    found = {one.id: one for one in services.catalog.assets({one.asset_id for one in kept})}
    return [one for one in kept if one.asset_id in found and may_show(found[one.asset_id], only)][:limit]


def saved_page(ask: Ask, services: Services, *, now: datetime) -> SavedPage | Refusal:
    """Return a page of what the asker keeps; the ask's words are its number. The same ask is answered alike."""
    try:
        user = colleague(ask, services, now=now)
        mine = saved_of(user.email, services, limit=1000)
        if (
            ask.place.channel
            and not ask.place.is_direct
            and services.messenger.is_shared_outside(ask.place.channel)
        ):
            return Refusal(ask, _("Outsiders read this channel. Ask me directly for what you saved."))
        pages = max(1, -(-len(mine) // ON_A_PAGE))
        page = min(int(ask.question) if ask.question.isdecimal() else 1, pages) or 1
        shown = mine[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        kept = _kept(ask, user.id, user.email, shown, services, now)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    except AccessUnknown:
        return Refusal(
            ask, _("Salesforce can't be reached to check what you may see. Please try again in a minute.")
        )
    return SavedPage(ask, kept, page, pages, len(mine))


def _kept(
    ask: Ask, user_id: str, email: str, some: list[SavedAsset], services: Services, now: datetime
) -> tuple[Kept, ...]:
    found = {one.suggestion_id: services.ledger.suggestion(one.suggestion_id) for one in some}
    deal_ids = sorted({one.deal_id for one in found.values() if one and one.deal_id})
    readable = services.access.readable(user_id, deal_ids) if deal_ids else frozenset()
    deals = {one.id: one for one in services.mirror.deals(sorted(readable))}
    assets = {one.id: one for one in services.catalog.assets({one.asset_id for one in some})}
    made = []
    for rank, one in enumerate(some, start=1):
        before, asset = found[one.suggestion_id], assets[one.asset_id]
        deal = deals.get(before.deal_id) if before else None
        made.append((_suggestion(ask, email, asset, deal, rank, now), asset, deal, one.saved_at))
    services.ledger.write(Written(records=tuple(one[0] for one in made)), now=now)
    # As it stands: the first time an ask is answered decides what its buttons stand for.
    stand = {one.id: one for one in services.ledger.suggestions(ask.id)}
    return tuple(
        Kept(asset, stand[one.id], deal if stand[one.id].deal_id else None, at)
        for one, asset, deal, at in made
    )


def _suggestion(
    ask: Ask, email: str, asset: Asset, deal: Deal | None, rank: int, now: datetime
) -> Suggestion:
    return Suggestion(
        id=key("suggestion", ask.id, asset.version_id),
        ask_id=ask.id,
        email=email,
        deal_id=deal.id if deal else "",
        asset_id=asset.id,
        version_id=asset.version_id,
        rank=rank,
        score=0.0,
        propensity=1.0,
        reasons=(),
        model=MODEL,
        open_token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=now,
    )
