"""`writeback`: touches on their way into a slow Salesforce, in calm and in trouble, beside a plain loop of upserts."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce, SFType
from sqlalchemy import update

from app import salesforce
from bench import touch_street
from bench.figures import Bench, BenchFailed, Figure, Options, Promise
from bench.once import Meant, violations
from bench.touch_street import CLIENT_ID, CLIENT_SECRET, DEALS, SEED, WRITERS, Street
from crm.client import SalesforceClient
from crm.touches import EXTERNAL_ID, OBJECT
from crm.writing import chunks
from enablement.adapters.sql import tables
from enablement.model import key
from enablement.reconcile import check, mend_touches, to_write
from enablement.sharing import crm_task

TOUCHES, QUICK_TOUCHES = 20_000, 4_000
CRM_TAKES_S = 0.3
LOCKED_SHARE = 0.03
LOCKS_AT_ONCE, LOCKS_EVERY_S = 6, 0.15
# A writer needs some seconds to come back, and shall do some work before it is killed again.
FIRST_KILL_S, KILL_EVERY_S, MOST_KILLS = 1.5, 5.0, 8
PEER_TOUCHES = 30
HURRY_EVERY_S = 1.0
# No other pause of a row's first attempts is so long.
NEXT_DAY = timedelta(seconds=100)
REPAIRED_WITHIN_S = 60.0
MOST_CALLS, LEAST_A_SECOND = 1.2, 1_000.0


def run(options: Options) -> list[Figure]:
    """Measure; raises BenchFailed when a touch is lost or doubled."""
    count = QUICK_TOUCHES if options.quick else TOUCHES
    with touch_street.street(options) as street:
        street.order("slow", -1, seconds=CRM_TAKES_S)
        options.say(f"{count} touches on {DEALS} deals, {WRITERS} writers, {CRM_TAKES_S} s a call…")
        first = street.give(count, "calm")
        calm_s, calls = _written(street)
        _judge(street, first)
        options.say(
            "The same number with locked rows, errors, an expired session, a spent day and killed writers…"
        )
        second = street.give(count, "trouble")
        trouble_s, trouble_calls, kills = _in_trouble(street, count)
        _judge(street, first | second)
        options.say(
            f"{trouble_s:.1f} s in {trouble_calls} calls. All of it once more: nothing may be doubled…"
        )
        street.calm()
        _replay(street, list(first | second))
        _judge(street, first | second)
        street.calm()
        third = street.give(count // 2, "more")
        street.wait()
        options.say(
            f"One in a hundred of {2 * count + count // 2} rows deleted, changed, put there by others each…"
        )
        compare_s, repair_s, left = _reconciled(street, first | second | third)
        street.order("slow", -1, seconds=CRM_TAKES_S)
        options.say(f"{PEER_TOUCHES} touches by a plain loop of simple-salesforce upserts…")
        peer = PEER_TOUCHES / _peer_s(street, Random(SEED))
    ours = count / calm_s
    ideal = count / 200
    fast = Promise(LEAST_A_SECOND, "least")
    return [
        Figure("touches written", "/s", round(ours), round(peer, 2), round(ours / peer, 1), promise=fast),
        Figure("calls for 200 touches", "", calls / ideal, 200.0, promise=Promise(MOST_CALLS)),
        Figure("in trouble: touches written", "/s", round(count / trouble_s)),
        Figure("in trouble: calls for 200 touches", "", trouble_calls / ideal),
        Figure("in trouble: writers killed", "", float(kills)),
        Figure("in trouble: touches lost", "", 0.0, promise=Promise(0)),
        Figure("replayed: touches doubled", "", 0.0, promise=Promise(0)),
        Figure("comparison of all rows", "s", round(compare_s, 2)),
        Figure("repair until nothing differs", "s", round(repair_s, 2), promise=Promise(REPAIRED_WITHIN_S)),
        Figure("repaired: differences left", "", float(left), promise=Promise(0)),
    ]


BENCH = Bench(
    "writeback", "Touches into Salesforce, also in trouble, beside a plain loop (no data needed).", run
)


def _written(street: Street) -> tuple[float, int]:
    """Wait until all is written; return how long it took and in how many calls."""
    began, before = time.monotonic(), street.position()
    street.wait()
    return time.monotonic() - began, len(street.calls(before))


def _in_trouble(street: Street, count: int) -> tuple[float, int, int]:
    over, killed = threading.Event(), list[str]()
    for kind, times, more in (
        ("status", 10, {"status": 503}),
        ("lost_reply", 3, {}),
        ("expire_session", 1, {}),
        ("error_code", 1, {"error_code": "REQUEST_LIMIT_EXCEEDED"}),
    ):
        street.order(kind, times, **more)
    storms = [
        threading.Thread(target=_lock, args=(street, over, round(count * LOCKED_SHARE)), name="locks"),
        threading.Thread(target=_kill, args=(street, over, killed), name="kills"),
        threading.Thread(target=_hurry, args=(street, over), name="hurry"),
    ]
    began, before = time.monotonic(), street.position()
    for storm in storms:
        storm.start()
    try:
        street.wait()
    finally:
        over.set()
        for storm in storms:
            storm.join()
    return time.monotonic() - began, len(street.calls(before)), len(killed)


def _lock(street: Street, over: threading.Event, rows: int) -> None:
    for _ in range(rows // LOCKS_AT_ONCE):
        street.order("row_lock", LOCKS_AT_ONCE)
        if over.wait(LOCKS_EVERY_S):
            return


def _kill(street: Street, over: threading.Event, killed: list[str]) -> None:
    for number in range(MOST_KILLS):
        if over.wait(KILL_EVERY_S if killed else FIRST_KILL_S):
            return
        killed.append(f"writer-{number % WRITERS}")
        street.processes.kill(killed[-1])


def _hurry(street: Street, over: threading.Event) -> None:
    """Cut the five minutes' pause after a spent day short, as an operator does who knows that the day is over."""
    rows = tables.outbox
    while not over.wait(HURRY_EVERY_S):
        now = street.services.clock()
        late = (rows.c.state == "due") & (rows.c.due_at > now + NEXT_DAY)
        with street.database.writing() as connection:
            connection.execute(update(rows).where(late).values(due_at=now))


