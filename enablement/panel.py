"""What a person does with an asset on a deal's page in the CRM: open it, or share it with the buyer."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.following import shown_in_crm
from enablement.language import _, speaking
from enablement.model import (
    Answered,
    Ask,
    Asset,
    CrmUser,
    Deal,
    Event,
    Place,
    Profile,
    Share,
    Suggestion,
    Written,
    key,
    unasked,
)
from enablement.people import NotServed
from enablement.ports import AccessUnknown, Services
from enablement.sharing import (
    TOKEN_BYTES,
    CannotShare,
    Recipient,
    Shareable,
    came_through,
    check_customer_may_have,
    check_valid,
    emails,
    open_link,
    share,
    shared_before,
)

# What a person does with an asset on a deal's page within so long is done with one suggestion.
ONE_LOOK = timedelta(minutes=10)
# Where an asset's score comes from that was not among the deal's suggestions: a person picked it.
PICKED = "picked"
# The longest that mail servers take: https://www.rfc-editor.org/errata/eid1690
LONGEST_EMAIL = 254
LONGEST_NOTE = 1000


class AlreadyUsed(Exception):
    """A request bears the id of another one, which was taken before."""


@dataclass(frozen=True)
class Pressed:
    """What the CRM says of a person who presses something: a request's id, a user, the deal they look at, an asset.

    `language` is theirs, such as `pt_BR`; empty where it is not said.
    """

    id: str
    user_id: str
    deal_id: str
    asset_id: str
    language: str = ""


@dataclass(frozen=True)
class _Look:
    """A person who may see the deal that they look at, and the asset there, as of the request's first arrival."""

    user: CrmUser
    deal: Deal
    asset: Asset
    ask: Ask
    is_known: bool


def open_asset(pressed: Pressed, services: Services, *, now: datetime) -> str:
    """Return a link to an asset for a colleague, which lasts a day; the same request again returns the same link.

    Raises NotServed or CannotShare, worded for them, and AlreadyUsed.
    """
    with _spoken_to(pressed, services) as profile:
        look = _look("open", pressed, (), profile, services, now)
        check_valid(look.asset, services, now=now)
        suggestion = _suggestion(look, services)
        if not look.is_known:
            services.ledger.write(_written("open", pressed, look, suggestion), now=now)
    kept = services.ledger.suggestion(suggestion.id) if _is_taken(look, services) else None
    if kept is None:
        raise AlreadyUsed
    return open_link(kept, services.public_url)


def share_asset(
    pressed: Pressed, recipients: Sequence[Recipient], *, note: str, services: Services, now: datetime
) -> list[Share]:
    """Share an asset with people of the buyer's; the same request again returns the same links.

    So does another one soon after it with the same recipients. Raises as `open_asset`.
    """
    with _spoken_to(pressed, services) as profile:
        look = _look("share", pressed, (note, *recipients), profile, services, now)
        if look.deal.is_closed:
            raise CannotShare(_("This deal is closed, so nothing can be shared for it any more."))
        check_customer_may_have(look.asset, services, now=now)
        _check_form(recipients, note)
        suggestion = _shared_lately(look, services) or _suggestion(look, services)
        what = Shareable(suggestion, look.asset, look.deal)
        made = (
            []
            if look.is_known
            else share(
                what,
                recipients,
                note=note,
                on_record=True,
                services=services,
                now=now,
                channel="salesforce",
                along=_written("share", pressed, look, suggestion),
            )
        )
    if not made and _is_taken(look, services):
        made = shared_before(what, recipients, services)
    if not made:
        raise AlreadyUsed
    return made


@contextmanager
def _spoken_to(pressed: Pressed, services: Services) -> Iterator[Profile | None]:
    """Word everything meanwhile in the person's language; yields who they are in Slack, as far as that is known."""
    profile = _profile(pressed.user_id, services)
    locale, zone = (profile.locale, profile.time_zone) if profile else ("", "UTC")
    with speaking(pressed.language, locale, time_zone=zone):
        yield profile


def _profile(user_id: str, services: Services) -> Profile | None:
    """Return who a CRM user is in Slack, a member before others; Slack itself is not asked: somebody waits."""
    linked = [one.slack_id for one in services.people.links() if one.crm_user_id == user_id]
    found = [profile for one in linked if (profile := services.mirror.profile(one))]
    user = services.mirror.user(user_id)
    if not found and user and user.email:
        found = services.mirror.profiles(email=user.email)
    return next(iter(sorted(found, key=lambda one: one.standing != "member")), None)


