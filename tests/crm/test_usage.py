"""What can wait stays within its share of the org's daily calls; people are never kept waiting for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests

from crm.client import SalesforceClient
from crm.usage import CLOSED_FOR_S, Allowance, ApiUsage
from enablement.ports import TryLater
from tests.crm.conftest import Org


@dataclass
class Time:
    """A clock that a pause moves on."""

    now: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def ticks(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def client_of(org: Org, share: float, time: Time) -> SalesforceClient:
    return SalesforceClient(org.login, allowance=Allowance(share, ticks=time.ticks, pause=time.pause))


def limit(org: Org, calls: int) -> None:
    order = {"daily_api_requests": calls}
    requests.post(f"{org.url}/_sandbox/limits", json=order, timeout=5).raise_for_status()


def ask_often(client: SalesforceClient, times: int, *, urgent: bool = False) -> None:
    for _ in range(times):
        ask(client, urgent=urgent)


def ask(client: SalesforceClient, *, urgent: bool = False) -> None:
    list(client.query("SELECT Id FROM UserRole", urgent=urgent))


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ("api-usage=18/5000", ApiUsage(18, 5000)),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=sample)", ApiUsage(18, 5000)),
        ("per-app-api-usage=17/250(appName=sample); api-usage=18/5000", ApiUsage(18, 5000)),
        ("per-app-api-usage=17/250(appName=sample)", None),
        ("", None),
        ("api-usage=much", None),
    ],
)
def test_the_header_is_read(header: str, usage: ApiUsage | None) -> None:
    allowance = Allowance()

    allowance.heard(header)

    assert allowance.usage() == usage


def test_usage_is_known_after_any_call(org: Org) -> None:
    before = org.client.usage()
    org.client.describe("User")
    usage = org.client.usage()

    assert before is None
    assert usage is not None
    assert usage.used > 0
    assert usage.allowed == 1_000_000


def test_what_can_wait_slows_down_and_then_stops_at_its_share(org: Org) -> None:
    time = Time()
    client = client_of(org, 0.5, time)
    limit(org, 100)

    with pytest.raises(TryLater) as stopped:
        ask_often(client, 100)

    usage = client.usage()
    assert usage is not None
    assert usage.used == 50, "not one call more than half of a hundred"
    assert len(time.pauses) == pytest.approx(10, abs=2), "from four fifths of it on, a pause before each"
    assert stopped.value.seconds == CLOSED_FOR_S


def test_people_are_served_until_the_org_itself_says_no(org: Org) -> None:
    time = Time()
    client = client_of(org, 0.5, time)
    limit(org, 40)
    with pytest.raises(TryLater):
        ask_often(client, 40)
    time.pauses.clear()

    ask_often(client, 10, urgent=True)
    with pytest.raises(TryLater, match="REQUEST_LIMIT_EXCEEDED"):
        ask_often(client, 40, urgent=True)

    assert time.pauses == []


def test_after_a_while_one_call_finds_out_and_the_rest_follow(org: Org) -> None:
    time = Time()
    client = client_of(org, 0.5, time)
    limit(org, 20)
    with pytest.raises(TryLater):
        ask_often(client, 20)

    time.now += CLOSED_FOR_S
    ask(client)
    with pytest.raises(TryLater):
        ask(client)
    limit(org, 1_000)
    time.now += CLOSED_FOR_S
    ask(client)
    ask(client)


def test_an_org_that_refuses_stops_what_can_wait(org: Org) -> None:
    time = Time()
    client = client_of(org, 1.0, time)
    org.fault("error_code", error_code="REQUEST_LIMIT_EXCEEDED", path_prefix="/services/data")
    with pytest.raises(TryLater):
        ask(client)
    before = len(org.calls())

    with pytest.raises(TryLater):
        ask(client)
    after = len(org.calls())
    ask(client, urgent=True)
    ask(client)

    assert after == before, "nothing was sent"


def test_many_threads_do_not_go_over_the_edge_together(org: Org) -> None:
    time = Time()
    client = client_of(org, 0.5, time)
    limit(org, 100)
    ask(client)

    def one(_: int) -> bool:
        try:
            ask(client)
        except TryLater:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        went = sum(pool.map(one, range(80)))

    usage = client.usage()
    assert usage is not None
    assert usage.used <= 50
    assert went >= 40


def test_each_call_is_told_with_how_it_went(org: Org) -> None:
    told: list[tuple[object, ...]] = []
    client = SalesforceClient(org.login, on_call=lambda *call: told.append(call))
    ask(client)
    org.fault("status", times=-1, status=503, path_prefix="/services/data")

    with pytest.raises(TryLater):
        ask(client)

    assert [(name, well, allowed) for name, well, _, allowed in told] == [
        ("salesforce", True, 1_000_000),
        ("salesforce", False, 1_000_000),
    ]