def _replay(street: Street, refs: Sequence[str]) -> None:
    services = street.services
    for start in range(0, len(refs), 1000):
        touches = services.ledger.touches(refs[start : start + 1000])
        services.outbox.add([crm_task(one, why="replay") for one in touches], now=services.clock())
    street.wait()


def _reconciled(street: Street, meant: dict[str, Meant]) -> tuple[float, float, int]:
    """Damage rows and have them mended; return how long comparing and mending took, and what still differs."""
    client, services = salesforce(street.settings), street.services
    ids = {
        row[EXTERNAL_ID]: row["Id"]
        for row in client.query("SELECT Id, External_Ref__c FROM Content_Touch__c")
    }
    some = len(meant) // 100
    chosen = street.chance.sample(sorted(meant), 2 * some)
    deleted, changed = chosen[:some], chosen[some:]
    others = [key("other", number) for number in range(some)]
    strange = {
        "Opportunity__c": street.deals[0],
        "Kind__c": "Shared",
        "Occurred_At__c": "2030-01-01T00:00:00Z",
    }
    for few in chunks(range(some)):
        part = slice(few[0], few[-1] + 1)
        client.delete([ids[ref] for ref in deleted[part]])
        client.update(OBJECT, [{"Id": ids[ref], "Recipient__c": "nobody"} for ref in changed[part]])
        rows = [{EXTERNAL_ID: ref, "Asset_Title__c": "x", **strange} for ref in others[part]]
        client.upsert(OBJECT, EXTERNAL_ID, rows)
    # What happened within the last minute is not judged: time enough has passed.
    later, began = services.clock() + timedelta(minutes=2), time.monotonic()
    found = check(services, since=None, now=later).touches
    compared = time.monotonic()
    if (set(found.missing), set(found.changed), set(found.extra)) != (
        set(deleted),
        set(changed),
        set(others),
    ):
        raise BenchFailed("The comparison found something else than what was damaged.")
    mend_touches(services, found, now=services.clock())
    street.wait()
    again = check(services, since=None, now=later).touches
    repaired = time.monotonic()
    left = len(to_write(again)) + len(set(again.extra) ^ set(others))
    return compared - began, repaired - began, left


def _judge(street: Street, meant: dict[str, Meant]) -> None:
    street.calm()
    client: SalesforceClient = salesforce(street.settings)
    rows = client.query("SELECT External_Ref__c, Opportunity__c, Recipient__c FROM Content_Touch__c")
    found = ((row["External_Ref__c"], row["Opportunity__c"], row["Recipient__c"]) for row in rows)
    if wrong := violations(meant, found):
        raise BenchFailed(f"{len(wrong)} touches are wrong:\n" + "\n".join(wrong[:5]))
    street.order("slow", -1, seconds=CRM_TAKES_S)


class _Plain(HTTPAdapter):
    """Reaches a local org without TLS: simple-salesforce knows no other scheme."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *arguments, **options)


def _peer_s(street: Street, chance: Random) -> float:
    """Return how long a plain loop takes, one upsert after the other."""
    url = street.settings.salesforce_url
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    token = requests.post(f"{url}/services/oauth2/token", data=form, timeout=30).json()["access_token"]
    session = requests.Session()
    session.mount("https://", _Plain())
    peer = Salesforce(
        instance_url=url.replace("http:", "https:"), session_id=token, session=session, version="62.0"
    )
    touches = cast("SFType", peer.Content_Touch__c)
    began = time.monotonic()
    for number in range(PEER_TOUCHES):
        touches.upsert(
            f"External_Ref__c/{key('peer', number)}",
            {
                "Opportunity__c": chance.choice(street.deals),
                "Asset_Title__c": "Asset",
                "Kind__c": "Shared",
                "Occurred_At__c": "2030-01-01T00:00:00Z",
            },
        )
    return time.monotonic() - began
