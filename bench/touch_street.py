"""Where touches go: a local org of deals, writers in processes of their own, and a hand that gives them work."""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import requests

from app import build
from bench.figures import BenchFailed, Options
from bench.once import Meant
from enablement.adapters.sql.database import Database
from enablement.library import Incoming, take_in
from enablement.model import Asset, Share, Task, Touch, Written, key
from enablement.ports import Services
from enablement.sharing import crm_task
from processes import Processes, python
from sandbox.world.org_client import OrgClient
from settings import Settings, read_settings
from stack import NotReady, answers, free_port, wait_until

DEALS, ASSETS, WRITERS = 2_000, 20, 2
ENDS_WITHIN_S = 400.0
LOOK_EVERY_S = 0.25
SEED = 20
API, ROWS = "/services/data", "/services/data/v62.0/composite/sobjects/Content_Touch__c/External_Ref__c"
CLIENT_ID, CLIENT_SECRET = "touchline", "writeback"


@dataclass(frozen=True)
class Street:
    """What runs: an org of deals, writers, and the hand that gives them work and judges what came of it."""

    settings: Settings
    services: Services
    database: Database
    processes: Processes
    deals: Sequence[str]
    assets: Sequence[Asset]
    chance: Random

    def order(self, kind: str, times: int, **more: Any) -> None:
        fault = {"kind": kind, "times": times, "path_prefix": API, **more}
        requests.post(
            f"{self.settings.salesforce_url}/_sandbox/faults", json=fault, timeout=9
        ).raise_for_status()

    def calm(self) -> None:
        requests.delete(f"{self.settings.salesforce_url}/_sandbox/faults", timeout=9).raise_for_status()

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the calls that wrote rows, after the one of that number."""
        url = f"{self.settings.salesforce_url}/_sandbox/received"
        said = requests.get(url, params={"since": after}, timeout=30).json()["calls"]
        return [call for call in said if call["path"] == ROWS]

    def give(self, count: int, name: str) -> dict[str, Meant]:
        """Write shares, touches and their work into the ledger at once, most of them on a few deals."""
        now = self.services.clock()
        weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(self.deals))))
        meant: dict[str, Meant] = {}
        records: list[Share | Touch] = []
        tasks: list[Task] = []
        for number in range(count):
            [deal] = self.chance.choices(self.deals, cum_weights=weights)
            asset, ref = self.chance.choice(self.assets), key(name, number)
            to = f"buyer{number}@customer.example"
            share = Share(
                *(
                    key("share", ref),
                    key("token", ref),
                    "",
                    asset.id,
                    asset.version_id,
                    deal,
                    "rep@bench.example",
                ),
                *(to, "", "", True, now, now),
            )
            touch = Touch(
                *(ref, "shared", asset.id, asset.version_id, deal, share.email, to, "slack", share.id, now)
            )
            records += (share, touch)
            tasks.append(crm_task(touch))
            meant[ref] = (deal, to)
        self.services.ledger.write(Written(records=tuple(records), tasks=tuple(tasks)), now=now)
        return meant

    def wait(self) -> None:
        """Wait until all is written; raises BenchFailed when something was given up, or takes too long."""
        ends = time.monotonic() + ENDS_WITHIN_S
        while True:
            counts = self.services.outbox.counts()
            left = sum(count for (_, state), count in counts.items() if state in ("due", "leased"))
            if counts.get(("write", "dead")):
                [letter, *_] = self.services.outbox.letters(states=["dead"], limit=1)
                raise BenchFailed(f"A touch was given up: {letter.error}")
            if not left:
                return
            if time.monotonic() > ends:
                logs = "\n".join(self.processes.log_tail(f"writer-{number}") for number in range(WRITERS))
                raise BenchFailed(f"{left} touches were not written in {ENDS_WITHIN_S:.0f} s. Said:\n{logs}")
            time.sleep(LOOK_EVERY_S)

    def position(self) -> int:
        """Return the number of the last call that the org received."""
        url = f"{self.settings.salesforce_url}/_sandbox/received"
        calls = requests.get(url, timeout=30).json()["calls"]
        return int(calls[-1]["n"]) if calls else 0


@contextmanager
def street(options: Options) -> Iterator[Street]:
    """Start and fill all of it, and end it at the end; raises BenchFailed."""
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        environ = _environment(folder)
        processes = Processes(environ, folder / "logs")
        stack.callback(processes.stop)
        try:
            _start_org(processes, environ)
            settings = read_settings(environ)
            services, database = build(settings)
            stack.callback(database.close)
            options.say(f"Bringing {DEALS} deals…")
            deals = _bring_deals(settings)
            services.crm.sync(full=True)
            assets = [_asset(services, number) for number in range(ASSETS)]
            for number in range(WRITERS):
                processes.start(f"writer-{number}", python("-m", "bench.writer"))
        except NotReady as error:
            raise BenchFailed(f"What is to be measured does not run: {error}") from error
        yield Street(settings, services, database, processes, deals, assets, Random(SEED))


def _environment(folder: Path) -> dict[str, str]:
    others = ("SLACK_", "SALESFORCE_", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {
        "SLACK_SIGNING_SECRET": "none",
        "SLACK_BOT_TOKEN": "xoxb-none",
        "SALESFORCE_URL": f"http://127.0.0.1:{free_port()}",
        "SALESFORCE_CLIENT_ID": CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": CLIENT_SECRET,
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'touchline.db'}",
        "TOUCHLINE_DATA": str(folder),
        "TOUCHLINE_EMBEDDER": "off",
    }


def _start_org(processes: Processes, environ: dict[str, str]) -> None:
    url = environ["SALESFORCE_URL"]
    ports = ("--salesforce-port", url.rpartition(":")[2], "--slack-port", str(free_port()))
    secrets = ("--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    unused = ("--signing-secret", "none", "--bot-token", "xoxb-none", "--app-url", url)
    processes.start("sandbox", python("-m", "sandbox", *ports, *secrets, *unused), again=False)
    wait_until(lambda: answers(f"{url}/services/data"), "sandbox", processes)


def _bring_deals(settings: Settings) -> list[str]:
    rows = [
        {"Name": f"Deal {number:04}", "StageName": "Negotiation/Review", "CloseDate": "2030-03-31"}
        for number in range(DEALS)
    ]
    with OrgClient(settings.salesforce_url, CLIENT_ID, CLIENT_SECRET) as org:
        return org.insert("Opportunity", rows)


@dataclass(frozen=True)
class _Part:
    number: int
    title: str
    text: str


def _asset(services: Services, number: int) -> Asset:
    source = f"bench/{number}.md"
    incoming = Incoming(
        source=source,
        file_name=f"{number}.md",
        media_type="text/markdown",
        data=f"# Asset {number}\n".encode(),
        title=f"Asset {number}",
        pages=[_Part(1, f"Asset {number}", "What it says.")],
        metadata={"audience": "customer", "language": "en"},
    )
    take_in(incoming, services.catalog, services.ledger, is_there=lambda _: True, now=services.clock())
    made = services.catalog.asset_by_source(source)
    if made is None:
        raise BenchFailed(f"{source} was not taken in")
    return made
