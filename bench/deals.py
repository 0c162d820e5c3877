"""`deals`: how long a large org takes to read the first time, and a sweep over what changed since."""

import csv
import io
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import requests

from bench.figures import Bench, BenchFailed, Figure, Options, Promise
from bench.org_peer import read_all
from crm.client import SalesforceClient
from crm.deals import CONTACTS, HISTORY, TEAM, deals_query
from crm.fields import OrgFields
from crm.mapping import load_field_map
from crm.refresh import Reader
from crm.session import Login
from crm.sync import sync
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from sandbox import salesforce
from sandbox.slack.server import Server
from sandbox.world import OPEN_STAGES
from sandbox.world.org_client import OrgClient

DEALS, QUICK_DEALS = 100_000, 10_000
CHANGES = 100
ROUNDS, QUICK_ROUNDS = 5, 3
ACCOUNTS, CONTACTS_IN_ALL, PEOPLE = 2_000, 2_000, 50
ROWS_A_JOB = 10_000
SEED = 23
MOST_LOAD_S, MOST_SWEEP_S, MOST_MB = 300.0, 3.0, 500.0
ID, SECRET, USERNAME = "touchline", "bench-secret", "integration@bench.test"
METADATA = Path(__file__).resolve().parent.parent / "crm" / "salesforce"
_JOBS = "/services/data/v62.0/jobs/ingest"
# A new process each: what one leaves in memory must not count for another.
_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Done:
    """How long something took in a process of its own, its peak memory in MB, how many rows it read."""

    seconds: float
    megabytes: float
    rows: int


def run(options: Options) -> list[Figure]:
    """Fill an org, read it as we do and as a peer does, change some deals, read these."""
    count = QUICK_DEALS if options.quick else DEALS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="touchline-bench-")))
        url = stack.enter_context(_org(folder))
        hand = stack.enter_context(OrgClient(url, ID, SECRET))
        now = datetime.now(UTC).replace(microsecond=0)
        hand.set_clock(now)
        options.say(f"Filling a local org with {count:,} opportunities…")
        deals = fill(hand, count)
        database = f"sqlite:///{folder / 'mirror.db'}"
        hand.set_clock(now + timedelta(hours=1))
        options.say("Reading all of it…")
        before = _calls(url)
        first = _apart(_read, url, database)
        calls = _calls(url) - before
        if first.rows != count:
            raise BenchFailed(f"{first.rows:,} deals were read of {count:,}")
        options.say("Reading the same rows with simple-salesforce, page by page…")
        peer = _apart(_read_as_peer, url, database)
        sweeps = []
        for round_ in range(1, (QUICK_ROUNDS if options.quick else ROUNDS) + 1):
            hand.set_clock(now + timedelta(hours=1 + round_))
            hand.update("Opportunity", [{"id": one, "Amount": round_} for one in deals[:CHANGES]])
            options.say(f"Sweep {round_} over {CHANGES} changes…")
            sweeps.append(_apart(_read, url, database))
            if sweeps[-1].rows != CHANGES:
                raise BenchFailed(f"a sweep read {sweeps[-1].rows} deals, not the {CHANGES} that changed")
    return [
        Figure(
            f"first reading of {count:,} deals", "s", first.seconds, peer.seconds,
            first.seconds / peer.seconds, Promise(MOST_LOAD_S),
        ),
        Figure("peak memory of it", "MB", first.megabytes, promise=Promise(MOST_MB)),
        Figure("API calls of it", "", calls),
        Figure(
            f"sweep over {CHANGES} changes, median of {len(sweeps)}", "s",
            median(one.seconds for one in sweeps), promise=Promise(MOST_SWEEP_S),
        ),
    ]  # fmt: skip


BENCH = Bench("deals", "Deals out of a large org: first reading, sweep, memory (no data needed).", run)


def fill(hand: OrgClient, count: int) -> list[str]:
    """Put deals with accounts, people, contacts, team and history into an org; return their ids."""
    chance = Random(SEED)
    people = _people(hand)
    accounts = hand.insert(
        "Account",
        [
            {"Name": f"Customer {number}", "Industry": chance.choice(("Retail", "Energy")),
             "BillingCountry": chance.choice(("Ireland", "Canada")), "NumberOfEmployees": chance.randint(5, 5000)}
            for number in range(ACCOUNTS)
        ],
    )  # fmt: skip
    met = [{"LastName": f"Buyer {n}", "Email": f"b{n}@bench.test"} for n in range(CONTACTS_IN_ALL)]
    contacts = hand.insert("Contact", met)
    deals = ingest(
        hand,
        "Opportunity",
        [
            {"Name": f"Deal {number}", "AccountId": chance.choice(accounts), "OwnerId": chance.choice(people),
             "StageName": OPEN_STAGES[0], "CloseDate": f"2027-{number % 12 + 1:02}-15", "Amount": number}
            for number in range(count)
        ],
    )  # fmt: skip
    moved = [{"Id": one, "StageName": chance.choice(OPEN_STAGES[1:])} for one in deals[::2]]
    ingest(hand, "Opportunity", moved, operation="update")
    roles = [
        {"OpportunityId": one, "ContactId": chance.choice(contacts), "Role": "Evaluator"}
        for one in deals[::2]
    ]
    ingest(hand, "OpportunityContactRole", roles)
    members = [
        {"OpportunityId": one, "UserId": chance.choice(people), "TeamMemberRole": "Sales Rep"}
        for one in deals[::5]
    ]
    ingest(hand, "OpportunityTeamMember", members)
    return deals


