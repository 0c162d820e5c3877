"""Send a person the suggestions for the deal from which they asked in the CRM, if it is theirs to see."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from enablement.answering import Answer, reply_to
from enablement.model import Ask, Place, Task, Written, key, unasked
from enablement.people import NotServed, colleague
from enablement.ports import AccessUnknown, Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
# What an automation of the CRM orders for a person and deal so soon after a message about it is not sent.
ONE_BRIEF = timedelta(minutes=10)
_UNASKED = "unasked"


def brief(request: str, subject: str, services: Services, *, now: datetime) -> Answer | None:
    """Return what to send for a request (its id), or None when nothing is to be sent.

    The subject is that of `brief_task`. Raises TryLater, Undeliverable.
    """
    user_id, deal_id, *more = (*subject.split(), "", "")[:3]
    if not user_id or not deal_id:
        raise Undeliverable("a request for suggestions names no user or no deal")
    try:
        ask = _ask(key("brief", request), user_id, deal_id, services, now, is_unasked=more == [_UNASKED])
        if ask is None:
            return None
        if services.mirror.deal(deal_id) is None:
            # Made a moment ago: its record may be open in the CRM before we have heard of it.
            services.crm.refresh([deal_id])
        reply = reply_to(ask, services, now=now)
    except NotServed:
        # What is said to a person would tell whoever asked in their name what there is.
        log.info("suggestions for deal %s were asked for user %s: nothing is sent", deal_id, user_id)
        return None
    except AccessUnknown as error:
        raise TryLater("the CRM can't be asked who may see the deal") from error
    return reply if isinstance(reply, Answer) else None


def brief_task(request: str, user_id: str, deal_id: str, *, is_unasked: bool = False) -> Task:
    """Return the work of sending a CRM user the suggestions for a deal; `is_unasked`: an automation ordered it.

    Nobody waits for what is unasked, and of a user and deal two such are never worked on at once.
    """
    kind, pair = "deals.brief", f"{user_id} {deal_id}"
    if is_unasked:
        return Task(key(kind, request, pair), kind, "write", f"{pair} {_UNASKED}", partition=f"brief {pair}")
    return Task(key(kind, request), kind, "reply", pair)


def _ask(
    ask_id: str, user_id: str, deal_id: str, services: Services, now: datetime, *, is_unasked: bool
) -> Ask | None:
    """Return the ask that a request stands for, as it was written down at its first attempt; raises NotServed.

    None for an unasked one that comes soon after another message to this person about this deal.
    """
    known = services.ledger.ask(ask_id)
    if known:
        return known
    slack_id, email = _recipient(user_id, services, now)
    channel = services.messenger.direct(slack_id)
    if is_unasked and deal_id in services.ledger.briefed_deals(channel, email, since=now - ONE_BRIEF):
        return None
    asked = _asking(ask_id, slack_id, Place(channel, is_direct=True), deal_id, now)
    services.ledger.write(Written(records=(asked,)), now=now)
    return asked


def _recipient(user_id: str, services: Services, now: datetime) -> tuple[str, str]:
    """Return (Slack id, e-mail) of the Slack user who is this CRM user and no other; raises NotServed."""
    for slack_id in _candidates(user_id, services, now):
        try:
            found = colleague(_asking("", slack_id, Place(), "", now), services, now=now)
        except NotServed:
            continue
        if found.id == user_id:
            return slack_id, found.email
    raise NotServed("Nobody in Slack is this user.")


def _candidates(user_id: str, services: Services, now: datetime) -> Iterator[str]:
    """Yield who may be this CRM user, the likeliest first; Slack is asked last: it takes fifty such calls a minute."""
    linked = [link.slack_id for link in services.people.links() if link.crm_user_id == user_id]
    yield from linked
    user = services.mirror.user(user_id)
    if linked or user is None or not user.email:
        return
    yield from (profile.slack_id for profile in services.mirror.profiles(email=user.email))
    profile = services.messenger.find(user.email, now=now)
    if profile:
        services.mirror.keep_profile(profile)
        yield profile.slack_id


def _asking(ask_id: str, slack_id: str, place: Place, deal_id: str, now: datetime) -> Ask:
    return unasked(ask_id, "salesforce", slack_id, email="", place=place, deal_id=deal_id, now=now)
