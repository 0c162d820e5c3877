"""What fits a deal becomes rows of Content_Suggestion__c, one a rank; the names are those of crm/salesforce."""

import json
from collections.abc import Sequence

from crm.touches import EXTERNAL_ID, LOOKUP, LOOKUP_FIELD, Row
from enablement.effects import EVIDENCE, finding, in_short, why
from enablement.language import speaking
from enablement.model import LANGUAGES, Reason, Recommended
from enablement.recommend import MOST as MOST

OBJECT = "Content_Suggestion__c"
SUGGESTED_AT, BASIS = "Suggested_At__c", "Basis__c"
# What `to_rows` writes; a test holds the two together.
FIELDS = (
    *(EXTERNAL_ID, "Opportunity__c", "Rank__c", LOOKUP_FIELD, "Reason__c", "Reasons__c"),
    *(BASIS, SUGGESTED_AT),
)
LONGEST_REASON, LONGEST_REASONS = 255, 8000


def ref(deal_id: str, rank: int) -> str:
    """Return the external id of the suggestion at a rank, from 1 on: whatever is suggested there takes its place."""
    return f"{deal_id}-{rank}"


def to_rows(shown: Sequence[Recommended]) -> list[Row]:
    """Return the rows of a deal's suggestions, best first."""
    return [_row(one, rank) for rank, one in enumerate(shown, start=1)]


def compared(rows: Sequence[Row]) -> list[Row]:
    """Return of rows what must differ for them to be written again: not when they were made, nor by which model.

    A new round of learning that says the same of the same assets is no news to anybody.
    """
    return [{name: cell for name, cell in row.items() if name not in (SUGGESTED_AT, BASIS)} for row in rows]


def _row(one: Recommended, rank: int) -> Row:
    with speaking("en"):
        in_english = _in_short(one.reasons)
    return {
        EXTERNAL_ID: ref(one.deal_id, rank),
        "Opportunity__c": one.deal_id,
        "Rank__c": rank,
        LOOKUP: one.asset_id,
        "Reason__c": in_english,
        # What is left out first is what stands last.
        "Reasons__c": _worded(sorted(one.reasons, key=lambda reason: reason.kind != EVIDENCE)),
        BASIS: one.model[:80],
        SUGGESTED_AT: one.made_at.isoformat(timespec="milliseconds"),
    }


def _in_short(reasons: Sequence[Reason]) -> str:
    """Return the reasons as a sentence, cut to the room that the verdict leaves, and the verdict."""
    said, verdict = in_short(reasons)
    room = max(0, LONGEST_REASON - len(verdict) - 1)
    return f"{said[:room] if verdict else said} {verdict}".strip()[:LONGEST_REASON]


def _worded(reasons: Sequence[Reason]) -> str:
    """Return the reasons in all languages as JSON; what would not fit is left out, the weakest first.

    `verdict` says, where there is one, that the last phrase in each language is the verdict, and which.
    """
    worded: dict[str, list[str] | str] = {}
    for language in LANGUAGES:
        with speaking(language):
            worded[language.replace("-", "_")] = why(reasons)
    if found := finding(reasons):
        worded["verdict"] = found.verdict
    said = json.dumps(worded, ensure_ascii=False)
    return said if len(said) <= LONGEST_REASONS else _worded(reasons[:-1])