def ingest(
    hand: OrgClient, name: str, rows: Sequence[Mapping[str, Any]], *, operation: str = "insert"
) -> list[str]:
    """Write rows by Bulk API jobs; return their ids in the order of the rows."""
    made: list[str] = []
    for start in range(0, len(rows), ROWS_A_JOB):
        some = rows[start : start + ROWS_A_JOB]
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, list(some[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(some)
        job = hand._call("POST", _JOBS, json={"object": name, "operation": operation})["id"]
        headers = {"Content-Type": "text/csv"}
        hand._call("PUT", f"{_JOBS}/{job}/batches", data=table.getvalue().encode(), headers=headers)
        hand._call("PATCH", f"{_JOBS}/{job}", json={"state": "UploadComplete"})
        # As on the platform, nobody is told that a job is done: one has to look.
        while (state := hand._call("GET", f"{_JOBS}/{job}")["state"]) != "JobComplete":
            if state in ("Failed", "Aborted"):
                raise BenchFailed(
                    f"The local Salesforce did not take the rows of {name}: the job is {state}."
                )
            time.sleep(0.1)
        done = hand._send("GET", f"{_JOBS}/{job}/successfulResults")
        done.encoding = "utf-8"
        made += [row["sf__Id"] for row in csv.DictReader(io.StringIO(done.text, newline=""))]
        if len(made) != start + len(some):
            raise BenchFailed(f"the local org refused some rows of {name}")
    return made


def _people(hand: OrgClient) -> list[str]:
    profile = hand.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")[0]["Id"]
    facts = {"ProfileId": profile, "TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US",
             "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8"}  # fmt: skip
    rows = [
        {
            "Username": f"p{n}@bench.test",
            "Email": f"p{n}@bench.test",
            "LastName": f"P{n}",
            "Alias": f"p{n}",
            **facts,
        }
        for n in range(PEOPLE)
    ]
    return hand.insert("User", rows)


def _calls(url: str) -> int:
    answer = requests.get(f"{url}/_sandbox/received", timeout=60)
    return sum(one["path"].startswith("/services/data") for one in answer.json()["calls"])


@contextmanager
def _org(folder: Path) -> Iterator[str]:
    """Serve a local org from a process of its own; yield its address."""
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=_serve, args=(theirs, folder), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(here: Connection, folder: Path) -> None:
    # Nobody else knows this port, and the address must be known before the org is made.
    config = salesforce.OrgConfig(
        database=folder / "org.db",
        source=METADATA,
        base_url="http://127.0.0.1",
        client_id=ID,
        client_secret=SECRET,
        public_key_pem=None,
        integration_username=USERNAME,
    )
    with Server(salesforce.create_app(config)) as server:
        here.send(server.url)
        here.recv()


def _apart(act: Any, url: str, database: str) -> Done:
    """Do something in a process of its own."""
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=_measured, args=(act, theirs, url, database))
    process.start()
    theirs.close()
    try:
        done: Done = ours.recv()
    except EOFError as error:
        raise BenchFailed("The reading process died; see above.") from error
    finally:
        process.join()
    return done


def _measured(act: Any, here: Connection, url: str, database: str) -> None:
    started = time.perf_counter()
    rows = act(url, database)
    seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    here.send(Done(seconds, peak / 1e6, rows))


def _read(url: str, address: str) -> int:
    database = Database(address)
    database.migrate()
    client = SalesforceClient(Login(url, ID, SECRET))
    fields = OrgFields(client, load_field_map())
    reader = Reader(client, fields, SqlMirror(database), lambda: datetime.now(UTC), work=None)
    deals = sync(reader, full=False)["deals"]
    database.close()
    return deals


def _read_as_peer(url: str, _: str) -> int:
    fields = load_field_map()
    return read_all(url, ID, SECRET, [deals_query(fields), HISTORY, CONTACTS, TEAM])
