"""What Touchline keeps and where: database, index, meaning, outbox, queue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import app as composition
from doctor.finding import Finding, NotChecked, State
from enablement.adapters.index import PageIndex
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database, is_ahead
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.vectors import SqlVectors
from enablement.model import LANES, Lane
from jobs.queue import RedisWork, connect
from settings import Settings

OLDEST_QUEUE = (6, 2)
BEHIND_COUNTED = 1000
LETTERS_SHOWN = 3
_AGES = {
    "a day": timedelta(days=1),
    "an hour": timedelta(hours=1),
    "ten minutes": timedelta(minutes=10),
    "a minute": timedelta(minutes=1),
}
_SQLITE = "sqlite:///"


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """Give the database as it is, without bringing it up to date; raises NotChecked when it is not there yet."""
    url = settings.database_url
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists():
        raise NotChecked("there is no database yet")
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _ready(settings: Settings) -> Iterator[Database]:
    """Give a database that is up to date; raises NotChecked."""
    with _opened(settings) as database:
        try:
            at, head = database.revisions()
        except Exception as error:
            raise NotChecked("the database can't be read") from error
        if at != head:
            raise NotChecked("the database is not up to date")
        yield database


def database_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    part = "database"
    mend = "Every command that uses the database makes it and brings it up to date: run `touchline outbox`."
    try:
        with _opened(settings) as database:
            at, head = database.revisions()
            if at != head:
                if is_ahead(at, head):
                    mend = (
                        "It is of a newer Touchline: start that one, or put back the backup from before it."
                    )
                yield Finding(
                    part, "wrong", f"its revision is {at or 'none'}, this version needs {head}", mend
                )
                return
            yield _writable(database, now)
            yield from _journal(database)
    except NotChecked as reason:
        yield Finding(part, "wrong", str(reason), mend)


def _writable(database: Database, now: datetime) -> Finding:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    outbox, owner = SqlOutbox(database), composition.owner_name("doctor")
    try:
        outbox.hold("doctor", owner=owner, seconds=1, now=now)
        outbox.release("doctor", owner=owner)
    except Exception as error:
        mend = "Is the disk full, the file read-only, or the server a standby?"
        return Finding("database", "wrong", f"{kind} can be read but not written: {error}", mend)
    return Finding("database", "ok", f"{kind}, up to date, can be written")


def _journal(database: Database) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    with database.reading() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        said = f"SQLite keeps its journal as {mode}, not as a write-ahead log: readers wait for writers"
        yield Finding("database", "wrong", said, "Put it on a local disk, not on a network share.")


def index_findings(settings: Settings) -> Iterator[Finding]:
    part, folder = "index", settings.data_dir / "index"
    with _ready(settings) as database:
        catalog = SqlCatalog(database)
        stands_at = PageIndex(folder, catalog).stands_at() if folder.is_dir() else 0
        behind = len(catalog.changes(stands_at, limit=BEHIND_COUNTED))
        if behind:
            much = f"{behind} or more" if behind == BEHIND_COUNTED else str(behind)
            said = f"{much} change{'s' * (behind > 1)} of the library behind: answers lack what is new"
            mend = "The relay catches up every half minute: is it running? `touchline library add` does so at once."
            yield Finding(part, "wrong", said, mend)
        elif not stands_at:
            yield Finding(part, "warning", "the library is empty", "Run `touchline library add FOLDER`.")
        else:
            yield Finding(part, "ok", f"stands at the library's last change ({stands_at})")


def meaning_findings(settings: Settings) -> Iterator[Finding]:
    part = "meaning"
    with _ready(settings) as database:
        embedder = composition.embedder(settings, database)
        if embedder is None:
            yield Finding(part, "ok", "TOUCHLINE_EMBEDDER is off: the library is searched by its words alone")
            return
        vectors = SqlVectors(database)
        embedded, of = vectors.count(embedder.model)
        refused = vectors.refused(embedder.model)
        if settings.embedder == "openai":
            # The other one is in this process: nothing can be in its way.
            embedder.question("price")
    said = f"{embedded} of {of} published assets are embedded ({embedder.model})"
    mend = "The workers go on with it; `touchline library embed` does it now."
    waits = embedded + refused < of
    yield Finding(part, "warning" if waits else "ok", said, mend if waits else "")
    if refused:
        said = f"{refused} of them are refused by the model and are found by their words alone"
        yield Finding(part, "warning", said, "The log of the worker says why.")


def learning_findings(settings: Settings) -> Iterator[Finding]:
    part = "learning"
    with _ready(settings) as database:
        evidence = SqlEvidence(database)
        last, used = next(iter(evidence.runs(limit=1)), None), evidence.current()
    if last is None:
        yield Finding(
            part, "ok", "nothing was learned from deals yet: `touchline evidence` says what it takes"
        )
        return
    said = f"the last round ({last.begun_at:%d %b %Y}) is {last.state.replace('_', ' ')}"
    if last.state in ("failed", "refused"):
        stays = f"that of {used.begun_at:%d %b %Y} stays in use" if used else "none is in use"
        mend = "Another is made each night; `touchline evidence runs` lists them."
        yield Finding(part, "warning", f"{said}: {last.trouble}; {stays}", mend)
    else:
        yield Finding(part, "ok", said)


def outbox_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    part = "outbox"
    with _ready(settings) as database:
        outbox = SqlOutbox(database)
        counts = outbox.counts()
        waiting = sum(count for (_, state), count in counts.items() if state in ("due", "leased"))
        late = [(lane, age) for lane in LANES if (age := _waits(outbox, lane, now))]
        for lane, age in late:
            state: State = "warning" if age == "a minute" else "wrong"
            mend = f"Is `touchline relay` running, and `touchline worker {lane}`? What do their logs say?"
            yield Finding(part, state, f"work in the lane {lane} has waited for more than {age}", mend)
        if dead := sum(count for (_, state), count in counts.items() if state == "dead"):
            letters = outbox.letters(states=("dead",), limit=LETTERS_SHOWN)
            said = "; ".join(f"{one.kind}: {one.error}" for one in letters)
            mend = "Mend what they say, then `touchline outbox --retry`."
            yield Finding(part, "wrong", f"{dead} dead letter{'s' * (dead > 1)}: {said}", mend)
        elif not late:
            yield Finding(part, "ok", f"{waiting} waiting, none for long, no dead letters")
        yield from _relay(outbox, now)


def _waits(outbox: SqlOutbox, lane: Lane, now: datetime) -> str:
    return next((said for said, age in _AGES.items() if outbox.due(lane, now=now - age)), "")


def _relay(outbox: SqlOutbox, now: datetime) -> Iterator[Finding]:
    owner = composition.owner_name("doctor")
    if outbox.hold("relay", owner=owner, seconds=1, now=now):
        # Nobody renews that lease: give it back at once.
        outbox.release("relay", owner=owner)
        said = "no relay runs: deals are not read, and nobody looks after lost wake-ups"
        yield Finding("outbox", "warning", said, "Start `touchline relay` (`touchline up` has one).")


def queue_findings(settings: Settings) -> Iterator[Finding]:
    part, url = "queue", settings.redis_url
    if not url:
        said = (
            "REDIS_URL is not set: the relay does all the work, or `touchline up` brings a queue of its own"
        )
        yield Finding(part, "ok", said)
        return
    yield from server_findings(connect(url).info())
    work = RedisWork(url)
    for lane in LANES:
        if not work.has_workers(lane):
            said = f"no worker in the lane {lane}: the relay does its work meanwhile"
            yield Finding(part, "warning", said, f"Start `touchline worker {lane}`.")


def server_findings(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what a queue server's own report (INFO) says of its fitness."""
    part = "queue"
    name = "Valkey" if "valkey_version" in facts else "Redis"
    version = str(facts.get("valkey_version") or facts["redis_version"])
    if tuple(int(number) for number in version.split(".")[:2]) < OLDEST_QUEUE:
        yield Finding(part, "wrong", f"{name} {version} is too old", "Use Redis 6.2 or newer, or Valkey.")
    else:
        yield Finding(part, "ok", f"{name} {version} answers")
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        said = f"its maxmemory-policy is {policy}: when memory is short it forgets who works"
        yield Finding(part, "warning", said, "Set maxmemory-policy to noeviction.")
