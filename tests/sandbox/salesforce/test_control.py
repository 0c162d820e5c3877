"""The sandbox's own doors: clock, record of calls, and the page."""

from threading import Thread
from typing import Any

import requests

from sandbox.salesforce import OrgConfig, create_app
from sandbox.slack.server import Server
from tests.sandbox.salesforce.client import OrgClient, log_in, touch


def page(org: OrgClient, deal: str, since: int | None = None) -> Any:
    return org.control(
        "GET", f"/opportunity/{deal}.json", query_string={} if since is None else {"since": since}
    )


def test_the_clock_can_go_back_and_forth(org: OrgClient) -> None:
    org.set_clock("2025-01-01T00:00:00+02:00")
    org.deal("old")
    org.control("POST", "/clock", json={"advance_seconds": 86_400})
    org.deal("later")
    org.set_clock(None)
    org.deal("now")

    created = org.values("SELECT CreatedDate FROM Opportunity ORDER BY CreatedDate")
    assert created[:2] == ["2024-12-31T22:00:00.000+0000", "2025-01-01T22:00:00.000+0000"]
    assert created[2] > "2026"


def test_answers_are_dated_by_the_orgs_clock_alone(org: OrgClient) -> None:
    org.set_clock("2025-01-01T00:00:00+00:00")

    with Server(org.app) as server:
        answer = requests.get(f"{server.url}/services/data", timeout=5)

    assert answer.headers["Date"] == "Wed, 01 Jan 2025 00:00:00 GMT"


def test_what_was_received_holds_no_token(org: OrgClient) -> None:
    org.query("SELECT Id FROM User")

    calls = org.control("GET", "/received")["calls"]

    assert [call["path"] for call in calls] == ["/services/oauth2/token", "/services/data/v62.0/query"]
    assert (calls[1]["rows"], calls[1]["soql"]) == (1, "SELECT Id FROM User")
    assert org.token not in str(calls)
    assert org.control("GET", f"/received?since={calls[0]['n']}")["calls"] == calls[1:]


def test_the_page_has_the_deal_and_all_around_it(org: OrgClient) -> None:
    deal = org.deal()
    org.create("Content_Touch__c", **touch(deal, "ref"))

    shown = page(org, deal)

    assert shown["opportunity"]["Content_Touches__r"]["records"][0]["Kind__c"] == "Shared"
    assert [stage["MasterLabel"] for stage in shown["stages"]][-1] == "Closed Lost"


def test_the_page_waits_for_the_next_touch(org: OrgClient) -> None:
    deal = org.deal()
    before = page(org, deal)
    seen: list[Any] = []
    waiting = Thread(target=lambda: seen.append(page(org, deal, since=before["revision"])))
    waiting.start()

    org.create("Content_Touch__c", **touch(deal, "ref"))

    waiting.join(timeout=5)
    assert seen[0]["revision"] > before["revision"]
    assert seen[0]["opportunity"]["Content_Touches__r"]["totalSize"] == 1


def test_writes_elsewhere_leave_the_revision_alone(org: OrgClient) -> None:
    deal = org.deal()
    before = page(org, deal)["revision"]

    org.create("Content_Touch__c", **touch(org.deal("other"), "ref"))

    assert page(org, deal)["revision"] == before


def test_pages_and_their_files_are_served(org: OrgClient) -> None:
    deal = org.deal()
    client = org.app.test_client()

    def status(path: str) -> int:
        with client.get(path) as answer:
            return answer.status_code

    pages = [f"/lightning/r/Opportunity/{deal}/view", "/lightning/o/Opportunity/list"]
    paths = [*pages, "/_static/record.js", "/_static/edit.js"]
    assert [status(path) for path in paths] == [200] * 4
    assert status(f"/lightning/r/Opportunity/{deal[:15]}/view") == 200
    assert status("/lightning/r/Opportunity/006Hs0000000099/view") == 404
    assert status("/lightning/r/Opportunity/rubbish/view") == 404


def test_the_list_finds_by_deal_and_account(org: OrgClient) -> None:
    norfield = org.create("Account", Name="Norfield 100%")
    org.deal("Rollout", AccountId=norfield)
    org.deal("Pilot")

    def found(words: str) -> list[str]:
        shown = org.control("GET", "/opportunities.json", query_string={"search": words})
        return [row["Name"] for row in shown["opportunities"]]

    assert (found("field 100%"), found("PIL"), found("'%"), len(found(""))) == (["Rollout"], ["Pilot"], [], 2)


def test_an_org_in_a_file_remembers(config: OrgConfig, tmp_path: Any) -> None:
    facts = {name: getattr(config, name) for name in config.__dataclass_fields__}
    kept = OrgConfig(**{**facts, "database": tmp_path / "org.sqlite"})
    first = create_app(kept)
    deal = log_in(first).deal()
    first.extensions["org"].store.close()

    again = create_app(kept)

    assert log_in(again).values("SELECT Id FROM Opportunity") == [deal]
    assert log_in(again).deal() != deal
    again.extensions["org"].store.close()
