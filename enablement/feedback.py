"""What a person says of a suggestion, and what of it stands: it decides what their next list leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.model import Asset, Event, Feedback, FeedbackReason, FeedbackVerdict, Suggestion, Written, key
from enablement.ports import Services

SNOOZED_FOR = timedelta(days=7)
LONGEST_WORDS = 500
COMPLAINTS_WITHIN = timedelta(days=90)
MOST_READ = 2000


def give(
    suggestion: Suggestion,
    verdict: FeedbackVerdict,
    *,
    event: Event,
    services: Services,
    now: datetime,
    reason: FeedbackReason | None = None,
    words: str = "",
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
        reason=reason,
        words=" ".join(words.split())[:LONGEST_WORDS],
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


@dataclass(frozen=True)
class Complaint:
    """Why people find an asset not useful: how many, and what they said of it, newest first."""

    asset: Asset
    reason: FeedbackReason
    people: int
    words: tuple[str, ...]


def complaints(services: Services, *, now: datetime) -> list[Complaint]:
    """Return what was said lately of assets that are there, the most said first; each person's last word counts."""
    last: dict[tuple[str, str, str], Feedback] = {}
    for one in services.ledger.reasoned(since=now - COMPLAINTS_WITHIN, limit=MOST_READ):
        last.setdefault((one.email, one.deal_id, one.asset_id), one)
    assets = {one.id: one for one in services.catalog.assets({one.asset_id for one in last.values()})}
    groups: dict[tuple[str, FeedbackReason], list[Feedback]] = {}
    for one in last.values():
        if one.reason and one.asset_id in assets:
            groups.setdefault((one.asset_id, one.reason), []).append(one)
    found = [
        Complaint(
            assets[asset_id],
            reason,
            len({one.email for one in some}),
            tuple(dict.fromkeys(one.words for one in some if one.words)),
        )
        for (asset_id, reason), some in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.people, one.asset.title, one.reason))
