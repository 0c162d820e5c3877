"""The fixtures of the panel's tests are what the panel's queries bring from the local org now."""

import json

import pytest

from checks import capture


def test_the_fixtures_are_what_the_org_gives_now() -> None:
    fresh = {name: capture.as_text(panel) for name, panel in capture.captured().items()}

    committed = {path.name: path.read_text(encoding="utf-8") for path in capture.FIXTURES.glob("*.json")}

    assert committed == fresh, "the panel's fixtures are old; write them anew with: python -m checks capture"


def test_the_states_of_the_panel_are_there() -> None:
    panels = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in capture.FIXTURES.glob("*.json")
    }

    counted = {name: (len(one["suggestions"]), len(one["touches"])) for name, one in panels.items()}
    whole = panels["panel"]

    assert counted == {"panel": (5, 11), "no_suggestions": (0, 11), "no_touches": (5, 0), "empty": (0, 0)}
    assert {one["Content_Asset__r"]["Status__c"] for one in whole["suggestions"]} == {
        "Published",
        "Review due",
    }
    assert {one["Kind__c"] for one in whole["touches"]} == {"Shared", "Presented", "Opened by buyer"}
    assert {one["Content_Asset__r"]["Status__c"] for one in whole["touches"]} >= {"Published", "Expired"}
    assert len(whole["contacts"]) == 3
    assert "attributes" not in json.dumps(whole)
    assert "+0000" not in json.dumps(whole)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("return [SELECT Id FROM Account];", "no list of the panel"),
        ("return [SELECT Id];", "no list of the panel"),
    ],
)
def test_a_query_that_fills_nothing_is_said(source: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        capture.queries(source)


def test_comments_hold_no_queries() -> None:
    source = "/* [SELECT Id FROM Account] */ // [SELECT Id FROM Lead]\n[ SELECT Id\n FROM Content_Touch__c ]"

    assert capture.queries(source) == {"touches": "SELECT Id FROM Content_Touch__c"}
