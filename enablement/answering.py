"""Answer an ask: find the person, the deal, the assets; say what was found and on what grounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from enablement import deals
from enablement.access import asset_filter, may_show
from enablement.asked_deals import deal_of, visible_deals
from enablement.effects import why
from enablement.exploring import lots
from enablement.feedback import standing
from enablement.followed_up import followed_up
from enablement.following import kept, past, renewal
from enablement.gist import gist
from enablement.language import _
from enablement.listing import leaving_out, listed
from enablement.model import (
    Answered,
    Ask,
    Asset,
    Basis,
    ChannelLink,
    CrmUser,
    Deal,
    Feedback,
    How,
    Share,
    Suggestion,
    Written,
    key,
)
from enablement.narrowing import asked_for
from enablement.people import NotServed, colleague
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.recommend import model, seed
from enablement.sent import still_sent
from enablement.suggesting import suggested
from enablement.wishes import for_deal, wished


@dataclass(frozen=True)
class Shown:
    """One asset of an answer."""

    suggestion: Suggestion
    asset: Asset
    # What this person said of it for this deal, as far as that stands.
    noted: Feedback | None = None
    # What this person shared of it for this deal, in whichever answer.
    sent: tuple[Share, ...] = ()
    # Whether this person keeps it at hand.
    saved: bool = False


@dataclass(frozen=True)
class Answer:
    """What is shown: the deal, how it was found, and one to five assets (none only when nothing fits)."""

    ask: Ask
    deal: Deal
    how: How
    basis: Basis
    customers_only: bool
    shown: tuple[Shown, ...]
    # What was asked for besides and nothing met.
    missed: tuple[str, ...] = ()
    # Whether it changes an answer before it.
    follows: bool = False


@dataclass(frozen=True)
class Picker:
    """Several deals may be meant: the person picks."""

    ask: Ask
    deals: tuple[Deal, ...]
    text: str


@dataclass(frozen=True)
class Refusal:
    """Nothing can be shown; the text says why and what to do."""

    ask: Ask
    text: str


@dataclass(frozen=True)
class Done:
    """Something was done; the text says what."""

    ask: Ask
    text: str


Reply = Answer | Picker | Refusal | Done


def answer(ask: Ask, services: Services, *, now: datetime) -> Reply:
    """Return the reply to an ask and keep what was suggested; the same ask gets the same answer again."""
    try:
        return reply_to(ask, services, now=now)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    except AccessUnknown:
        return Refusal(
            ask, _("Salesforce can't be reached to check what you may see. Please ask again in a minute.")
        )


def reply_to(ask: Ask, services: Services, *, now: datetime) -> Reply:
    """Return the reply to an ask as `answer` does; raises NotServed or AccessUnknown instead of putting it in words."""
    with services.one_connection():
        return _reply_to(ask, services, now=now)


def _reply_to(ask: Ask, services: Services, *, now: datetime) -> Reply:
    user = colleague(ask, services, now=now)
    earlier = services.ledger.answered(ask.id)
    if earlier:
        return redraw(ask, earlier, user, services)
    changed = followed_up(ask, user, services, now=now)
    if changed:
        return _reply_to(changed, services, now=now)
    chosen = deal_of(ask, user, services, now=now)
    about = chosen.deals if isinstance(chosen, deals.Unclear) else (chosen.deal,)
    understood = _understood(ask, about, services, now=now)
    if understood:
        services.ledger.write(Written(records=(understood,)), now=now, lazily=True)
    ask = understood or ask
    if isinstance(chosen, deals.Unclear):
        return _picker(ask, chosen.deals)
    earlier = services.ledger.answered(understood.id) if understood else None
    if earlier:
        return redraw(ask, earlier, user, services)
    return _answer(ask, for_deal(ask, chosen), user, services, now=now)


def link_channel(ask: Ask, services: Services, *, now: datetime) -> Reply:
    """Make the deal named in the ask the deal of its channel."""
    try:
        user = colleague(ask, services, now=now)
        mine = visible_deals(user, services, question=ask.question)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    except AccessUnknown:
        return Refusal(
            ask, _("Salesforce can't be reached to check what you may see. Please try again in a minute.")
        )
    chosen = deals.named(ask.question, mine)
    if not isinstance(chosen, deals.Choice):
        return Refusal(
            ask,
            _(
                "No single open deal of yours is called “{question}”. Give more of its name.",
                question=ask.question,
            ),
        )
    link = ChannelLink(ask.place.channel, chosen.deal.id, user.email, now)
    services.ledger.write(Written(records=(link,)), now=now)
    return Done(
        ask, _("This channel is now about {deal}. Ask with /content from here.", deal=chosen.deal.name)
    )


def pick(ask: Ask, services: Services, *, now: datetime) -> Reply:
    """Return a picker over all the open deals that the person may see."""
    try:
        user = colleague(ask, services, now=now)
        return _picker(ask, tuple(visible_deals(user, services)))
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    except AccessUnknown:
        return Refusal(
            ask, _("Salesforce can't be reached to check what you may see. Please try again in a minute.")
        )


def redraw(ask: Ask, earlier: Answered, user: CrmUser, services: Services) -> Answer | Refusal:
    """Return an answer as it was, with what the person dismissed since marked, and without what is no longer valid."""
    deal = services.mirror.deal(earlier.deal_id)
    if not services.access.readable(user.id, [earlier.deal_id]) or deal is None:
        return Refusal(ask, _("You can no longer see this deal in Salesforce."))
    return _drawn(ask, earlier, deal, services)


def redrawn(ask_id: str, services: Services) -> Answer | None:
    """Return an answer as its asker sees it now, or None when there is none they may see."""
    ask, earlier = services.ledger.ask(ask_id), services.ledger.answered(ask_id)
    if ask is None or earlier is None:
        return None
    try:
        user = colleague(ask, services, now=services.clock())
        said = redraw(ask, earlier, user, services)
    except (NotServed, AccessUnknown, TryLater):
        return None
    return said if isinstance(said, Answer) else None


def as_json(reply: Reply) -> dict[str, object]:
    """Return an answer as the command line and the demo print it."""
    if not isinstance(reply, Answer):
        return {"refused": reply.text}
    return {
        "question": reply.ask.question,
        "deal": {"id": reply.deal.id, "name": reply.deal.name, "how": reply.how},
        "basis": reply.basis,
        "answer": [
            {
                "asset": shown.asset.id,
                "title": shown.asset.title,
                "version": shown.asset.version,
                "language": shown.asset.language,
                "score": shown.suggestion.score,
                "reasons": why(shown.suggestion.reasons),
            }
            for shown in reply.shown
        ],
    }


def _picker(ask: Ask, some: tuple[Deal, ...]) -> Picker | Refusal:
    if not some:
        return Refusal(
            ask, _("I know of no open deal of yours. Deals appear here a minute after Salesforce has them.")
        )
    return Picker(ask, some, _("Which deal is this for?"))


def _answer(ask: Ask, chosen: deals.Choice, user: CrmUser, services: Services, *, now: datetime) -> Answer:
    deal = chosen.deal
    given = services.ledger.feedback(deal.id, email=None)
    mine = standing([one for one in given if one.email == user.email], now=now)
    outside = _outsiders_read(ask, services)
    only = asset_filter(shared_outside=outside, now=now, without=tuple(one.asset_id for one in mine))
    only = leaving_out(ask.refined.without, only, services)
    before = past(deal, services, only=only, given=given, now=now)
    run = services.lessons.model
    is_plain = not chosen.words and not asked_for(ask.refined)
    earlier = kept(deal, services, only=only, past=before) if is_plain else None
    found, missed = listed(ask, chosen, services, only=only, now=now, before=before, earlier=earlier)
    made_by = model(run, basis=found.basis)
    suggestions = tuple(
        suggested(ask, user, deal, rank, one, model=made_by, now=now)
        for rank, one in enumerate(found.ranked, start=1)
    )
    drawn = lots(found.chances, deal_id=deal.id, seed=seed(deal, before), model=made_by, now=now)
    tasks = (renewal(deal, services, past=before, on=only.on),) if is_plain and earlier is None else ()
    place = ask.place
    record = Answered(
        ask_id=ask.id,
        deal_id=deal.id,
        how=chosen.how,
        basis=found.basis,
        customers_only=outside,
        email=user.email,
        channel=place.channel,
        thread=place.thread,
        at=now,
        missed=missed,
    )
    # Nobody has seen it yet: the note that its delivery begins brings it to the disk too.
    services.ledger.write(Written(records=(record, *suggestions, *drawn), tasks=tasks), now=now, lazily=True)
    return _drawn(ask, record, deal, services)


def _understood(ask: Ask, about: Sequence[Deal], services: Services, *, now: datetime) -> Ask | None:
    """Return a first question as it is understood, in the words to search by; None where it is that already."""
    if ask.replaces or ask.refines:
        return None
    read = wished(ask, about) or replace(ask, id=key("refined", ask.id), refines=ask.id)
    only = asset_filter(shared_outside=_outsiders_read(ask, services), now=now)
    short = gist(read.question, index=services.index, only=only, about=about)
    read = read if short is None else replace(read, question=short)
    if (read.question, read.refined) == (ask.question, ask.refined):
        return None
    # Asked again after a stop half-way, it is what it was then, whatever came into the library since.
    return services.ledger.ask(read.id) or read


def _outsiders_read(ask: Ask, services: Services) -> bool:
    return (
        bool(ask.place.channel)
        and not ask.place.is_direct
        and services.messenger.is_shared_outside(ask.place.channel)
    )


def _drawn(ask: Ask, record: Answered, deal: Deal, services: Services) -> Answer:
    suggestions = services.ledger.suggestions(ask.id)
    assets = {asset.id: asset for asset in services.catalog.assets([one.asset_id for one in suggestions])}
    given = services.ledger.feedback(deal.id, email=record.email)
    noted = {one.asset_id: one for one in standing(given, now=services.clock())}
    sent = still_sent(deal.id, email=record.email, services=services)
    saved = {one.asset_id for one in services.saved.of(record.email)}
    only = asset_filter(shared_outside=record.customers_only, now=services.clock())
    shown = tuple(
        Shown(
            one,
            assets[one.asset_id],
            noted.get(one.asset_id),
            tuple(share for share in sent if one.asset_id == share.asset_id or one.id == share.suggestion_id),
            one.asset_id in saved,
        )
        for one in suggestions
        if one.asset_id in assets and may_show(assets[one.asset_id], only)
    )
    # A first question that was understood was not answered as it was put.
    follows = bool(ask.refines) and services.ledger.answered(ask.refines) is not None
    return Answer(ask, deal, record.how, record.basis, record.customers_only, shown, record.missed, follows)
