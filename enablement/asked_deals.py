"""Which deals a person may see now, and which of them an ask is about."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from enablement import deals
from enablement.access import plausible_deals
from enablement.analyser import words
from enablement.language import _
from enablement.model import Ask, CrmUser, Deal, How
from enablement.people import NotServed, known_colleague
from enablement.ports import Services

FINALISTS = 200
# So long a deal whose suggestions were sent from the CRM is what a conversation is about.
BRIEF_LASTS = timedelta(hours=24)


def visible_deals(
    user: CrmUser, services: Services, *, question: str = "", also: Sequence[str] = ()
) -> list[Deal]:
    """Return the open deals (at most 200) that the CRM confirms this user may read now, newest change first.

    Before them come those of the place (`also`), and those that share words with the question.
    """
    here = [deal for deal in services.mirror.deals(also) if not deal.is_closed]
    plausible = deals.likeliest_first(question, plausible_deals(user, services.mirror))
    finalists = list({deal.id: deal for deal in (*here, *plausible)}.values())
    if not finalists:
        # Only to hear whether the CRM answers: that it does not must not tell who has deals that they may not see.
        services.access.readable(user.id, [user.id])
    seen: list[Deal] = []
    # What may not be seen takes no place among what may: go on until there are enough.
    while finalists and len(seen) < FINALISTS:
        some, finalists = finalists[:FINALISTS], finalists[FINALISTS:]
        allowed = services.access.readable(user.id, [deal.id for deal in some])
        seen += [deal for deal in some if deal.id in allowed]
    return seen[:FINALISTS]


def deals_like(typed: str, slack_id: str, services: Services, *, limit: int) -> list[Deal]:
    """Return the open deals of a colleague whose names hold what was typed, or are like it, that they may read now.

    Nothing for who is no known colleague. Raises AccessUnknown.
    """
    user = known_colleague(slack_id, services)
    if user is None:
        return []
    plausible = plausible_deals(user, services.mirror)
    asked = words(typed)
    found = [deal for deal in plausible if _holds_all(deal, asked)] or [
        deal for deal in deals.likeliest_first(typed, plausible) if deals.resembles(typed, deal)
    ]
    some = found[:FINALISTS]
    allowed = services.access.readable(user.id, [deal.id for deal in some]) if some else frozenset()
    return [deal for deal in some if deal.id in allowed][:limit]


def deal_of(ask: Ask, user: CrmUser, services: Services, *, now: datetime) -> deals.Choice | deals.Unclear:
    """Return the deal that an ask is about, or those that it may be about; raises NotServed, AccessUnknown."""
    if ask.deal_id:
        return _chosen(ask, ask.deal_id, user, services)
    place = ask.place
    thread = services.ledger.thread_deal(place.channel, place.thread, user.email) if place.thread else None
    channel = services.ledger.channel_deal(place.channel) if place.channel else None
    briefed = (
        services.ledger.briefed_deals(place.channel, user.email, since=now - BRIEF_LASTS)
        if place.is_direct and place.channel
        else []
    )
    record = next(iter(briefed), None)
    also = [deal_id for deal_id in (thread, channel, record) if deal_id]
    mine = visible_deals(user, services, question=ask.question, also=also)
    return deals.choose(ask.question, mine, thread=thread, channel=channel, record=record)


def _holds_all(deal: Deal, asked: Sequence[str]) -> bool:
    name = words(f"{deal.account} {deal.name}")
    return all(any(one in part for part in name) for one in asked)


def _chosen(ask: Ask, deal_id: str, user: CrmUser, services: Services) -> deals.Choice:
    """Return the deal that was picked from a list, or whose record the person came from; raises NotServed."""
    # The CRM is asked first: whether it is away must not tell which deals there are.
    may = services.access.readable(user.id, [deal_id])
    deal = services.mirror.deal(deal_id)
    if not may or deal is None or deal.is_closed:
        raise NotServed(_("You can't see this deal in Salesforce, or it is closed."))
    how: How = "chosen"
    if not ask.replaces:
        how = "record" if ask.surface == "salesforce" else "before" if ask.refines else "chosen"
    return deals.Choice(deal, how, deals.without_name(words(ask.question), deal))
