"""What the touches of a deal add up to, written on the Opportunity; only where an administrator wants it.

The fields are those of crm/salesforce/deal-summary. Values are absolute: writing them twice is the same as once.
"""

from collections.abc import Mapping, Sequence

from crm.client import SalesforceClient
from crm.touches import advised
from crm.writing import chunks
from enablement.model import DealSummary

OBJECT = "Opportunity"
COUNT, LAST_AT, TOP_ASSET = "Content_Touch_Count__c", "Last_Content_Touch_At__c", "Top_Content__c"


def to_row(summary: DealSummary, titles: Mapping[str, str]) -> dict[str, object]:
    """Return the row of a deal; `titles` by asset id."""
    title = titles.get(summary.top_asset_id or "", "")
    return {
        "Id": summary.deal_id,
        COUNT: summary.touches,
        LAST_AT: summary.last_at.isoformat(timespec="milliseconds") if summary.last_at else None,
        TOP_ASSET: title[:255] or None,
    }


def write_summaries(
    client: SalesforceClient, summaries: Sequence[DealSummary], titles: Mapping[str, str]
) -> dict[str, Exception | None]:
    """Write what deals' touches add up to; return by deal what was wrong, or None."""
    outcome: dict[str, Exception | None] = {}
    for some in chunks(summaries):
        results = client.update(OBJECT, [to_row(one, titles) for one in some])
        for one, result in zip(some, results, strict=True):
            outcome[one.deal_id] = advised(result) if isinstance(result, Exception) else None
    return outcome
