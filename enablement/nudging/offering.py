"""What a nudge offers, as a suggestion like those of answers: weighed alike, logged alike, explained alike."""

import secrets
from datetime import datetime

from enablement.access import asset_filter
from enablement.following import past
from enablement.model import Ask, CrmUser, Place, Reason, Suggestion, key, unasked
from enablement.nudging.causes import is_battlecard, names_one_of
from enablement.nudging.news import News
from enablement.ports import Services
from enablement.recommend import model
from enablement.sharing import TOKEN_BYTES
from enablement.weighing import known, weighed
from enablement.why import TOLD


def ask_of(message_id: str, slack_id: str, user: CrmUser, *, now: datetime) -> Ask:
    """Return what stands in the ledger for the question that nobody asked."""
    return unasked(message_id, "nudge", slack_id, email=user.email, place=Place(is_direct=True), now=now)


def suggestion_of(ask: Ask, rank: int, one: News, services: Services, *, now: datetime) -> Suggestion:
    """Return the suggestion that a nudge offers; `rank` is its place in the message."""
    score, reasons, by = _weighed(one, services, now)
    return Suggestion(
        id=key("suggestion", ask.id, one.nudge.id),
        ask_id=ask.id,
        email=ask.email,
        deal_id=one.deal.id,
        asset_id=one.asset.id,
        version_id=one.asset.version_id,
        rank=rank,
        score=score,
        # No lots are drawn here: it is shown for certain.
        propensity=1.0,
        reasons=(*reasons, Reason(TOLD, (_because(one),))),
        model=by,
        open_token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=now,
    )


def _weighed(one: News, services: Services, now: datetime) -> tuple[float, tuple[Reason, ...], str]:
    """Return score, reasons and what they come from: as kept for the deal, or weighed now where it is not listed."""
    row = next((row for row in services.shortlists.of(one.deal.id) if row.asset_id == one.asset.id), None)
    if row:
        return row.score, row.reasons, row.model
    only = asset_filter(shared_outside=False, now=now)
    given = services.ledger.feedback(one.deal.id, email=None)
    before = past(one.deal, services, only=only, given=given, now=now)
    found = weighed(one.asset, known(one.deal, before, [one.asset.id], services.lessons, now))
    return found.score, found.reasons, model(services.lessons.model, basis="fit")


def _because(one: News) -> str:
    """Say by what an asset was chosen: its place in the deal's list, a competitor who joined, or what changed of it."""
    if one.nudge.kind != "deal_changed":
        return one.nudge.kind
    return "joined" if is_battlecard(one.asset) and names_one_of(one.asset, one.joined) else "first"
