"""Real writers are killed while the org fails: each touch arrives once all the same."""

import threading

import pytest

from app import salesforce
from bench.figures import Options
from bench.once import violations
from bench.touch_street import WRITERS, street

COUNT = 800


@pytest.mark.timeout(120)
def test_killed_writers_lose_nothing_and_double_nothing() -> None:
    with street(Options(quick=True, data=None, say=lambda _: None)) as running:
        running.order("slow", -1, seconds=0.4)
        for kind, times in (("row_lock", 30), ("lost_reply", 2), ("expire_session", 1), ("status", 2)):
            running.order(kind, times)
        meant = running.give(COUNT, "killed")
        over, killed = threading.Event(), list[int]()

        def kill() -> None:
            for number in range(WRITERS):
                # Long enough for calls to be on their way.
                over.wait(1.2)
                pid = running.processes.pid(f"writer-{number}")
                running.processes.kill(f"writer-{number}")
                killed.append(pid or 0)

        storm = threading.Thread(target=kill)
        storm.start()
        running.wait()
        over.set()
        storm.join()
        running.calm()
        rows = list(
            salesforce(running.settings).query(
                "SELECT External_Ref__c, Opportunity__c, Recipient__c FROM Content_Touch__c"
            )
        )

    found = [(row["External_Ref__c"], row["Opportunity__c"], row["Recipient__c"]) for row in rows]
    assert violations(meant, found) == []
    assert all(killed)
