"""Share an asset with a buyer: a link for each recipient, the touch it makes, and its openings."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enablement.access import asset_filter, is_valid, may_show
from enablement.governance import successor
from enablement.language import _, day
from enablement.model import (
    Asset,
    CrmUser,
    Deal,
    Opening,
    Share,
    Suggestion,
    Task,
    Touch,
    TouchKind,
    Version,
    Withdrawal,
    Written,
    key,
)
from enablement.ports import AccessUnknown, Services

TOKEN_BYTES = 24
OPEN_LINK_LASTS = timedelta(hours=24)
# Who shall approve or verify something does not always do so on the same day.
PREVIEW_LASTS = timedelta(days=14)
# Reloads and the pages of one reading are one opening.
ONE_READING = timedelta(minutes=30)
MOST_RECIPIENTS = 20
# What is sent twice within so long is the same form, and leaves the end of a link where it is.
SAID_AT_ONCE = timedelta(hours=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,80}")
_EMAIL = re.compile(r"[^@\s<>,;\"']{1,64}@[^@\s<>,;\"']+\.[^@\s<>,;\"'.]{2,}")


class CannotShare(Exception):
    """This can't be shared as asked; the message says why and what to do."""


class NoSuchLink(Exception):
    """A link that leads nowhere (any more); the message is for the person who holds it."""


class Withdrawn(NoSuchLink):
    """What a link led to is not in use any more, though the link itself is good."""


@dataclass(frozen=True)
class Recipient:
    """Whom a link is for; the e-mail address is what tells two apart."""

    name: str
    email: str


# Of a link that is copied, to be pasted anywhere.
NOBODY_KNOWN = Recipient("", "")


@dataclass(frozen=True)
class Shareable:
    """A suggestion that its asker may share now, with what is needed to do so."""

    suggestion: Suggestion
    asset: Asset
    deal: Deal


@dataclass(frozen=True)
class Served:
    """What is behind a link: bytes, or for an asset that is a link itself, the address (`url`) that it leads to."""

    asset: Asset
    version: Version
    data: bytes
    url: str = ""


def emails(text: str) -> list[str]:
    """Return the e-mail addresses of a typed list; raises CannotShare naming what is none."""
    parts = [part for part in re.split(r"[\s,;<>]+", text) if part]
    wrong = [part for part in parts if not _EMAIL.fullmatch(part) and "@" in part]
    found = [part.lower() for part in parts if _EMAIL.fullmatch(part)]
    if wrong or (parts and not found):
        raise CannotShare(_("“{text}” is not an e-mail address.", text=" ".join(wrong or parts)))
    return found


def shareable(suggestion_id: str, *, user: CrmUser | None, services: Services, now: datetime) -> Shareable:
    """Return what a person may share: their own suggestion, a valid customer asset, a deal they still see."""
    found = own_suggestion(suggestion_id, email=user.email if user else "", services=services, now=now)
    try:
        visible = user and services.access.readable(user.id, [found.deal.id])
    except AccessUnknown as error:
        raise CannotShare(
            _("Salesforce can't be reached to check this deal. Try again in a minute.")
        ) from error
    if not visible:
        raise CannotShare(_("You can no longer see this deal in Salesforce."))
    return found


def own_suggestion(suggestion_id: str, *, email: str, services: Services, now: datetime) -> Shareable:
    """Return a suggestion made to this person whose asset may go to a customer now, without asking the CRM."""
    suggestion = services.ledger.suggestion(suggestion_id)
    asset = services.catalog.asset(suggestion.asset_id) if suggestion else None
    deal = services.mirror.deal(suggestion.deal_id) if suggestion else None
    if suggestion is None or asset is None or deal is None or suggestion.email != email:
        raise CannotShare(_("This suggestion is not yours or no longer there. Ask again with /content."))
    check_customer_may_have(asset, services, now=now)
    return Shareable(suggestion, asset, deal)


