"""What the tests of copied assets and suggestions look at, and how they bring them about."""

import json
from collections.abc import Sequence
from typing import Any

from crm import assets, suggestions
from enablement.following import suggest
from jobs import crm_work
from tests.doors import ROLLOUT, Stage

LIBRARIAN = "nova@harbourline.test"
COLLECTION = "/services/data/v62.0/composite/sobjects/"
ASSETS, SUGGESTIONS = COLLECTION + assets.OBJECT, COLLECTION + suggestions.OBJECT


def follow(stage: Stage) -> None:
    """Have the library followed as the schedule does, and do the work."""
    crm_work.follow_library(stage.services, [])
    stage.drain("write")


def shown(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return the assets as the org has them, by title."""
    names = ", ".join(("Id", *assets.FIELDS))
    rows = stage.org.query(f"SELECT {names} FROM {assets.OBJECT}")  # noqa: S608 - names of ours
    return {row["Title__c"]: row for row in rows}


def statuses(stage: Stage) -> dict[str, str]:
    return {title: row["Status__c"] for title, row in shown(stage).items()}


def writes(stage: Stage, path: str) -> list[int]:
    """Return how many rows each call of a collection held."""
    return [call["rows"] for call in stage.org_calls(path)]


def fitting(stage: Stage, count: int) -> list[str]:
    """Put assets into the library that fit the first deal; return their ids."""
    return [stage.publish(f"Plant story {n}", industries=["Manufacturing"]) for n in range(count)]


def choose(stage: Stage, deal: str = ROLLOUT) -> None:
    """Have what fits a deal chosen anew, and told to the org."""
    suggest([stage.deals[deal]], stage.services, now=stage.clock())
    stage.drain("write")


def suggested(stage: Stage) -> list[dict[str, Any]]:
    """Return the suggestions as the org has them, by deal and rank."""
    return stage.org.query(
        "SELECT Id, External_Ref__c, Opportunity__c, Rank__c, Content_Asset__r.External_Ref__c, "
        "Content_Asset__r.Title__c, Reason__c, Reasons__c, Basis__c, Suggested_At__c "
        "FROM Content_Suggestion__c ORDER BY Opportunity__c, Rank__c"
    )


def ranks(stage: Stage) -> list[str]:
    return [row["External_Ref__c"].rpartition("-")[2] for row in suggested(stage)]


def dead(stage: Stage) -> list[str]:
    return [one.error for one in stage.services.outbox.letters(states=["dead"], limit=99)]


def unsettled(stage: Stage) -> Sequence[object]:
    letters = stage.services.outbox.letters(states=["due", "leased", "dead"], limit=99)
    return [one for one in letters if one.kind.startswith("crm.")]


def worded(row: dict[str, Any]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = json.loads(row["Reasons__c"])
    return said
