"""From a change in Salesforce to our copy of it, over real HTTP: sent, taken, read again."""

import threading
import time
from datetime import timedelta
from typing import Any

import requests

from enablement.model import Deal
from jobs.relay import Relay
from sandbox.salesforce.ids import make_id
from tests.crm.hook_requests import ORG
from tests.doors import BRYCE, HALDEN, HOOK_SECRET, OUTBOUND_PATH, RENEWAL, ROLLOUT, Stage, until

FACTS = {"StageName": "Prospecting", "CloseDate": "2027-03-31"}


def order(stage: Stage, path: str, body: dict[str, Any]) -> Any:
    answer = requests.post(f"{stage.org_url}/_sandbox/{path}", json=body, timeout=60)
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def report_opportunities(stage: Stage, path: str = OUTBOUND_PATH) -> None:
    """Have the org send an Outbound Message for each Opportunity that is made or changed."""
    endpoint = f"{stage.app_url}/salesforce/outbound/{path}"
    order(stage, "outbound", {"object": "Opportunity", "fields": ["StageName"], "endpoint": endpoint})


def sent(stage: Stage) -> list[dict[str, Any]]:
    answer = requests.get(f"{stage.org_url}/_sandbox/outbound/sent", timeout=30)
    return list(answer.json()["messages"])


def pending(stage: Stage) -> int:
    return int(requests.get(f"{stage.org_url}/_sandbox/outbound", timeout=30).json()["pending"])


def refreshes(stage: Stage) -> int:
    letters = stage.services.outbox.letters(states=["due", "leased", "done", "dead"], limit=10_000)
    return sum(one.kind == "deals.refresh" for one in letters)


def mirrored(stage: Stage, name: str) -> Deal:
    found = stage.services.mirror.deal(stage.deals[name])
    assert found is not None
    return found


def test_a_changed_deal_is_read_again(stage: Stage) -> None:
    report_opportunities(stage)

    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "Amount": 4321, "StageName": "Prospecting"}])
    until(lambda: refreshes(stage) == 1)
    stage.drain("write")

    assert (mirrored(stage, HALDEN).amount, mirrored(stage, HALDEN).stage) == (4321, "Prospecting")
    assert [message["ack"] for message in sent(stage)] == [True]


def test_a_change_reaches_fresh_suggestions_without_a_hand(stage: Stage) -> None:
    report_opportunities(stage)
    stop = threading.Event()
    relay = threading.Thread(target=Relay(stage.services, owner="test", schedules={}).run, args=(stop,))
    relay.start()
    try:
        stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "Amount": 77}])

        until(lambda: mirrored(stage, ROLLOUT).amount == 77)
        until(lambda: stage.services.shortlists.of(stage.deals[ROLLOUT]))
    finally:
        stop.set()
        relay.join()


def test_a_new_deal_comes_by_its_message(stage: Stage) -> None:
    report_opportunities(stage)

    [made] = stage.org.insert("Opportunity", [{"Name": "New one", "OwnerId": stage.users["maya"], **FACTS}])
    until(lambda: refreshes(stage) == 1)
    stage.drain("write")

    found = stage.services.mirror.deal(made)
    assert found is not None
    assert found.name == "New one"


def test_nothing_is_believed_that_a_message_says_of_a_deal(stage: Stage) -> None:
    report_opportunities(stage)
    order(stage, "outbound/manners", {"automatic": False})
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "Amount": 1}])
    order(stage, "outbound/deliver", {})
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "Amount": 2}])

    stage.drain("write")

    assert mirrored(stage, HALDEN).amount == 2


def test_a_deal_that_is_gone_by_then_is_forgotten(stage: Stage) -> None:
    body = {"type": "opportunity.changed", "org": ORG, "records": [stage.deals[HALDEN], make_id("006", 77)]}
    hook = {"url": f"{stage.app_url}/salesforce/hook", "secret": HOOK_SECRET, "payload": body}
    stage.org_delete("Opportunity", stage.deals[HALDEN])
    # The local org signs by its own clock, which may be ahead of this machine's by seconds.
    [message] = order(stage, "hooks", {**hook, "timestamp": int(time.time())})["messages"]

    stage.drain("write")

    assert message["status"] == 200
    assert stage.services.mirror.deal(stage.deals[HALDEN]) is None
    assert stage.services.mirror.deal(make_id("006", 77)) is None


def test_a_message_that_was_not_taken_comes_again_and_then_is(stage: Stage) -> None:
    report_opportunities(stage, path="outbound-path-of-another-installation")
    order(stage, "outbound/manners", {"automatic": False})
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "Amount": 5}])

    [refused] = order(stage, "outbound/deliver", {})["messages"]

    assert (refused["status"], refused["ack"]) == (404, False)
    assert pending(stage) == 1
    assert refreshes(stage) == 0


def test_hundreds_of_messages_doubled_and_out_of_order_end_as_one_reading_would(stage: Stage) -> None:
    report_opportunities(stage)
    order(stage, "outbound/manners", {"automatic": False, "duplicates": 3, "unordered": True, "seed": 7})
    rows = [{"Name": f"Deal {n}", "OwnerId": stage.users["maya"], **FACTS} for n in range(250)]
    made = stage.org.insert("Opportunity", rows)
    for turn in range(2):
        stage.org.update(
            "Opportunity", [{"id": one, "Amount": turn * 1000 + n} for n, one in enumerate(made)]
        )
        order(stage, "outbound/deliver", {})
        if turn == 0:
            stage.drain("write")

    stage.drain("write")

    by_hooks = {one.id: one for one in stage.services.mirror.deals(made)}
    assert len(sent(stage)) >= 4 * 8
    assert {one.amount for one in by_hooks.values()} == {1000.0 + n for n in range(250)}
    stage.services.crm.sync(full=True)
    assert {one.id: one for one in stage.services.mirror.deals(made)} == by_hooks
    assert not stage.services.outbox.unsettled("deals.refresh")


def test_a_message_in_the_midst_of_a_sweep_is_not_undone_by_it(stage: Stage) -> None:
    report_opportunities(stage)
    rows = [{"Name": f"Deal {n}", "OwnerId": stage.users["maya"], **FACTS} for n in range(300)]
    made = [*stage.org.insert("Opportunity", rows), stage.deals[RENEWAL], stage.deals[BRYCE]]
    stage.org.set_clock(stage.clock() + timedelta(minutes=5))
    sweep = threading.Thread(target=lambda: stage.services.crm.sync(full=True))
    sweep.start()
    turn = 0
    while sweep.is_alive() or turn < 3:
        turn += 1
        stage.org.update("Opportunity", [{"id": one, "Amount": turn} for one in made])
        stage.drain("write")
    sweep.join()

    until(lambda: pending(stage) == 0)
    stage.drain("write")

    assert {one.amount for one in stage.services.mirror.deals(made)} == {float(turn)}
