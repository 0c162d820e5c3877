"""What the platform itself does to an opportunity: fields that follow the stage, and its history."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.store import Store

_KEPT_IN_HISTORY = ("StageName", "Amount", "CloseDate", "Probability")


def follow_stage(
    store: Store, before: Mapping[str, Any] | None, changes: dict[str, Any], *, stamp: str
) -> None:
    """Fill in what a new stage brings with it: closed, won, forecast and, unless given, probability."""
    if before is not None and ("StageName" not in changes or changes["StageName"] == before["StageName"]):
        return
    stages = store.schema.get("OpportunityStage")
    stage = store.find(stages, stages.fields["masterlabel"], changes["StageName"])
    if stage is None:
        raise LookupError(f"no stage {changes['StageName']!r} although the picklist has it")
    changes["IsClosed"] = stage["IsClosed"]
    changes["IsWon"] = stage["IsWon"]
    changes["ForecastCategoryName"] = stage["ForecastCategoryName"]
    if changes.get("Probability") is None:
        changes["Probability"] = stage["DefaultProbability"]
    if before is not None:
        changes["LastStageChangeDate"] = stamp


def history_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the history row for a write, or None when nothing it records has changed."""
    if before is not None and all(before[name] == after[name] for name in _KEPT_IN_HISTORY):
        return None
    return {
        "OpportunityId": after["Id"],
        **{name: after[name] for name in _KEPT_IN_HISTORY},
        "PrevAmount": before["Amount"] if before else None,
        "PrevCloseDate": before["CloseDate"] if before else None,
        "IsDeleted": 0,
    }
