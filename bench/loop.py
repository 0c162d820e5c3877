"""`loop`: how soon a change in Salesforce has its effect, and an ask from there is in Slack; the hook door's ack."""

import base64
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

import requests

from bench import changed_deals, commands, disk
from bench.changed_deals import Change
from bench.figures import Bench, BenchFailed, Figure, Options, Promise, median_ratio, percentile
from bench.openloop import Request, Sent, fire
from bench.running import Running, running, wait_for_rest
from bench.signed_hooks import SignedHook, hook
from demo import Demo
from enablement.adapters.sql.database import Database
from enablement.model import Deal, key
from sandbox.salesforce.ids import make_id
from sandbox.world.org_client import OrgClient

CHANGES_A_SECOND, HOOKS_A_SECOND, ASKS_A_SECOND = 5, 10, 2
# Slack opens some 50 conversations a minute, and with each of these people one is opened.
STRANGERS_A_SECOND = 0.5
LASTS_S, QUICK_LASTS_S = 60, 15
BURST = 200
SAVED_UNCHANGED = 20
REPS = 20
ASSETS = 10_000
SEED = 31
MOST_S = 5.0
# What Slack puts off comes late, and is to be seen as late rather than as missing.
ANSWERED_WITHIN_S = 180.0
# The peer's requests go out between ours, so that neither waits for the other's sending.
PEER_AFTER_S = 0.5 / HOOKS_A_SECOND
ORG_ID = make_id("00D", 1)
_SAID = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")


@dataclass(frozen=True)
class Loop:
    """All that runs, with a hand in the org and an eye on the outbox; `deals` are those that nobody has changed yet."""

    running: Running
    org: OrgClient
    database: Database
    deals: list[Deal]
    chance: Random

    @property
    def demo(self) -> Demo:
        return self.running.demo

    def take(self, count: int) -> list[Deal]:
        """Return so many deals, which no later phase gets; raises BenchFailed when there are too few."""
        if count > len(self.deals):
            raise BenchFailed(f"{count} deals are needed, and {len(self.deals)} are left.")
        taken, self.deals[:] = self.deals[:count], self.deals[count:]
        return taken


def run(options: Options) -> list[Figure]:
    """Measure; raises BenchFailed when anything is lost, done twice, or not what the deal is now."""
    lasts = QUICK_LASTS_S if options.quick else LASTS_S
    asks, others = lasts * ASKS_A_SECOND, int(lasts * STRANGERS_A_SECOND)
    with _loop(REPS + asks, options) as loop:
        own = _own_deals(loop)
        reps, strangers = own[:REPS], own[REPS : REPS + others]
        known = list(loop.deals)
        count = lasts * CHANGES_A_SECOND
        options.say(f"{count} deals change, {CHANGES_A_SECOND} a second…")
        steady = list(_steady(loop, changed_deals.draw(loop.take(count), known, loop.chance)))
        options.say(f"{BURST} deals change at once…")
        burst = list(_burst(loop, changed_deals.draw(loop.take(BURST), known, loop.chance)))
        options.say(
            f"{lasts * HOOKS_A_SECOND} hooks of deals in which nothing changed, beside a bare Flask app…"
        )
        unchanged = list(_unchanged(loop, known, lasts * HOOKS_A_SECOND))
        options.say("Each rep asks once, so that what Salesforce says of them is known…")
        list(_asks(loop, "before", reps))
        options.say(f"{asks} presses of “Ask in Slack” by {REPS} reps, {ASKS_A_SECOND} a second…")
        warm = list(_asks(loop, "warm", [reps[number % REPS] for number in range(asks)]))
        options.say(f"{others} by as many people of whose deals nothing is known yet…")
        cold = list(_asks(loop, "cold", strangers, a_second=STRANGERS_A_SECOND))
    return [*steady, *burst, *unchanged, *warm, *cold]


BENCH = Bench(
    "loop",
    "Salesforce to Slack: changed deals, asks from a record, the hook door's ack (no data needed).",
    run,
)


