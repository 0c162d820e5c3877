"""Which answer a few words change: the asker's own last one in the thread, or just now in the same conversation."""

from datetime import datetime, timedelta

from enablement.asked_deals import visible_deals
from enablement.model import Answered, Ask, CrmUser, Written, key
from enablement.ports import Services
from enablement.refining import Before, Reading, is_named, read, refined

# Outside its thread, what can only be meant for the answer before is taken for that as long as this.
JUST_NOW = timedelta(minutes=10)


def followed_up(ask: Ask, user: CrmUser, services: Services, *, now: datetime) -> Ask | None:
    """Return the question before as this follow-up changes it, kept as an ask of its own; None for a new question.

    Raises AccessUnknown where it may name another deal and the CRM is away.
    """
    if ask.replaces or ask.deal_id or not ask.place.channel:
        return None
    reading = read(ask.question)
    if reading is None:
        return None
    known = services.ledger.ask(key("refined", ask.id))
    if known:
        return known
    earlier = _earlier(ask, reading, user, services, now=now)
    before = _before(earlier, services) if earlier else None
    if before is None:
        return None

    def names_deal(text: str) -> bool:
        return is_named(text, visible_deals(user, services, question=text, also=[before.deal.id]))

    changed = refined(reading, ask, before, names_deal=names_deal)
    if changed:
        services.ledger.write(Written(records=(changed,)), now=now, lazily=True)
    return changed


def _earlier(
    ask: Ask, reading: Reading, user: CrmUser, services: Services, *, now: datetime
) -> Answered | None:
    place = ask.place
    here = (
        services.ledger.last_answer(place.channel, user.email, thread=place.thread) if place.thread else None
    )
    if here or not reading.is_unmistakable:
        return here
    return services.ledger.last_answer(place.channel, user.email, since=now - JUST_NOW)


def _before(earlier: Answered, services: Services) -> Before | None:
    ask, deal = services.ledger.ask(earlier.ask_id), services.mirror.deal(earlier.deal_id)
    if ask is None or deal is None:
        return None
    shown = services.ledger.suggestions(ask.id)
    first = [one.version_id for one in shown[:1]]
    pages = services.catalog.pages_of(first)
    return Before(ask, deal, tuple(one.asset_id for one in shown), sum(map(len, pages.values())))
