"""All that runs on one machine, with sellers and a large library in it: what is measured from outside."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bench import crowd, library, meaning
from bench.figures import BenchFailed, Options
from demo import REPLY_WORKERS, Demo, DemoFailed, Ports, started
from enablement.copying import ASSET, RENEW
from enablement.following import SUGGEST, SUGGEST_IN_CRM
from enablement.ports import TryLater
from sandbox.world import LoadError
from stack import NotReady, answers, free_port, wait_until, web_command

DEALS_EACH = 8
INDEXED_WITHIN_S = 300.0
IDLE_WITHIN_S = 300.0
LOOK_EVERY_S = 0.5
CRM_TAKES_S = 0.3
# What new deals and a new library cause, and what the first minute of a day does.
REST = (SUGGEST, SUGGEST_IN_CRM, ASSET, RENEW, "library.index", "library.embed")


@dataclass(frozen=True)
class Running:
    """The product with its sandbox, a peer beside it, the sellers, and a channel that all of them are in."""

    demo: Demo
    peer_url: str
    channel: str
    sellers: Sequence[crowd.Seller]


@contextmanager
def running(
    options: Options,
    *,
    sellers: int,
    assets: int,
    seed: int,
    peer: str,
    deals_each: int = DEALS_EACH,
    extra: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Start and fill all of it, and end it at the end; raises BenchFailed, also when a process died meanwhile.

    `peer` names a WSGI application, `extra` more settings. From then on each call to Salesforce takes 300 ms.
    """
    ports, peer_port = Ports(free_port(), free_port(), free_port()), free_port()
    with (
        tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder,
        _failures_told(),
        # As `touchline up` does.
        started(ports, Path(folder), say=options.say, reply_workers=REPLY_WORKERS, extra=extra) as demo,
    ):
        options.say(f"Bringing {sellers} sellers with {deals_each} deals each…")
        people, channel = crowd.bring(demo, sellers, deals_each=deals_each, seed=seed)
        options.say(f"Publishing {assets} assets…")
        _fill(demo, people, count=assets, seed=seed)
        demo.processes.start("peer", [*web_command(peer_port)[:-1], peer])
        peer_url = f"http://127.0.0.1:{peer_port}"
        wait_until(lambda: answers(f"{peer_url}/readyz"), "peer", demo.processes)
        crowd.be_seen(demo, people)
        options.say("Waiting until what the new deals caused is done…")
        wait_for_rest(demo)
        _slow_down(demo)
        # Otherwise the system carries ten thousand new files to the disk while acks wait for it.
        os.sync()
        alive = _alive(demo)
        yield Running(demo, peer_url, channel, people)
        now = _alive(demo)
        if died := [name for name, pid in alive.items() if now.get(name) != pid]:
            raise BenchFailed(f"These processes died during the measurement: {', '.join(died)}")


def wait_for_rest(demo: Demo) -> None:
    """Wait until the new deals are worked out: thousands that come at once are no part of an ordinary minute."""
    ends = time.monotonic() + IDLE_WITHIN_S
    while not _is_at_rest(demo):
        if time.monotonic() > ends:
            raise BenchFailed(f"Work was still waiting after {IDLE_WITHIN_S:.0f} s.")
        time.sleep(LOOK_EVERY_S)


def _is_at_rest(demo: Demo) -> bool:
    services = demo.services
    # The day's round is ordered before it is noted that the deals were followed.
    has_begun = "deals" in services.copies.told("followed")
    waits = services.journal.waiting(now=services.clock(), kinds=REST)
    return has_begun and not waits and not services.catalog.changes(services.index.stands_at(), limit=1)


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except (DemoFailed, NotReady, LoadError, requests.RequestException) as error:
        raise BenchFailed(f"What is to be measured does not run: {error}") from error


def _alive(demo: Demo) -> dict[str, int | None]:
    return {name: demo.processes.pid(name) for name in demo.processes.names()}


def _fill(demo: Demo, sellers: Sequence[crowd.Seller], *, count: int, seed: int) -> None:
    services = demo.services
    customers = sorted({account for one in sellers for account in one.accounts})
    bank = library.sentences(services.catalog)
    drawn = list(library.draw(bank, customers, count=count, seed=seed, now=services.clock()))
    library.publish(drawn, demo.settings.database_url)
    if services.embedder:
        meaning.embed(drawn, bank, store=services.vectors, embedder=services.embedder)
    _wait_for_index(demo)


def _wait_for_index(demo: Demo) -> None:
    """Index what was published, here or wherever Touchline has begun with it by itself."""
    ends = time.monotonic() + INDEXED_WITHIN_S
    while True:
        try:
            demo.services.index.follow()
        except TryLater as error:
            if time.monotonic() > ends:
                raise BenchFailed(
                    f"The library was not indexed within {INDEXED_WITHIN_S:.0f} s: {error}"
                ) from error
            time.sleep(LOOK_EVERY_S)
        else:
            return


def _slow_down(demo: Demo) -> None:
    fault = {"kind": "slow", "seconds": CRM_TAKES_S, "times": -1, "path_prefix": "/services/data"}
    requests.post(f"{demo.salesforce_url}/_sandbox/faults", json=fault, timeout=10).raise_for_status()
