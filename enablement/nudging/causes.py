"""What gives cause to tell somebody something: deals that moved on, links that were opened, content that changed.

Nobody keeps a list of events. How things stood when they were last looked at is compared with how they stand; what
differs is a cause, kept together with how they stand, so that it is one cause however often it is looked at.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from enablement.coverage.matrix import open_deals
from enablement.facets import facet
from enablement.governance import successor
from enablement.model import Asset, CrmUser, Deal, Nudge, NudgeKind, Profile, Stood, key
from enablement.people import known_colleague
from enablement.ports import Services

# Several causes within this time make one message, and what is undone within it makes none.
BATCH = timedelta(minutes=10)
CHANGES_AT_ONCE = 500
_LIBRARY, _OPENINGS, _DEALS = "library", "openings", "deals"
# An opening that was being written while the last one was looked for.
_OVERLAP = timedelta(minutes=2)


def note_deals(deal_ids: Collection[str], services: Services, *, now: datetime) -> None:
    """Note which of these deals moved on since they were last looked at, for who works on them.

    To be called once their lists are made. A deal that is new is no news: its owner made it.
    """
    deals = [one for one in services.mirror.deals(deal_ids) if not one.is_closed]
    before = services.nudges.stood([f"deal {one.id}" for one in deals])
    firsts = services.shortlists.firsts([one.id for one in deals], most=1)
    stand: dict[str, tuple[str, ...]] = {}
    moved: dict[str, list[tuple[Deal, Stood]]] = defaultdict(list)
    for deal in deals:
        name = f"deal {deal.id}"
        was, is_now = before.get(name), (deal.stage, *(firsts.get(deal.id) or ("",)), *deal.competitors)
        if was and was.value == is_now:
            continue
        stand[name] = is_now
        if was and (was.value[0], set(was.value[2:])) != (deal.stage, set(deal.competitors)):
            for user_id in workers(deal):
                moved[user_id].append((deal, was))
    found = [one for user_id, some in moved.items() for one in _moved(user_id, some, services, now)]
    services.nudges.note(stand, found, now=now)


def note_open_deals(services: Services, *, now: datetime) -> None:
    """Note once how all open deals stand: from then on the first change of each is news too."""
    if services.nudges.stood([_DEALS]):
        return
    ids = [one.id for one in open_deals(services)]
    for start in range(0, len(ids), CHANGES_AT_ONCE):
        note_deals(ids[start : start + CHANGES_AT_ONCE], services, now=now)
    if ids:
        services.nudges.note({_DEALS: (now.isoformat(),)}, (), now=now)


def note_library(services: Services, *, now: datetime) -> None:
    """Note what became of assets since the library was last looked at: for who shared them, for who sells against."""
    mark = services.nudges.stood([_LIBRARY]).get(_LIBRARY)
    if mark is None:
        # What was there before we look for the first time is no news.
        at = services.index.stands_at()
        stand = {f"asset {one.id}": _stands(one) for one in services.catalog.assets()}
        services.nudges.note({**stand, _LIBRARY: (str(at),)}, (), now=now)
        return
    changes = services.catalog.changes(int(mark.value[0]), limit=CHANGES_AT_ONCE)
    if not changes:
        return
    assets = services.catalog.assets({asset_id for _number, asset_id in changes})
    before = services.nudges.stood([f"asset {one.id}" for one in assets])
    stand, found, cards = {_LIBRARY: (str(changes[-1][0]),)}, list[Nudge](), dict[str, tuple[str, ...]]()
    for one in assets:
        was, is_now = before.get(f"asset {one.id}"), _stands(one)
        if was and was.value == is_now:
            continue
        stand[f"asset {one.id}"] = is_now
        found += _replaced(one, services, now) if was else ()
        if is_battlecard(one) and (was is None or was.value[:2] != is_now[:2]):
            cards[one.id] = was.value if was else ()
    found += _against([one for one in assets if one.id in cards], cards, services, now)
    services.nudges.note(stand, found, now=now)


def note_openings(services: Services, *, now: datetime) -> None:
    """Note which links buyers opened for the first time since this was last looked at, for who shared them."""
    mark = services.nudges.stood([_OPENINGS]).get(_OPENINGS)
    found = list[Nudge]()
    if mark:
        since = datetime.fromisoformat(mark.value[0]) - _OVERLAP
        for touch in services.nudges.first_openings(since=since):
            for user in services.mirror.users_by_email(touch.email):
                made = nudge("buyer_opened", user, profile_of(user, services), [touch.share_id], now)
                found += [
                    replace(one, deal_id=touch.deal_id, asset_id=touch.asset_id, share_id=touch.share_id)
                    for one in made
                ]
    services.nudges.note({_OPENINGS: (now.isoformat(),)}, found, now=now)


def workers(deal: Deal) -> tuple[str, ...]:
    """Return the CRM users who work on a deal, each once: its owner, then its team."""
    return tuple(dict.fromkeys((deal.owner_id, *deal.team)))


def is_battlecard(asset: Asset) -> bool:
    """Say whether an asset tells how to win against a competitor."""
    kind = asset.kind.casefold().replace(" ", "").replace("-", "")
    return asset.status == "published" and "battlecard" in kind and bool(asset.facets.competitors)


def names_one_of(asset: Asset, competitors: Iterable[str]) -> bool:
    """Say whether an asset is made for deals against one of these."""
    return not {facet(one) for one in asset.facets.competitors}.isdisjoint(facet(one) for one in competitors)


def profile_of(user: CrmUser, services: Services) -> Profile | None:
    """Return the member of the workspace who is this CRM user and no other, as far as is known without asking Slack."""
    if not user.is_active:
        return None
    linked = [one.slack_id for one in services.people.links() if one.crm_user_id == user.id]
    same = services.mirror.profiles(email=user.email) if user.email else []
    for slack_id in dict.fromkeys([*linked, *(one.slack_id for one in same)]):
        known = known_colleague(slack_id, services)
        if known and known.id == user.id:
            return services.mirror.profile(slack_id)
    return None


def nudge(
    kind: NudgeKind, user: CrmUser, profile: Profile | None, cause: Sequence[object], now: datetime
) -> list[Nudge]:
    """Return the nudge of a person for a cause; nothing for who is not known in Slack."""
    if profile is None:
        return []
    name = key("nudge", kind, profile.slack_id, *cause)
    return [Nudge(name, kind, profile.slack_id, user.email, "", "", "", (), "waiting", now, now + BATCH)]


def _moved(
    user_id: str, some: Sequence[tuple[Deal, Stood]], services: Services, now: datetime
) -> Iterator[Nudge]:
    user = services.mirror.user(user_id)
    profile = profile_of(user, services) if user else None
    if user is None or profile is None:
        return
    waiting = services.nudges.of(profile.slack_id, ["waiting"])
    waits = {one.deal_id for one in waiting if one.kind == "deal_changed"}
    for deal, was in some:
        # What waits is told as the deal stands then, against how it stood before the first of its changes.
        if deal.id not in waits:
            cause = deal.id, *was.value, was.at.isoformat()
            for one in nudge("deal_changed", user, profile, cause, now):
                yield replace(one, deal_id=deal.id, was=was.value)


def _replaced(asset: Asset, services: Services, now: datetime) -> Iterable[Nudge]:
    new = newer(asset, services, now=now)
    if new is None:
        return
    for share in services.ledger.live_shares([asset.id], at=now):
        if share.version_id == new.version_id:
            continue
        for user in services.mirror.users_by_email(share.email):
            cause = share.deal_id, asset.id, new.version_id
            for one in nudge("replaced", user, profile_of(user, services), cause, now):
                yield replace(one, deal_id=share.deal_id, asset_id=asset.id, share_id=share.id)


def newer(asset: Asset, services: Services, *, now: datetime) -> Asset | None:
    """Return what takes the place of what was shared: the asset as it is now, or what replaced it; if there is any."""
    if asset.status == "published":
        return asset
    return successor(asset, services.catalog, on=now.date()) if asset.replaced_by else None


def _against(
    cards: Sequence[Asset], before: Mapping[str, tuple[str, ...]], services: Services, now: datetime
) -> Iterable[Nudge]:
    """Yield for each battlecard, and each who works on an open deal against one whom it is about, that it changed."""
    if not cards:
        return
    about = defaultdict[str, list[Asset]](list)
    for card in cards:
        for one in card.facets.competitors:
            about[facet(one)].append(card)
    told = defaultdict[str, dict[str, Asset]](dict)
    for deal in open_deals(services):
        named = {card.id: card for one in deal.competitors for card in about.get(facet(one), ())}
        for user_id in workers(deal) if named else ():
            told[user_id] |= named
    for user_id, theirs in sorted(told.items()):
        user = services.mirror.user(user_id)
        profile = profile_of(user, services) if user else None
        for card_id, card in sorted(theirs.items()):
            for made in nudge("battlecard", user, profile, [card.version_id], now) if user else ():
                yield replace(made, asset_id=card_id, was=before[card_id])


def _stands(asset: Asset) -> tuple[str, ...]:
    return asset.version_id, asset.status, asset.replaced_by or ""