def editions(asset: Asset, services: Services, *, now: datetime) -> tuple[Asset, ...]:
    """Return an asset with its translations that a customer may have now, one for each language, the asset first."""
    only = asset_filter(shared_outside=True, now=now)
    siblings = services.index.siblings([asset.id], only=only).get(asset.id, ())
    found = (one for one in services.catalog.assets(set(siblings)) if may_show(one, only))
    known = {asset.language: asset}
    for one in sorted(found, key=lambda one: (one.title, one.id)):
        known.setdefault(one.language, one)
    return tuple(known.values())


def in_language(what: Shareable, language: str, services: Services, *, now: datetime) -> Shareable:
    """Return what is shared, in a language that it is there in; as it is where it is not."""
    if language == what.asset.language:
        return what
    found = (one for one in editions(what.asset, services, now=now) if one.language == language)
    return replace(what, asset=next(found, what.asset))


def check_customer_may_have(asset: Asset, services: Services, *, now: datetime) -> None:
    """Raise CannotShare for an asset that is internal, or that nobody may have now."""
    if asset.audience != "customer":
        raise CannotShare(_("“{title}” is internal and can't be shared with a customer.", title=asset.title))
    check_valid(asset, services, now=now)


def check_valid(asset: Asset, services: Services, *, now: datetime) -> None:
    """Raise CannotShare, naming what took its place, for an asset that nobody may have now."""
    if not is_valid(asset, on=now.date()):
        raise CannotShare(_no_longer(asset, services, now))


def share(
    what: Shareable,
    recipients: Sequence[Recipient],
    *,
    note: str,
    on_record: bool,
    services: Services,
    now: datetime,
    channel: str = "slack",
    along: Written | None = None,
    days: int | None = None,
) -> list[Share]:
    """Mint a link for each recipient and log a touch, in one transaction; the same again gives the same links.

    They last for so many `days` from now, at most as long as the installation says; a link that is there already too,
    where `days` are said. `along` is written in that transaction too; where its event is known, nothing is written, and
    nothing returned.
    """
    if not recipients:
        raise CannotShare(_("Choose a contact or type an e-mail address."))
    if len(recipients) > MOST_RECIPIENTS:
        raise CannotShare(_("At most {most} recipients at once.", most=MOST_RECIPIENTS))
    lasts = timedelta(days=min(days or services.link_days, services.link_days))
    minted = (_share(what, recipient, note, on_record, lasts, services, now) for recipient in recipients)
    shares = list({one.id: one for one in minted}.values())
    touches = [_touch(one, "shared", of=one.id, channel=channel, now=now) for one in shares]
    tasks = tuple(crm_task(touch) for touch in touches) if on_record else ()
    along = along or Written()
    written = Written((*along.records, *shares, *touches), (*along.tasks, *tasks), along.event)
    if not services.ledger.write(written, now=now):
        return []
    services.work.wake("write")
    kept = [there for one in shares if (there := services.ledger.share(one.id))]
    others = [one.id for one in kept if days and abs(one.expires_at - (now + lasts)) > SAID_AT_ONCE]
    if not others:
        return kept
    services.ledger.prolong_shares(others, until=now + lasts)
    return [there for one in kept if (there := services.ledger.share(one.id))]


def shared_before(what: Shareable, recipients: Sequence[Recipient], services: Services) -> list[Share]:
    """Return the newest share of this suggestion with each of these recipients who has one, whatever became of it."""
    newest = {one: _newest(what.suggestion.id, one, services) for one in _apart(recipients)}
    return [share for share in newest.values() if share]


def revoke(share_id: str, *, email: str, services: Services, now: datetime) -> Share:
    """End a link at once; only who made it may. Raises CannotShare."""
    one = services.ledger.share(share_id)
    if one is None or one.email != email:
        raise CannotShare(_("This link is not yours to end."))
    services.ledger.revoke_share(one.id, at=now)
    return services.ledger.share(one.id) or one


def take_back(touch_id: str, *, email: str, services: Services, now: datetime) -> Withdrawal:
    """Undo a touch: it counts no more, vanishes from the CRM, and a share's link ends; only who made it may.

    Raises CannotShare. Taken back again, it stays as it was.
    """
    touch = services.ledger.touch(touch_id)
    if touch is None or touch.email != email:
        raise CannotShare(_("This is not yours to undo."))
    one = Withdrawal(key("withdrawal", touch.id), touch.id, email, now)
    if touch.kind == "shared":
        # First: a link that is still open would be worse than one that ended for nothing.
        services.ledger.revoke_share(touch.share_id, at=now)
    services.ledger.write(Written(records=(one,), tasks=(crm_task(touch, why=one.id),)), now=now)
    services.work.wake("write")
    return services.ledger.withdrawals([touch.id])[0]


