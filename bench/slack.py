"""`slack`: a working day at once. All that people do in Slack, a large Home tab, a line that is cut."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import requests

from bench import commands, disk
from bench.figures import Bench, BenchFailed, Figure, Options, Promise, percentile
from bench.openloop import Request, Sent, fire
from bench.running import Running, running, wait_for_rest
from bench.slack_acts import Act, Rep, Street, Taken
from bench.slack_answers import Key, answers
from sandbox.world.org_client import OrgClient
from stack import answers as is_up, free_port, wait_until, web_command

PEOPLE = 50
ACTS_A_SECOND, HOMES_A_SECOND = 20, 2
LASTS_S, QUICK_LASTS_S = 60, 8
PEER_LASTS_S, QUICK_PEER_LASTS_S = 15, 4
HOMES, QUICK_HOMES = 90, 12
DROPS, QUICK_DROPS = 2, 1
# Slack opens an app's line once a minute: what is cut again sooner waits for that, however it is taken up.
BETWEEN_DROPS_S = 61.0
ASSETS, QUICK_ASSETS = 10_000, 300
DEALS_EACH, QUICK_DEALS_EACH = 8, 3
LARGE_DEALS = 200
SEED = 9
ACK_P99_MS, ANSWER_P95_MS, HOME_P95_MS, BACK_WITHIN_S = 100.0, 500.0, 300.0, 15.0
# Long after what was promised: what takes longer is to be seen as late, not as missing.
ENDS_WITHIN_S = 40.0
# What is told to this grain is when a cut line takes commands again; calls bear the local Slack's own times.
LOOK_EVERY_S = 0.05
# Of the local Slack.
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - opens nothing but the local Slack


@dataclass(frozen=True)
class Phase:
    """What came of acts: seconds from when each was due until its ack and until its answer; `lost` were not taken."""

    acks: Sequence[float]
    answers: Mapping[str, Sequence[float]]
    late: Sequence[float]
    lost: Sequence[str]
    put_off: int


def run(options: Options) -> list[Figure]:
    """Measure; raises BenchFailed when something that was taken is not answered."""
    quick = options.quick
    lasts, peer_lasts = (QUICK_LASTS_S, QUICK_PEER_LASTS_S) if quick else (LASTS_S, PEER_LASTS_S)
    assets, deals_each = (QUICK_ASSETS, QUICK_DEALS_EACH) if quick else (ASSETS, DEALS_EACH)
    # One more than act: whose Home tab is looked at.
    with running(
        options,
        sellers=PEOPLE + 1,
        assets=assets,
        deals_each=deals_each,
        seed=SEED,
        peer="bench.inline:web()",
    ) as all_of_it:
        *people, large = all_of_it.sellers
        _give_deals(all_of_it, large.email)
        chance = Random(f"{SEED}:slack")
        street = Street(all_of_it.demo, [Rep(one) for one in people], all_of_it.channel, chance)
        options.say(f"Each of {PEOPLE} people asks once…")
        street.prepare()
        acts = street.acts(lasts * ACTS_A_SECOND)
        options.say(f"{len(acts)} acts of {PEOPLE} people, {ACTS_A_SECOND} a second…")
        with disk.probing(all_of_it.demo.settings.data_dir) as written:
            ours = _measure(all_of_it, acts)
        options.say("The same pace, for a Bolt app that works in its listeners…")
        peer = _peer(all_of_it, street, peer_lasts * ACTS_A_SECOND)
        options.say(f"The Home tab of somebody with {LARGE_DEALS} deals…")
        homes = _homes(all_of_it, large.slack_id, QUICK_HOMES if quick else HOMES)
        options.say("A line of Socket Mode is cut…")
        with _line(all_of_it):
            back = [_cut(all_of_it, number) for number in range(QUICK_DROPS if quick else DROPS)]
    return [*figures(ours, peer, written), *home_figures(homes), *line_figures(back)]


BENCH = Bench(
    "slack", "A working day in Slack: acks, answers, a large Home tab, a cut line (no data needed).", run
)


def _measure(all_of_it: Running, acts: Sequence[Act]) -> Phase:
    slack_url = all_of_it.demo.slack_url
    taken: dict[int, Taken] = {}

    def do(number: int) -> None:
        taken[number] = acts[number].do()

    after, sent_before = commands.position(slack_url), _last_sent(slack_url)
    due = [number / ACTS_A_SECOND for number in range(len(acts))]
    done = fire([Request(at, partial(do, number)) for number, at in enumerate(due)])
    keys = [taken[number].answered_by if number in taken else () for number in range(len(acts))]
    found = _wait_for(slack_url, keys, done, after=after, sent_before=sent_before)
    by_kind: dict[str, list[float]] = {}
    for act, key, one, at in zip(acts, keys, done, found, strict=True):
        if key and at is None:
            raise BenchFailed(
                f"A {act.kind} was taken and not answered: {key}; {_calls(slack_url, key, after, one.due)}"
            )
        if at is not None:
            by_kind.setdefault(act.kind, []).append(at - one.due)
    calls = commands.received(slack_url, after=after)
    return Phase(
        acks=[one.after_s for one in taken.values()],
        answers=by_kind,
        late=[done[number].done - one.after_s for number, one in taken.items()],
        lost=[f"{act.kind}: {one.error}" for act, one in zip(acts, done, strict=True) if one.error],
        put_off=sum(call["status"] == requests.codes.too_many_requests for call in calls),
    )


def _calls(slack_url: str, key: Key, after: int, due: float) -> str:
    """Say how the app called that method for that person, in seconds from when the act was due."""
    method, who = key[:2]
    calls = commands.received(slack_url, after=after)
    its = [one for one in calls if one["method"] == method and who in map(str, one["arguments"].values())]
    told = ", ".join(f"{one['status']} after {one['at'] - due:.1f} s" for one in its)
    put_off = sum(one["status"] == requests.codes.too_many_requests for one in calls)
    return f"its calls: {told or 'none'}; {put_off} calls of all were put off"


def _wait_for(
    slack_url: str, keys: Sequence[Key], done: Sequence[Sent], *, after: int, sent_before: int
) -> list[float | None]:
    """Return when each act was answered: by the first call of its key after it that answers no earlier one.

    A Home tab opened again before it was drawn is drawn once, and that answers both.
    """
    ends = time.monotonic() + ENDS_WITHIN_S
    while True:
        sent = commands.look(slack_url, "sent", since=str(sent_before))["requests"]
        seen = answers(commands.received(slack_url, after=after), sent)
        found = [
            first(seen.get(key, []), one.due, shared=key[:1] == ("views.publish",))
            for key, one in zip(keys, done, strict=True)
        ]
        is_all = all(at is not None for key, at in zip(keys, found, strict=True) if key)
        if is_all or time.monotonic() > ends:
            return found
        time.sleep(LOOK_EVERY_S)


def first(times: list[float], due: float, *, shared: bool = False) -> float | None:
    """Return the first of these times that is not before one was due; taken away, unless it is shared."""
    at = next((one for one in sorted(times) if one >= due), None)
    if at is not None and not shared:
        times.remove(at)
    return at


def _peer(all_of_it: Running, street: Street, count: int) -> Phase:
    """Send so many commands to the peer at the same pace; what it does not take within three seconds is lost."""
    reps = [street.reps[number % PEOPLE].id for number in range(count)]
    secret = all_of_it.demo.settings.slack_signing_secrets[0]
    forms = commands.forms(all_of_it.demo.slack_url, reps, all_of_it.channel)
    made = [commands.echo(form, "pricing", app_url=all_of_it.peer_url, secret=secret) for form in forms]
    due = [number / ACTS_A_SECOND for number in range(count)]
    sent = fire([Request(at, one.send) for at, one in zip(due, made, strict=True)])
    lost = [one.error for one in sent if one.error]
    # Slack gives up after three seconds, whatever comes later.
    return Phase([one.done for one in sent], {}, [one.late for one in sent], lost, 0)


def _give_deals(all_of_it: Running, email: str) -> None:
    """Let somebody have so many deals, and wait until what that causes is done."""
    demo = all_of_it.demo
    mirror, settings = demo.services.mirror, demo.settings
    [user] = mirror.users_by_email(email)
    missing = LARGE_DEALS - len(mirror.deals_of({user.id}, team_member=user.id))
    closes = (demo.services.clock() + timedelta(days=60)).date().isoformat()
    address = (demo.salesforce_url, settings.salesforce_client_id, settings.salesforce_client_secret)
    with OrgClient(*address) as org:
        accounts = [row["Id"] for row in org.query("SELECT Id FROM Account LIMIT 200")]
        rows = [
            {
                "Name": f"Deal {number:03} – expansion",
                "AccountId": accounts[number % len(accounts)],
                "OwnerId": user.id,
                "StageName": "Prospecting",
                "Amount": 1000 * (number + 1),
                "CloseDate": closes,
            }
            for number in range(missing)
        ]
        org.insert("Opportunity", rows)
    demo.services.crm.sync(full=True)
    wait_for_rest(demo)


def _homes(all_of_it: Running, slack_id: str, count: int) -> list[float]:
    """Return the seconds from each opening of a Home tab until it was published; the first one asks Salesforce."""
    slack_url = all_of_it.demo.slack_url
    seconds = _opened(slack_url, slack_id, [0.0])
    return seconds + _opened(slack_url, slack_id, [number / HOMES_A_SECOND for number in range(count)])


def _opened(slack_url: str, slack_id: str, due: Sequence[float]) -> list[float]:
    after = commands.position(slack_url)

    def open_home() -> None:
        answer = requests.post(f"{slack_url}/_sandbox/open_home", json={"user": slack_id}, timeout=10)
        answer.raise_for_status()

    done = fire([Request(at, open_home) for at in due])
    if errors := [one.error for one in done if one.error]:
        raise BenchFailed(f"A Home tab could not be opened: {errors[0]}")
    keys: list[Key] = [("views.publish", slack_id)] * len(done)
    found = _wait_for(slack_url, keys, done, after=after, sent_before=_last_sent(slack_url))
    missing = sum(at is None for at in found)
    if missing:
        raise BenchFailed(f"Of {len(done)} Home tabs {missing} were not published.")
    return [at - one.due for at, one in zip(found, done, strict=True) if at is not None]


@contextmanager
def _line(all_of_it: Running) -> Iterator[None]:
    """Serve over Socket Mode meanwhile, in a process of its own."""
    demo, port = all_of_it.demo, free_port()
    _sockets(all_of_it, socket_mode=True)
    demo.processes.start("socket", ["env", f"SLACK_APP_TOKEN={APP_TOKEN}", *web_command(port)])
    wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), "socket", demo.processes)
    wait_until(lambda: _is_connected(all_of_it), "socket", demo.processes)
    try:
        yield
    finally:
        _sockets(all_of_it, socket_mode=False)


def _cut(all_of_it: Running, number: int) -> float:
    """Cut the line, for the first time (0) or again, and return after how many seconds a command is taken again."""
    time.sleep(BETWEEN_DROPS_S if number else 0)
    cut_at = time.monotonic()
    _sockets(all_of_it, fault="drop")
    while time.monotonic() - cut_at < ENDS_WITHIN_S:
        if _is_connected(all_of_it) and _is_taken(all_of_it):
            return time.monotonic() - cut_at
        time.sleep(LOOK_EVERY_S)
    raise BenchFailed(f"The line was not open again within {ENDS_WITHIN_S:.0f} s.")


def _is_taken(all_of_it: Running) -> bool:
    what = {
        "user": all_of_it.sellers[0].slack_id,
        "channel": all_of_it.channel,
        "command": "/content",
        "text": "help",
    }
    answer = requests.post(f"{all_of_it.demo.slack_url}/_sandbox/command", json=what, timeout=10).json()
    return bool(answer["ok"]) and not any(one["failure"] for one in answer["deliveries"])


def _is_connected(all_of_it: Running) -> bool:
    return any(not one["leaving"] for one in commands.look(all_of_it.demo.slack_url, "sockets")["sockets"])


def _sockets(all_of_it: Running, **fields: Any) -> None:
    url = f"{all_of_it.demo.slack_url}/_sandbox/sockets"
    requests.post(url, json=fields, timeout=10).raise_for_status()


def _last_sent(slack_url: str) -> int:
    return int(commands.look(slack_url, "sent", since="1000000000")["last"])


def figures(ours: Phase, peer: Phase, written: Sequence[float]) -> Iterator[Figure]:
    for percent in (50, 95, 99):
        mine, other = percentile(ours.acks, percent), percentile(peer.acks, percent)
        promise = Promise(ACK_P99_MS) if percent == 99 else None
        yield Figure(f"ack p{percent}", "ms", _ms(mine), _ms(other), round(mine / other, 3), promise)
    yield Figure("acts taken", "", len(ours.acks), len(peer.acks) - len(peer.lost))
    yield Figure("acts lost", "", len(ours.lost), len(peer.lost), promise=Promise(0))
    if ours.lost:
        raise BenchFailed(f"{len(ours.lost)} acts were lost, the first: {ours.lost[0]}")
    together = [seconds for some in ours.answers.values() for seconds in some]
    for percent in (50, 95, 99):
        promise = Promise(ANSWER_P95_MS) if percent == 95 else None
        yield Figure(f"answer p{percent}", "ms", _ms(percentile(together, percent)), promise=promise)
    for kind, some in sorted(ours.answers.items()):
        yield Figure(f"answer p95: {kind} ({len(some)})", "ms", _ms(percentile(some, 95)))
    yield Figure("calls that Slack put off", "", ours.put_off)
    yield Figure("sent late, p99", "ms", _ms(percentile(ours.late, 99)))
    yield Figure("disk, durable write p99", "ms", _ms(percentile(written, 99)))


def home_figures(seconds: Sequence[float]) -> Iterator[Figure]:
    first, *others = seconds
    yield Figure(f"Home of {LARGE_DEALS} deals: first, Salesforce asked", "ms", _ms(first))
    yield Figure(f"Home of {LARGE_DEALS} deals: p50", "ms", _ms(percentile(others, 50)))
    promise = Promise(HOME_P95_MS)
    yield Figure(f"Home of {LARGE_DEALS} deals: p95", "ms", _ms(percentile(others, 95)), promise=promise)


def line_figures(back: Sequence[float]) -> Iterator[Figure]:
    yield Figure(
        "line cut: taken again after, worst", "s", round(max(back), 2), promise=Promise(BACK_WITHIN_S)
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
