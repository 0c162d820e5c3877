"""What a person says of a suggestion, and what of it stands: it decides what their next list leaves out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from enablement.model import Event, Feedback, FeedbackVerdict, Suggestion, Written, key
from enablement.ports import Services

SNOOZED_FOR = timedelta(days=7)


def give(
    suggestion: Suggestion, verdict: FeedbackVerdict, *, event: Event, services: Services, now: datetime
) -> bool:
    """Keep what was said of a suggestion by whom it was made to; False for an event that is known."""
    given = Feedback(
        id=key("feedback", event.source, event.id),
        suggestion_id=suggestion.id,
        deal_id=suggestion.deal_id,
        asset_id=suggestion.asset_id,
        email=suggestion.email,
        verdict=verdict,
        given_at=now,
        until=now + SNOOZED_FOR if verdict == "snoozed" else None,
    )
    return services.ledger.write(Written(records=(given,), event=event), now=now)


def standing(given: Sequence[Feedback], *, now: datetime) -> tuple[Feedback, ...]:
    """Return of what was said the last word of each person on each asset of each deal, while it holds.

    What was undone holds no more, nor does what was snoozed until a moment that has come.
    """
    last = {(one.email, one.deal_id, one.asset_id): one for one in sorted(given, key=_when)}
    return tuple(
        one for one in last.values() if one.verdict != "undone" and (one.until is None or now < one.until)
    )


def _when(one: Feedback) -> tuple[datetime, str]:
    return one.given_at, one.id