def came_through(suggestion: Suggestion, services: Services) -> str:
    """Return where a suggestion was found: on the deal's page in the CRM, or in Slack."""
    ask = services.ledger.ask(suggestion.ask_id)
    return "salesforce" if ask and ask.surface == "salesforce" and not ask.place.channel else "slack"


def shared_touch(share_id: str) -> str:
    """Return the id of the touch that a share made when it was shared."""
    return key("shared", share_id)


def link(one: Share, public_url: str) -> str:
    return f"{public_url}/s/{one.token}"


def open_link(suggestion: Suggestion, public_url: str) -> str:
    return f"{public_url}/o/{suggestion.open_token}"


def serve_share(token: str, services: Services, *, agent: str, by_person: bool, now: datetime) -> Served:
    """Return the bytes that a buyer's link leads to; when a person opened it, log that as a touch."""
    one = services.ledger.share_by_token(token) if _TOKEN.fullmatch(token) else None
    if one is None:
        raise NoSuchLink(_("This link is not known. Please check that it is complete."))
    asset = services.catalog.asset(one.asset_id)
    if one.revoked_at or now >= one.expires_at or asset is None:
        raise NoSuchLink(_("This link has expired. Please ask the person who sent it for a new one."))
    if asset.audience != "customer" or not is_valid(asset, on=now.date()):
        raise Withdrawn(_withdrawn(asset, services, now))
    if by_person:
        _log_opening(one, services, agent, now)
    return _served(asset, one.version_id, services)


def serve_suggestion(open_token: str, services: Services, *, by_person: bool, now: datetime) -> Served:
    """Return the bytes of a suggested asset for the rep; the link lasts a day."""
    suggestion = services.ledger.suggestion_by_token(open_token) if _TOKEN.fullmatch(open_token) else None
    asset = services.catalog.asset(suggestion.asset_id) if suggestion else None
    if suggestion is None or asset is None or now - suggestion.made_at > OPEN_LINK_LASTS:
        raise NoSuchLink(_("This link has expired. Open it again from where you found it."))
    if not is_valid(asset, on=now.date()):
        raise Withdrawn(_no_longer(asset, services, now))
    if by_person:
        touch = Touch(
            id=key("opened", suggestion.id),
            kind="opened",
            asset_id=suggestion.asset_id,
            version_id=suggestion.version_id,
            deal_id=suggestion.deal_id,
            email=suggestion.email,
            recipient="",
            channel=came_through(suggestion, services),
            share_id="",
            occurred_at=now,
        )
        services.ledger.write(Written(records=(touch,)), now=now)
    return _served(asset, suggestion.version_id, services)


def serve_preview(token: str, services: Services, *, now: datetime) -> Served | None:
    """Return the bytes of a version for who looks after its asset, published or not; None when the link is another."""
    one = services.ledger.preview_by_token(token) if _TOKEN.fullmatch(token) else None
    if one is None:
        return None
    asset = services.catalog.asset(one.asset_id)
    if asset is None or now - one.made_at > PREVIEW_LASTS:
        raise NoSuchLink(_("This link has expired. Look in Slack with /content library."))
    proposal = services.catalog.proposal(asset.id)
    shown = proposal if proposal and proposal.version_id == one.version_id else asset
    return _served(shown, one.version_id, services)


def crm_task(touch: Touch, *, why: str = "") -> Task:
    """Return the work of making the CRM say of a touch what the ledger says; `why` tells a later reason apart.

    Touches of one deal are never in two calls at once.
    """
    return Task(
        id=key("crm.touch", touch.id, why) if why else key("crm.touch", touch.id),
        kind="crm.touch",
        lane="write",
        subject=touch.id,
        partition=touch.deal_id,
    )


