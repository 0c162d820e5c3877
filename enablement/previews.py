"""What a link of ours leads to: what everybody who reads it may see of that, and what one colleague may."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from enablement.access import asset_filter, is_valid, may_show
from enablement.governance import successor
from enablement.language import _
from enablement.model import Asset, Deal, Event, PostedLinks, Preview, Share, Suggestion, Task, Written, key
from enablement.people import NotServed, crm_user, member_email
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.sent import Sent, sent
from enablement.sharing import OPEN_LINK_LASTS, PREVIEW_LASTS

SHOW = "links.show"
# Of one message so many links are shown: more would bury what it says.
MOST_SHOWN = 5
# What could not be shown within this time is forgotten.
SHOWN_WITHIN = timedelta(days=1)
LinkKind = Literal["share", "open", "deal"]
_PATHS: dict[str, LinkKind] = {"s": "share", "o": "open"}
# What was published, and so may be named where it is of no use any more.
_KNOWN = ("published", "archived")
_PATH = re.compile(r"/([so])/([A-Za-z0-9_-]{8,80})/?")


class NotForYou(Exception):
    """This is not shown to this person, or not here; the message says why."""


@dataclass(frozen=True)
class Target:
    """Where a link leads: `id` is the token of a link of ours, or a deal's id."""

    kind: LinkKind
    id: str


@dataclass(frozen=True)
class Glance:
    """What everybody may see, outsiders too; titles are those of what customers may have now, or empty.

    `is_over`: the link leads nowhere any more; then `newer` is what took the asset's place.
    """

    target: Target
    title: str = ""
    newer: str = ""
    is_over: bool = False


@dataclass(frozen=True)
class DealDetails:
    """A deal, for who may read it."""

    deal: Deal


@dataclass(frozen=True)
class AssetDetails:
    """An asset, for a colleague: `newer` is what took its place, where it is of no use now.

    `suggestion` is there for who may share it from here, `sent` for whose link it is.
    """

    asset: Asset
    is_valid: bool
    newer: Asset | None = None
    suggestion: Suggestion | None = None
    sent: Sent | None = None


Details = DealDetails | AssetDetails


@dataclass(frozen=True)
class LedTo:
    """The asset behind a link, with the record that the link is of; `is_open`: it still leads there."""

    asset: Asset
    of: Share | Suggestion | Preview
    is_open: bool


def target(url: str, services: Services) -> Target | None:
    """Return where a link leads, by its form alone; None where it is none of ours."""
    deal_id = services.crm.deal_at(url)
    if deal_id:
        return Target("deal", deal_id)
    try:
        ours, parts = urlsplit(services.public_url), urlsplit(url)
    except ValueError:
        return None
    is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() == ours.netloc.lower()
    found = _PATH.fullmatch(parts.path.removeprefix(ours.path.rstrip("/"))) if is_ours else None
    return Target(_PATHS[found[1]], found[2]) if found else None


def accept(posted: PostedLinks, event: Event, services: Services) -> None:
    """Keep the links of a message that are ours, with the work of showing what they lead to; known ones are nothing."""
    ours = tuple(url for url in dict.fromkeys(posted.urls) if target(url, services))[:MOST_SHOWN]
    if not ours:
        return
    kept = replace(posted, urls=ours, look_at=posted.at + SHOWN_WITHIN)
    task = Task(id=key(SHOW, posted.id), kind=SHOW, lane="reply", subject=posted.id)
    # What is lost is a link without a preview.
    if services.ledger.write(Written((kept,), (task,), event), now=posted.at, lazily=True):
        services.work.wake("reply")


def glance(at: Target, services: Services, *, now: datetime) -> Glance | None:
    """Return what everybody may see of where a link leads; None for a link that nobody made.

    Of a deal that is nothing, whether there is one or not.
    """
    if at.kind == "deal":
        return Glance(at)
    found = led_to(at, services, now=now)
    if found is None:
        return None
    asset, customers = found.asset, asset_filter(shared_outside=True, now=now)
    if asset.status not in _KNOWN or (
        isinstance(found.of, Preview) and found.of.version_id != asset.version_id
    ):
        # Only proposed: as internal as anything.
        return Glance(at)
    if may_show(asset, customers):
        return Glance(at, title=asset.title if found.is_open else "", is_over=not found.is_open)
    if is_valid(asset, on=now.date()):
        return Glance(at, is_over=not found.is_open)
    other = successor(asset, services.catalog, on=now.date())
    return Glance(at, newer=other.title if other and may_show(other, customers) else "", is_over=True)


