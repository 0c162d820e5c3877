"""Send a person the suggestions for the deal from which they asked in the CRM, if it is theirs to see."""

import logging
from collections.abc import Iterator
from datetime import datetime

from enablement.answering import Answer, reply_to
from enablement.model import Ask, Place, Written, key
from enablement.people import NotServed, colleague
from enablement.ports import AccessUnknown, Services, TryLater, Undeliverable

log = logging.getLogger(__name__)


def brief(request: str, subject: str, services: Services, *, now: datetime) -> Answer | None:
    """Return what to send for a request (its id), or None when nothing is to be sent.

    The subject is the CRM's ids of user and deal, with a space between. Raises TryLater, Undeliverable.
    """
    user_id, _, deal_id = subject.partition(" ")
    if not user_id or not deal_id:
        raise Undeliverable("a request for suggestions names no user or no deal")
    try:
        ask = _ask(key("brief", request), user_id, deal_id, services, now)
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


def _ask(ask_id: str, user_id: str, deal_id: str, services: Services, now: datetime) -> Ask:
    """Return the ask that a request stands for, as it was written down at its first attempt; raises NotServed."""
    known = services.ledger.ask(ask_id)
    if known:
        return known
    slack_id = _slack_id(user_id, services, now)
    asked = _asking(
        ask_id, slack_id, Place(services.messenger.direct(slack_id), is_direct=True), deal_id, now
    )
    services.ledger.write(Written(records=(asked,)), now=now)
    return asked


def _slack_id(user_id: str, services: Services, now: datetime) -> str:
    """Return the Slack user who is this CRM user and no other; raises NotServed."""
    for slack_id in _candidates(user_id, services, now):
        try:
            found = colleague(_asking("", slack_id, Place(), "", now), services, now=now)
        except NotServed:
            continue
        if found.id == user_id:
            return slack_id
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
    return Ask(
        id=ask_id,
        surface="salesforce",
        slack_id=slack_id,
        email="",
        question="",
        place=place,
        response_url="",
        replaces=False,
        deal_id=deal_id,
        asked_at=now,
    )