def _share(
    what: Shareable,
    recipient: Recipient,
    note: str,
    on_record: bool,
    lasts: timedelta,
    services: Services,
    now: datetime,
) -> Share:
    suggestion, asset = what.suggestion, what.asset
    is_other = asset.id != suggestion.asset_id
    # In another language it is another share.
    root = key(suggestion.id, asset.id) if is_other else suggestion.id
    return Share(
        id=_share_id(root, recipient, services, now),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        suggestion_id=suggestion.id,
        asset_id=asset.id,
        version_id=asset.version_id if is_other else suggestion.version_id,
        deal_id=suggestion.deal_id,
        email=suggestion.email,
        recipient=recipient.email.lower(),
        recipient_name=recipient.name,
        note=note,
        on_record=on_record,
        made_at=now,
        expires_at=now + lasts,
    )


def _share_id(suggestion_id: str, recipient: Recipient, services: Services, now: datetime) -> str:
    """Return the id that sharing this with this recipient has; after a link ended, sharing again is a new share."""
    last = _newest(suggestion_id, recipient.email.lower(), services)
    if last and not last.revoked_at and now < last.expires_at:
        return last.id
    return _next_id(suggestion_id, recipient.email.lower(), last)


def _newest(suggestion_id: str, email: str, services: Services) -> Share | None:
    """Return the last of the shares of a suggestion with a recipient, each made after the one before had ended."""
    last = None
    while one := services.ledger.share(_next_id(suggestion_id, email, last)):
        last = one
    return last


def _next_id(suggestion_id: str, email: str, last: Share | None) -> str:
    return key("share", suggestion_id, email, last.id) if last else key("share", suggestion_id, email)


def _apart(recipients: Sequence[Recipient]) -> list[str]:
    """Return the e-mail addresses of recipients, each once."""
    return list(dict.fromkeys(one.email.lower() for one in recipients))


def _log_opening(one: Share, services: Services, agent: str, now: datetime) -> None:
    last = services.ledger.last_opening(one.id)
    if last and now - last < ONE_READING:
        return
    opening = Opening(
        key("opening", one.id, now.timestamp() // ONE_READING.total_seconds()), one.id, agent[:300], now
    )
    touch = _touch(one, "opened_by_buyer", of=opening.id, channel="link", now=now)
    tasks = (crm_task(touch),) if one.on_record else ()
    services.ledger.write(Written(records=(opening, touch), tasks=tasks), now=now)
    services.work.wake("write")


def _touch(one: Share, kind: TouchKind, *, of: str, channel: str, now: datetime) -> Touch:
    """Return the touch that a share is, or that came through its link; `of` is the id of what made it."""
    return Touch(
        id=key(kind, of),
        kind=kind,
        asset_id=one.asset_id,
        version_id=one.version_id,
        deal_id=one.deal_id,
        email=one.email,
        recipient=one.recipient,
        channel=channel,
        share_id=one.id,
        occurred_at=now,
    )


def _no_longer(asset: Asset, services: Services, now: datetime) -> str:
    """Return for a colleague why an asset is of no use now, and what to do instead."""
    if asset.released and asset.released > now.date() and asset.status == "published":
        return _("“{title}” is not released before {day}.", title=asset.title, day=day(asset.released))
    other = successor(asset, services.catalog, on=now.date())
    if other:
        return _(
            "“{title}” was replaced by “{newer}”: ask again with /content {newer}",
            title=asset.title,
            newer=other.title,
        )
    return _("“{title}” is not valid any more. Ask again with /content for what is.", title=asset.title)


def _withdrawn(asset: Asset, services: Services, now: datetime) -> str:
    """Return for a buyer why a link shows nothing now; only what a customer may know is named."""
    other = successor(asset, services.catalog, on=now.date())
    if other and other.audience == "customer":
        return _(
            "There is something newer: “{title}”. The person who sent you this link can send you that one.",
            title=other.title,
        )
    return _(
        "The document behind this link is no longer in use. Please ask the person who sent you the link."
    )


def _served(asset: Asset, version_id: str, services: Services) -> Served:
    version = services.catalog.version(version_id)
    if version is None:
        raise NoSuchLink(_("This file is no longer there."))
    return Served(asset, version, services.catalog.data(version_id), asset.url)
