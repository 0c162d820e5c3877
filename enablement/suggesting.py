"""Make a suggestion of an asset that was found for an ask."""

import secrets
from dataclasses import replace
from datetime import datetime

from enablement.analyser import words
from enablement.exploring import Ranked
from enablement.model import Ask, CrmUser, Deal, Reason, Suggestion, key
from enablement.sharing import TOKEN_BYTES


def suggested(
    ask: Ask, user: CrmUser, deal: Deal, rank: int, one: Ranked, *, model: str, now: datetime
) -> Suggestion:
    """Return what was found as the suggestion of this rank, with its reasons in the words of the asker."""
    # For whom it is to be stands beside the question, once that is understood.
    said = f"{ask.question} {ask.refined.persona}"
    return Suggestion(
        id=key("suggestion", ask.id, one.asset.version_id),
        ask_id=ask.id,
        email=user.email,
        deal_id=deal.id,
        asset_id=one.asset.id,
        version_id=one.asset.version_id,
        rank=rank,
        score=one.score,
        propensity=one.propensity,
        reasons=tuple(_as_asked(reason, said) for reason in one.reasons),
        model=model,
        open_token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=now,
    )


def _as_asked(reason: Reason, question: str) -> Reason:
    """Return a reason with the words as the person wrote them: “CFO”, not “cfo”."""
    if reason.kind != "words":
        return reason
    spelt = {word: part for part in question.split() for word in words(part) if len(words(part)) == 1}
    return replace(reason, values=tuple(spelt.get(value, value).strip(",.;:?!") for value in reason.values))