def _look(
    way: str,
    pressed: Pressed,
    rest: Sequence[object],
    profile: Profile | None,
    services: Services,
    now: datetime,
) -> _Look:
    """Return what a request is about; raises NotServed and CannotShare. `rest` is what else it says."""
    user = _user(pressed.user_id, profile, services)
    deal = _deal(user, pressed.deal_id, services)
    asset = _asset(pressed.asset_id, services, now)
    ask_id = key("panel", way, pressed.id, user.id, deal.id, asset.id, *rest)
    known = services.ledger.ask(ask_id)
    slack_id = profile.slack_id if profile else ""
    ask = known or unasked(
        ask_id, "salesforce", slack_id, email=user.email, place=Place(), deal_id=deal.id, now=now
    )
    return _Look(user, deal, asset, ask, is_known=known is not None)


def _user(user_id: str, profile: Profile | None, services: Services) -> CrmUser:
    user = services.mirror.user(user_id)
    if user is None or not user.is_active or not user.email:
        raise NotServed(
            _(
                "Touchline does not know you as an active Salesforce user. New users are known within a few minutes; "
                "otherwise ask your Touchline administrator."
            )
        )
    if profile and profile.standing != "member":
        raise NotServed(_("Touchline answers members of this workspace only."))
    return user


def _deal(user: CrmUser, deal_id: str, services: Services) -> Deal:
    """Return a deal that this person may read; one that they may not, and one that is not there, are told alike."""
    try:
        # The CRM is asked first: whether it is away must not tell which deals there are.
        may = services.access.readable(user.id, [deal_id])
    except AccessUnknown as error:
        raise CannotShare(
            _("Salesforce can't be reached to check this deal. Try again in a minute.")
        ) from error
    deal = services.mirror.deal(deal_id)
    if not may or deal is None:
        raise CannotShare(
            _("You can't see this deal in Salesforce, or it is so new that Touchline has not read it yet.")
        )
    return deal


def _asset(asset_id: str, services: Services, now: datetime) -> Asset:
    """Return an asset that is, or was, there for everybody; of what is in the making nothing is told."""
    asset = services.catalog.asset(asset_id)
    is_to_come = asset and asset.released and asset.released > now.date()
    if asset is None or asset.status in ("draft", "in_review") or is_to_come:
        raise CannotShare(_("This content is not in Touchline's library any more. Reload the page."))
    return asset


def _check_form(recipients: Sequence[Recipient], note: str) -> None:
    for one in recipients:
        if emails(one.email) != [one.email.lower()] or len(one.email) > LONGEST_EMAIL:
            raise CannotShare(_("“{text}” is not an e-mail address.", text=one.email))
    if len(note) > LONGEST_NOTE:
        raise CannotShare(_("The note is too long: at most {most} characters.", most=LONGEST_NOTE))


def _shared_lately(look: _Look, services: Services) -> Suggestion | None:
    """Return the suggestion from which this person shared the asset here a moment ago: twice is as once."""
    at = look.ask.asked_at
    shares = services.ledger.shares_of(email=look.user.email, deal_id=look.deal.id)
    # Where the request comes again, there may be a newer version by now.
    same = [one for one in shares if look.is_known or one.version_id == look.asset.version_id]
    lately = {
        one.suggestion_id: None
        for one in reversed(same)
        if one.asset_id == look.asset.id and one.made_at <= at < one.made_at + ONE_LOOK
    }
    found = (one for one in map(services.ledger.suggestion, lately) if one)
    return next((one for one in found if came_through(one, services) == "salesforce"), None)


def _suggestion(look: _Look, services: Services) -> Suggestion:
    """Return the suggestion that a look at an asset is: the one of a moment ago, or a new one.

    Its rank is the one that it has on the page, where nothing is left to chance.
    """
    at, seconds = look.ask.asked_at, ONE_LOOK.total_seconds()
    ids = [
        key("panel", look.user.id, look.deal.id, look.asset.version_id, begun.timestamp() // seconds)
        for begun in (at - ONE_LOOK, at)
    ]
    for one in map(services.ledger.suggestion, ids):
        if one and at - one.made_at < ONE_LOOK:
            return one
    rows = enumerate(shown_in_crm(look.deal, services, now=at), start=1)
    rank, shown = next(((n, row) for n, row in rows if row.asset_id == look.asset.id), (1, None))
    return Suggestion(
        id=ids[-1],
        ask_id=look.ask.id,
        email=look.user.email,
        deal_id=look.deal.id,
        asset_id=look.asset.id,
        version_id=look.asset.version_id,
        rank=rank,
        score=shown.score if shown else 0.0,
        propensity=1.0,
        reasons=shown.reasons if shown else (),
        model=shown.model if shown else PICKED,
        open_token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=at,
    )


def _written(way: str, pressed: Pressed, look: _Look, suggestion: Suggestion) -> Written:
    ask, email = look.ask, look.user.email
    answered = Answered(ask.id, look.deal.id, "record", "fit", False, email, "", "", ask.asked_at)
    return Written(records=(ask, answered, suggestion), event=Event(f"salesforce.{way}", pressed.id))


def _is_taken(look: _Look, services: Services) -> bool:
    """Say whether the request was taken just as it is, now or before; not where another one bears its id."""
    return look.is_known or services.ledger.ask(look.ask.id) is not None