@contextmanager
def _loop(sellers: int, options: Options) -> Iterator[Loop]:
    extra = {
        "SALESFORCE_ORG_ID": ORG_ID,
        "SALESFORCE_HOOK_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "SALESFORCE_OUTBOUND_PATH": secrets.token_hex(32),
        # As an installation has it; a sample world's 30 would find some changes before their hooks do.
        "SYNC_EVERY_SECONDS": "300",
    }
    with ExitStack() as stack:
        peer = "bench.hook_peer:web()"
        started = stack.enter_context(
            running(options, sellers=sellers, assets=ASSETS, seed=SEED, peer=peer, extra=extra)
        )
        settings = started.demo.settings
        address = (settings.salesforce_url, settings.salesforce_client_id, settings.salesforce_client_secret)
        org = stack.enter_context(OrgClient(*address))
        _report_changes(started.demo)
        database = Database(settings.database_url)
        stack.callback(database.close)
        chance = Random(f"{SEED}:loop")
        yield Loop(started, org, database, _open_deals(started), chance)


def _report_changes(demo: Demo) -> None:
    """Have the org send an Outbound Message for each Opportunity that is made or changed."""
    endpoint = f"{demo.app_url}/salesforce/outbound/{demo.settings.salesforce_outbound_path}"
    rule = {"object": "Opportunity", "fields": [], "endpoint": endpoint}
    requests.post(f"{demo.salesforce_url}/_sandbox/outbound", json=rule, timeout=10).raise_for_status()


def _open_deals(started: Running) -> list[Deal]:
    return [deal for one in started.sellers for deal in _deals_of(started, one.email)]


def _deals_of(started: Running, email: str) -> list[Deal]:
    mirror = started.demo.services.mirror
    [user] = mirror.users_by_email(email)
    return mirror.deals_of({user.id}, team_member=user.id)


def _own_deals(loop: Loop) -> list[Deal]:
    """Return a deal of each seller's own, which stays as it is."""
    first = [_deals_of(loop.running, one.email)[0] for one in loop.running.sellers]
    loop.deals[:] = [deal for deal in loop.deals if deal not in first]
    return first


def _steady(loop: Loop, changes: Sequence[Change]) -> Iterator[Figure]:
    since, after = loop.demo.services.clock(), commands.position(loop.demo.slack_url)
    with disk.probing(loop.demo.settings.data_dir) as written:
        due = [number / CHANGES_A_SECOND for number in range(len(changes))]
        pairs = zip(due, changes, strict=True)
        _refuse_errors("Salesforce", fire([Request(at, partial(one.write, loop.org)) for at, one in pairs]))
        took = _waits(loop, changes, since)
    promise = Promise(MOST_S)
    yield Figure("changes: to new suggestions p50", "s", _s(percentile(took, 50)))
    yield Figure("changes: to new suggestions p95", "s", _s(percentile(took, 95)), promise=promise)
    yield Figure("changes: to new suggestions max", "s", _s(max(took)), promise=promise)
    yield Figure(
        "changes: chosen anew, for each", "", changed_deals.suggested(loop.database, since) / len(took)
    )
    yield Figure("changes: said in Slack", "", _said(loop, after), promise=Promise(0))
    yield from _disk("changes", written)


def _burst(loop: Loop, changes: Sequence[Change]) -> Iterator[Figure]:
    since = loop.demo.services.clock()
    loop.org.update("Opportunity", [{"id": one.deal_id, **one.row} for one in changes])
    took = _waits(loop, changes, since)
    yield Figure(f"{len(changes)} at once: half had new suggestions after", "s", _s(percentile(took, 50)))
    yield Figure(f"{len(changes)} at once: all had them after", "s", _s(max(took)))


def _waits(loop: Loop, changes: Sequence[Change], since: datetime) -> list[float]:
    services = loop.demo.services
    return changed_deals.waits(changes, org=loop.org, services=services, database=loop.database, since=since)


def _unchanged(loop: Loop, deals: Sequence[Deal], count: int) -> Iterator[Figure]:
    wait_for_rest(loop.demo)
    since, after = loop.demo.services.clock(), commands.position(loop.demo.slack_url)
    # Somebody opens a record and saves it as it is: its stamp is new, and nothing else.
    current = loop.demo.services.mirror.deals([deal.id for deal in deals[:SAVED_UNCHANGED]])
    loop.org.update("Opportunity", [{"id": deal.id, "StageName": deal.stage} for deal in current])
    made = [_hooks(loop, "hook", _named(loop.chance.choice(deals))) for _ in range(count)]
    due = [number / HOOKS_A_SECOND for number in range(count)]
    ours = [Request(at, one.send) for at, (one, _) in zip(due, made, strict=True)]
    peers = [Request(at + PEER_AFTER_S, other.send) for at, (_, other) in zip(due, made, strict=True)]
    with disk.probing(loop.demo.settings.data_dir) as written:
        sent = fire([*ours, *peers])
    _refuse_errors("Touchline", sent[:count])
    _refuse_errors("the peer", sent[count:])
    wait_for_rest(loop.demo)
    acks, others = [one.done for one in sent[:count]], [one.done for one in sent[count:]]
    for percent in (50, 95, 99):
        ratio = round(median_ratio(acks, others), 3) if percent == 50 else None
        mine, peer = _ms(percentile(acks, percent)), _ms(percentile(others, percent))
        yield Figure(f"hooks: ack p{percent}", "ms", mine, peer, ratio)
    yield Figure("hooks: sent late, p99", "ms", _ms(percentile([one.late for one in sent], 99)))
    yield from _disk("hooks", written)
    nothing = Promise(0)
    chosen = changed_deals.suggested(loop.database, since)
    yield Figure("nothing changed: suggestions chosen anew", "", chosen, promise=nothing)
    yield Figure("nothing changed: said in Slack", "", _said(loop, after), promise=nothing)