def details(at: Target, *, slack_id: str, channel: str, services: Services, now: datetime) -> Details:
    """Return what a person may see of where a link leads, who pressed in this channel; raises NotForYou."""
    try:
        email = member_email(slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
        if outsiders_read(channel, slack_id, services):
            raise NotForYou(
                _(
                    "People of other companies may read this conversation. "
                    "Send me the link in a direct message to see more."
                )
            )
        if at.kind == "deal":
            return _deal(at.id, slack_id, services)
    except NotServed as refusal:
        raise NotForYou(str(refusal)) from refusal
    return _asset(at, email, services, now)


def to_ask_about(asset_id: str, services: Services, *, now: datetime) -> str:
    """Return the question that an asset answers: its title, as long as colleagues may have it."""
    asset = services.catalog.asset(asset_id)
    return asset.title if asset and may_show(asset, asset_filter(shared_outside=False, now=now)) else ""


def led_to(at: Target, services: Services, *, now: datetime) -> LedTo | None:
    """Return what a link of ours leads to, whether it is open or not; None for a link that nobody made."""
    of: Share | Suggestion | Preview | None
    if at.kind == "share":
        of = services.ledger.share_by_token(at.id)
    else:
        of = services.ledger.suggestion_by_token(at.id) or services.ledger.preview_by_token(at.id)
    asset = services.catalog.asset(of.asset_id) if of else None
    return LedTo(asset, of, _is_open(of, now)) if of and asset else None


def outsiders_read(channel: str, slack_id: str, services: Services) -> bool:
    """Say whether outsiders may read along: not in this person's direct conversation with us; unknown means yes."""
    try:
        is_direct = channel.startswith("D") and services.messenger.direct(slack_id) == channel
    except TryLater:
        is_direct = False
    return not is_direct and (not channel or services.messenger.is_shared_outside(channel))


def _deal(deal_id: str, slack_id: str, services: Services) -> DealDetails:
    profile = services.mirror.profile(slack_id)
    if profile is None:
        raise NotServed(_("Touchline answers members of this workspace only."))
    user = crm_user(profile, services)
    try:
        # Asked also of what we never saw: that too must not be told apart.
        may = services.access.readable(user.id, [deal_id])
    except AccessUnknown as error:
        raise NotForYou(
            _("Salesforce can't be reached to check this deal. Try again in a minute.")
        ) from error
    deal = services.mirror.deal(deal_id) if may else None
    if deal is None:
        raise NotForYou(_("You can't see this deal in Salesforce, or it is not there."))
    return DealDetails(deal)


def _asset(at: Target, email: str, services: Services, now: datetime) -> AssetDetails:
    found = led_to(at, services, now=now)
    if found is None:
        raise NotForYou(_("This link is not known. Please check that it is complete."))
    asset, of, is_mine = found.asset, found.of, found.of.email == email
    colleagues = asset_filter(shared_outside=False, now=now)
    is_current = may_show(asset, colleagues)
    # What never was published is for who looks after it.
    if not is_current and asset.status not in _KNOWN and not is_mine:
        raise NotForYou(_("What this link leads to is not published."))
    other = None if is_current else successor(asset, services.catalog, on=now.date())
    can_share = is_current and is_mine and asset.audience == "customer"
    return AssetDetails(
        asset,
        is_current,
        newer=other if other and may_show(other, colleagues) else None,
        suggestion=of if can_share and isinstance(of, Suggestion) else None,
        sent=sent([of], services)[0] if is_mine and isinstance(of, Share) else None,
    )


def _is_open(of: Share | Suggestion | Preview, now: datetime) -> bool:
    if isinstance(of, Share):
        return of.revoked_at is None and now < of.expires_at
    return now - of.made_at <= (PREVIEW_LASTS if isinstance(of, Preview) else OPEN_LINK_LASTS)
