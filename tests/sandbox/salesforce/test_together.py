"""Many clients at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.sandbox.salesforce.client import BASE, TOUCHES, OrgClient, touch

WRITERS, ROUNDS = 6, 8


def test_writers_and_readers_do_not_stand_in_each_others_way(org: OrgClient) -> None:
    deals = sorted(org.deal(f"d{number}") for number in range(4))

    def write(writer: int) -> list[bool]:
        done = []
        for turn in range(ROUNDS):
            rows = [touch(deal, f"{writer}-{turn}-{deal}") for deal in deals]
            results: list[Any] = org.call("PATCH", TOUCHES, json={"records": rows}).get_json()
            done += [row["success"] for row in results]
        return done

    def bundle(writer: int) -> list[bool]:
        parts = [
            {
                "method": "POST",
                "url": f"{BASE}/sobjects/Content_Touch__c",
                "referenceId": f"r{place}",
                "body": {k: v for k, v in touch(deal, f"c{writer}-{place}").items() if k != "attributes"},
            }
            for place, deal in enumerate(deals)
        ]
        body = {"allOrNone": True, "compositeRequest": parts}
        answer = org.call("POST", "/composite", json=body).get_json()["compositeResponse"]
        return [part["httpStatusCode"] == 201 for part in answer]

    def read(_: int) -> list[bool]:
        return [
            isinstance(org.query("SELECT COUNT(Id) n FROM Content_Touch__c"), list) for _ in range(ROUNDS)
        ]

    with ThreadPoolExecutor(WRITERS + 4) as pool:
        calls = [pool.submit(write, writer) for writer in range(WRITERS)]
        calls += [pool.submit(act, number) for number in range(2) for act in (bundle, read)]
        done = [each for call in calls for each in call.result(timeout=60)]

    assert all(done)
    written = WRITERS * ROUNDS * len(deals) + 2 * len(deals)
    assert org.query("SELECT COUNT(Id) n FROM Content_Touch__c")[0]["n"] == written
    assert org.control("GET", "/locks") == {"held": [], "waiting": 0}