def _named(deal: Deal) -> dict[str, object]:
    return {"type": "opportunity.changed", "org": ORG_ID, "records": [deal.id]}


def _hooks(loop: Loop, way: str, body: dict[str, object]) -> tuple[SignedHook, SignedHook]:
    """Return a request to Touchline, and the same to the peer."""
    [secret, *_] = loop.demo.settings.salesforce_hook_secrets
    ours, peer = (hook(url, way, body, secret=secret) for url in (loop.demo.app_url, loop.running.peer_url))
    return ours, peer


def _asks(
    loop: Loop, name: str, deals: Sequence[Deal], *, a_second: float = ASKS_A_SECOND
) -> Iterator[Figure]:
    """Press the button on each of these deals as its owner; the answer is there when the local Slack has it."""
    made = [_hooks(loop, "ask", {"user": deal.owner_id, "opportunity": deal.id})[0] for deal in deals]
    # What Touchline makes of a request's id on the way to its message.
    marks = [key("brief", key("deals.brief", one.id)) for one in made]
    after = commands.position(loop.demo.slack_url)
    with disk.probing(loop.demo.settings.data_dir) as written:
        sent = fire([Request(number / a_second, one.send) for number, one in enumerate(made)])
        _refuse_errors("Touchline", sent)
        shown = commands.wait_for_answers(loop.demo.slack_url, marks, after=after, within_s=ANSWERED_WITHIN_S)
    if missing := sum(mark not in shown.at for mark in marks):
        said = "\n".join(shown.others[:3])
        raise BenchFailed(f"Of {len(marks)} asks {missing} were not answered. Said:\n{said}")
    took = [shown.at[mark] - one.due for mark, one in zip(marks, sent, strict=True)]
    promise = Promise(MOST_S)
    yield Figure(f"{name}: to the message p50", "s", _s(percentile(took, 50)))
    yield Figure(f"{name}: to the message p95", "s", _s(percentile(took, 95)), promise=promise)
    yield Figure(f"{name}: to the message max", "s", _s(max(took)), promise=promise)
    yield Figure(f"{name}: ack p99", "ms", _ms(percentile([one.done for one in sent], 99)))
    yield Figure(f"{name}: asks answered", "", len(took))
    yield Figure(f"{name}: calls that Slack put off", "", _put_off(loop, after))
    yield from _disk(name, written)


def _said(loop: Loop, after: int) -> int:
    calls = commands.received(loop.demo.slack_url, after=after)
    return sum(call["method"] in _SAID for call in calls)


def _put_off(loop: Loop, after: int) -> int:
    """Return how many calls were too many for Slack: it takes some 50 a minute of most methods."""
    calls = commands.received(loop.demo.slack_url, after=after)
    return sum(call["status"] == requests.codes.too_many_requests for call in calls)


def _refuse_errors(whose: str, sent: Sequence[Sent]) -> None:
    if errors := [one.error for one in sent if one.error]:
        raise BenchFailed(
            f"{len(errors)} of {len(sent)} requests to {whose} failed, the first with {errors[0]}"
        )


def _disk(name: str, written: Sequence[float]) -> Iterator[Figure]:
    # An ack waits for a durable write: when the disk stalls, this tells.
    yield Figure(f"{name}: disk, durable write p99", "ms", _ms(percentile(written, 99)))
    yield Figure(f"{name}: disk, durable write max", "ms", _ms(max(written)))


def _s(seconds: float) -> float:
    return round(seconds, 2)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
