"""Locks, limits, sessions, the recycle bin, and who looked at what."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask

from tests.sandbox.salesforce.client import SECRET, TOUCHES, OrgClient, touch


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def upsert(org: OrgClient, *rows: dict[str, Any]) -> Any:
    return org.call("PATCH", TOUCHES, json={"records": list(rows)}).get_json()


def wait_until_waiting(org: OrgClient, call: "Future[Any]") -> None:
    """Return when a call waits for a lock; the state is asked for, nothing is guessed from time."""
    asked = Event()
    while org.control("GET", "/locks")["waiting"] == 0:
        assert not call.done(), "the call did not wait"
        asked.wait(0.005)


def test_a_write_waits_for_the_parent_and_goes_on(org: OrgClient, pool: ThreadPoolExecutor) -> None:
    deal = org.deal()
    org.control("POST", "/locks", json={"ids": [deal]})
    call = pool.submit(upsert, org, touch(deal, "a"))
    wait_until_waiting(org, call)

    org.control("DELETE", "/locks")

    assert call.result(timeout=5)[0]["success"] is True


def test_who_waits_for_ten_seconds_gives_up_for_that_parent_only(
    org: OrgClient, pool: ThreadPoolExecutor
) -> None:
    locked, free = org.deal("locked"), org.deal("free")
    org.set_clock("2026-01-01T00:00:00Z")
    org.control("POST", "/locks", json={"ids": [locked]})
    call = pool.submit(upsert, org, touch(locked, "a"), touch(free, "b"))
    wait_until_waiting(org, call)

    org.control("POST", "/clock", json={"advance_seconds": 9})
    assert not call.done()
    org.control("POST", "/clock", json={"advance_seconds": 1})

    first, second = call.result(timeout=5)
    assert first["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert second["success"] is True
    assert org.values("SELECT External_Ref__c FROM Content_Touch__c") == ["b"]


def test_a_lock_of_so_many_seconds_falls_by_itself(org: OrgClient, pool: ThreadPoolExecutor) -> None:
    deal = org.deal()
    org.set_clock("2026-01-01T00:00:00Z")
    org.control("POST", "/locks", json={"ids": [deal], "seconds": 5})
    call = pool.submit(upsert, org, touch(deal, "a"))
    wait_until_waiting(org, call)

    org.control("POST", "/clock", json={"advance_seconds": 5})

    assert call.result(timeout=5)[0]["success"] is True


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_locked_row_is_neither_changed_nor_deleted(
    org: OrgClient, method: str, pool: ThreadPoolExecutor
) -> None:
    deal = org.deal()
    org.set_clock("2026-01-01T00:00:00Z")
    org.control("POST", "/locks", json={"ids": [deal]})
    body = {"json": {"NextStep": "x"}} if method == "PATCH" else {}
    call = pool.submit(org.refusal, method, f"/sobjects/Opportunity/{deal}", **body)
    wait_until_waiting(org, call)

    org.control("POST", "/clock", json={"advance_seconds": 11})

    assert call.result(timeout=5) == (400, "UNABLE_TO_LOCK_ROW")


def test_two_calls_on_one_deal_go_one_after_the_other(org: OrgClient, pool: ThreadPoolExecutor) -> None:
    deal = org.deal()
    order = {"kind": "slow_write", "seconds": 0.3, "times": 1, "path_prefix": "/services/data"}
    org.control("POST", "/faults", json=order)
    calls = [pool.submit(upsert, org, touch(deal, ref)) for ref in ("a", "b")]
    wait_until_waiting(org, calls[1])

    assert [call.result(timeout=5)[0]["success"] for call in calls] == [True, True]
    assert org.control("GET", "/locks") == {"held": [], "waiting": 0}


def test_the_day_has_so_many_calls(org: OrgClient) -> None:
    org.set_clock("2026-01-01T12:00:00Z")
    org.control("POST", "/limits", json={"daily_api_requests": 2})

    statuses = [org.call("GET", "/limits").status_code for _ in range(3)]

    assert statuses == [200, 200, 403]
    assert org.refusal("GET", "/limits") == (403, "REQUEST_LIMIT_EXCEEDED")
    org.set_clock("2026-01-02T00:00:00Z")
    answer = org.call("GET", "/limits")
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/2"
    assert answer.get_json()["DailyApiRequests"] == {"Max": 2, "Remaining": 1}


def test_a_session_ends_with_its_time_and_when_told(app: Flask, org: OrgClient) -> None:
    org.control("DELETE", "/sessions")
    assert org.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    org.control("POST", "/sessions", json={"seconds": 0})

    form = {"grant_type": "client_credentials", "client_id": "touchline", "client_secret": SECRET}
    token = app.test_client().post("/services/oauth2/token", data=form).get_json()["access_token"]

    assert OrgClient(app, token).refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")


def test_a_deleted_deal_comes_back_with_what_went_along(org: OrgClient) -> None:
    deal = org.deal()
    early, late = (org.create("Content_Touch__c", **touch(deal, ref)) for ref in ("early", "late"))
    org.call("DELETE", f"/sobjects/Content_Touch__c/{early}")
    org.call("DELETE", f"/sobjects/Opportunity/{deal}")
    assert org.query("SELECT Id FROM Content_Touch__c") == []

    org.control("POST", "/undelete", json={"ids": [deal]})

    assert org.values("SELECT Id FROM Opportunity") == [deal]
    assert org.values("SELECT Id FROM Content_Touch__c") == [late]
    assert org.values("SELECT COUNT(Id) FROM OpportunityHistory") == [1]


def test_a_row_whose_key_was_taken_meanwhile_stays_in_the_bin(org: OrgClient) -> None:
    deal = org.deal()
    old = org.create("Content_Touch__c", **touch(deal, "key"))
    org.call("DELETE", f"/sobjects/Content_Touch__c/{old}")
    new = org.create("Content_Touch__c", **touch(deal, "key"))

    answer = org.app.test_client().post("/_sandbox/undelete", json={"ids": [old]})

    assert answer.get_json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert org.values("SELECT Id FROM Content_Touch__c") == [new]


@pytest.mark.parametrize("text", ["006000000000000AAA", "nonsense"])
def test_what_is_not_in_the_bin_is_not_undeleted(org: OrgClient, text: str) -> None:
    assert org.app.test_client().post("/_sandbox/undelete", json={"ids": [text]}).status_code == 400


def test_everybody_has_seen_what_they_looked_at(org: OrgClient, as_user: Callable[[str], OrgClient]) -> None:
    rep = org.user("rep")
    one, two = org.deal("One", OwnerId=rep), org.deal("Two", OwnerId=rep)
    for moment, deal in (
        ("2026-01-01T00:00:00Z", one),
        ("2026-01-02T00:00:00Z", two),
        ("2026-01-03T00:00:00Z", one),
    ):
        org.set_clock(moment)
        org.control("POST", "/views", json={"username": "rep@example.com", "id": deal})
    session = as_user("rep")

    recent = session.call("GET", "/recent").get_json()
    limited = session.call("GET", "/recent?limit=1").get_json()
    viewed = session.query("SELECT Name, LastViewedDate FROM Opportunity ORDER BY LastViewedDate DESC")

    assert [row["Name"] for row in recent] == ["One", "Two"]
    assert recent[0]["attributes"]["type"] == "Opportunity"
    assert [row["Name"] for row in limited] == ["One"]
    assert [row["LastViewedDate"][:10] for row in viewed] == ["2026-01-03", "2026-01-02"]
    assert org.call("GET", "/recent").get_json() == []
    assert org.values("SELECT LastViewedDate FROM Opportunity") == [None, None]
    items = session.call("GET", "/sobjects/Opportunity").get_json()["recentItems"]
    assert [item["Id"] for item in items] == [one, two]


def test_reading_a_row_is_no_look_at_it_but_for_view_is(org: OrgClient) -> None:
    deal = org.deal("Viewed")
    org.call("GET", f"/sobjects/Opportunity/{deal}")
    assert org.call("GET", "/recent").get_json() == []

    org.query("SELECT Id FROM Opportunity FOR REFERENCE")
    assert org.call("GET", "/recent").get_json() == []
    [row] = org.query("SELECT LastViewedDate, LastReferencedDate FROM Opportunity")
    assert (row["LastViewedDate"], row["LastReferencedDate"] is not None) == (None, True)
    org.query("SELECT Id FROM Opportunity FOR VIEW")

    assert [each["Name"] for each in org.call("GET", "/recent").get_json()] == ["Viewed"]


def test_stamps_rise_with_every_write_whatever_the_clock(org: OrgClient) -> None:
    org.set_clock("2026-01-01T00:00:00Z")
    deal = org.deal()
    stamps = []
    for number in range(5):
        org.call("PATCH", f"/sobjects/Opportunity/{deal}", json={"Amount": number})
        stamps += org.values("SELECT SystemModstamp FROM Opportunity")

    assert stamps == sorted(set(stamps))


def test_layouts_show_what_the_user_may_see(still_org: OrgClient) -> None:
    layout = still_org.call("GET", "/sobjects/Content_Touch__c/describe/layouts").get_json()["layouts"][0]
    shown = [
        row["layoutItems"][0]["layoutComponents"][0]["value"]
        for row in layout["detailLayoutSections"][0]["layoutRows"]
    ]

    assert {"Kind__c", "Opportunity__c"} <= set(shown)


def test_a_description_that_did_not_change_is_not_sent_again(still_org: OrgClient) -> None:
    first = still_org.call("GET", "/sobjects/Account/describe")
    again = still_org.call(
        "GET", "/sobjects/Account/describe", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    older = still_org.call(
        "GET", "/sobjects/Account/describe", headers={"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    )

    assert (again.status_code, again.data, older.status_code) == (304, b"", 200)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/limits", {"daily_api_requests": "many"}),
        ("/limits", {}),
        ("/sessions", {"seconds": -1}),
        ("/locks", {"ids": ["x"]}),
        ("/bulk", {"polls": None}),
        ("/refresh_tokens", {"user": "x"}),
        ("/views", {"username": "touchline@example.com", "id": "00000000000000AAAA"}),
    ],
)
def test_a_senseless_circumstance_is_refused(org: OrgClient, path: str, body: dict[str, Any]) -> None:
    assert org.app.test_client().post(f"/_sandbox{path}", json=body).status_code == 400
