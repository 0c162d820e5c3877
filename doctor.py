"""`touchline doctor`: is everything there that Touchline needs, and what to do where it is not."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import yaml

import app as composition
from crm import check
from crm.check import Problem
from crm.mapping import DEFAULT, BadMapping, load_field_map
from enablement.adapters.index import PageIndex
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.vectors import SqlVectors
from enablement.model import LANES, Lane
from enablement.ports import Clock, TryLater, Undeliverable
from jobs.queue import RedisWork, connect
from settings import MissingSettings, Settings, read_settings

State = Literal["ok", "warning", "wrong"]
MANIFEST = Path(__file__).with_name("manifest.yml")
OLDEST_QUEUE = (6, 2)
LITTLE_SPACE, TOO_LITTLE_SPACE = 1_000_000_000, 200_000_000
# A share of the day's API calls.
FEW_CALLS = 0.1
BEHIND_COUNTED = 1000
LETTERS_SHOWN = 3
LONGEST_TEXT = 400
_AGES = {
    "a day": timedelta(days=1),
    "an hour": timedelta(hours=1),
    "ten minutes": timedelta(minutes=10),
    "a minute": timedelta(minutes=1),
}
_SQLITE = "sqlite:///"
_SALESFORCE = "See docs/install.md, Salesforce."


class NotChecked(Exception):
    """A check that had nothing to look at, because of something that another check reports."""


@dataclass(frozen=True)
class Finding:
    """What a check found, and what to do about it (empty when nothing is to be done)."""

    part: str
    state: State
    said: str
    mend: str = ""


def examine(environ: Mapping[str, str], *, clock: Clock, free_bytes: Callable[[Path], int]) -> list[Finding]:
    """Check every part; one that is broken or missing does not keep the others from being checked."""
    settings, found = _settings(environ)
    if settings is None:
        return found
    now = clock()
    found += _guarded("data folder", lambda: _data_folder(settings, free_bytes), "Is TOUCHLINE_DATA right?")
    found += _guarded("database", lambda: _database(settings, now), "Is it running, is DATABASE_URL right?")
    found += _guarded("index", lambda: _index(settings), "Delete its folder and run `touchline library add`.")
    found += _guarded("meaning", lambda: _meaning(settings), "See docs/install.md, Meaning.")
    found += _guarded("outbox", lambda: _outbox(settings, now), "See `touchline outbox`.")
    found += _guarded("queue", lambda: _queue(settings), "Is it running, is REDIS_URL right?")
    found += _guarded("slack", lambda: _slack(settings), "See docs/install.md, Slack.")
    found += _guarded("salesforce", lambda: _salesforce(settings), _SALESFORCE)
    found += _hooks(settings)
    secrets = _secrets(settings)
    return [
        Finding(one.part, one.state, *(_clean(text, secrets) for text in (one.said, one.mend)))
        for one in found
    ]


def free_bytes(folder: Path) -> int:
    """Return the free space of the disk that a folder is on, or will be on."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free


def _guarded(part: str, check: Callable[[], Iterator[Finding]], mend: str) -> list[Finding]:
    """Return what a check finds; when it breaks off, what it found so far and why."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except NotChecked as reason:
        found.append(Finding(part, "warning", f"not checked: {reason}"))
    except (TryLater, Undeliverable, BadMapping) as error:
        found.append(Finding(part, "wrong", str(error), mend))
    except Exception as error:
        # Whatever a driver raises: that is the finding.
        found.append(Finding(part, "wrong", f"{type(error).__name__}: {error}", mend))
    return found


def _settings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """Return the settings as far as they can be used, and what is wrong with them."""
    part = "settings"
    try:
        settings = read_settings(environ)
    except MissingSettings as error:
        lines = [line.strip() for line in str(error).splitlines()[1:]]
        found = [Finding(part, "wrong", *_said_and_mend(line)) for line in lines]
        return _usable(environ, lines), found
    if settings.slack_bot_token and not {"SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE"} & set(environ):
        return settings, [Finding(part, "ok", "none set here; these are the ones that a demo left")]
    found = [Finding(part, "ok", "complete")]
    is_real = urlsplit(settings.slack_api_url).hostname == "slack.com"
    if is_real and urlsplit(settings.public_url).scheme != "https":
        said = f"PUBLIC_URL is {settings.public_url}: neither Slack nor buyers can open it"
        found.append(Finding(part, "warning", said, "Set it to the https:// address of `touchline serve`."))
    return settings, found


def _usable(environ: Mapping[str, str], problems: Iterable[str]) -> Settings | None:
    """Read what is left when the settings that can't be used are taken away."""
    bad = {problem.split(":")[0] for problem in problems}
    sound = {name: value for name, value in environ.items() if name not in bad}
    # Something of ours must be set, or a demo's settings would be taken for these.
    sound.setdefault("TOUCHLINE_DATA", str(Settings.data_dir))
    try:
        return read_settings(sound, doors=False)
    except MissingSettings:
        return None


def _said_and_mend(line: str) -> tuple[str, str]:
    said, _, where = line.partition(". Where to get it: ")
    return (said, f"Get it at: {where}") if where else (line, "")


def _data_folder(settings: Settings, free: Callable[[Path], int]) -> Iterator[Finding]:
    part, folder = "data folder", settings.data_dir
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
        yield Finding(part, "wrong", f"{folder} can't be written to", "Give Touchline's user write access.")
        return
    left = free(folder)
    state: State = "wrong" if left < TOO_LITTLE_SPACE else "warning" if left < LITTLE_SPACE else "ok"
    mend = "" if state == "ok" else "Make room, or move it with TOUCHLINE_DATA."
    yield Finding(part, state, f"{folder}: {left / 1e9:.1f} GB free", mend)


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


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    part = "database"
    mend = "Every command that uses the database makes it and brings it up to date: run `touchline outbox`."
    try:
        with _opened(settings) as database:
            at, head = database.revisions()
            if at != head:
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


def _index(settings: Settings) -> Iterator[Finding]:
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


def _meaning(settings: Settings) -> Iterator[Finding]:
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


def _outbox(settings: Settings, now: datetime) -> Iterator[Finding]:
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


def _queue(settings: Settings) -> Iterator[Finding]:
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


def _slack(settings: Settings) -> Iterator[Finding]:
    part = "slack"
    if not settings.slack_bot_token:
        raise NotChecked("SLACK_BOT_TOKEN is not set")
    try:
        team, has = composition.gateway(settings).installed()
    except Undeliverable as error:
        mend = "Copy the Bot User OAuth Token again: Slack app → OAuth & Permissions."
        yield Finding(part, "wrong", f"Slack refuses the bot token ({error})", mend)
        return
    yield Finding(part, "ok", f"signed in to {team}")
    wanted = manifest_scopes(MANIFEST)
    if missing := sorted(wanted - has):
        said = f"the bot token lacks {', '.join(missing)}"
        yield Finding(
            part, "wrong", said, "Slack app → OAuth & Permissions: add them, then reinstall the app."
        )
    else:
        yield Finding(part, "ok", f"all {len(wanted)} scopes of manifest.yml")
    if more := sorted(has - wanted):
        said = f"the bot token has more than it needs: {', '.join(more)}"
        yield Finding(
            part, "warning", said, "Remove them at Slack app → OAuth & Permissions, then reinstall."
        )


def manifest_scopes(path: Path) -> frozenset[str]:
    """Return the bot scopes of a Slack app manifest."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    return frozenset(said["oauth_config"]["scopes"]["bot"])


def _salesforce(settings: Settings) -> Iterator[Finding]:
    part = "salesforce"
    has_key = settings.salesforce_username and settings.salesforce_private_key
    if not (settings.salesforce_url and settings.salesforce_client_id):
        raise NotChecked("SALESFORCE_URL or SALESFORCE_CLIENT_ID is not set")
    if not (has_key or settings.salesforce_client_secret):
        raise NotChecked("neither a client secret nor a username with a key is set")
    client = composition.salesforce(settings)
    calls = client.limits()["DailyApiRequests"]
    yield Finding(part, "ok", f"signed in to {settings.salesforce_url}")
    yield calls_finding(int(calls["Remaining"]), int(calls["Max"]))
    mapping = str(settings.salesforce_mapping or DEFAULT.relative_to(MANIFEST.parent))

    def reading() -> Iterator[Problem]:
        return check.reading_problems(client, load_field_map(settings.salesforce_mapping), mapping=mapping)

    libraries, org_id = settings.salesforce_file_libraries, settings.salesforce_org_id

    def filed() -> Iterator[Problem]:
        return check.file_problems(client, libraries)

    for look, well in (
        (lambda: check.touch_problems(client), "touches can be written"),
        (reading, "all fields that the deals need can be read"),
        (lambda: check.access_problems(client), "we can ask who may read a deal"),
        *([(lambda: check.org_problems(client, org_id), "hooks come from this org")] if org_id else []),
        *([(filed, f"the files of {', '.join(libraries)} can be read")] if libraries else []),
    ):
        yield from _guarded(part, partial(_problems, look, well), _SALESFORCE)


def _hooks(settings: Settings) -> Iterator[Finding]:
    part, secrets = "hooks", settings.salesforce_hook_secrets
    if not (settings.salesforce_outbound_path or secrets):
        said = f"none are set up: changes in Salesforce are seen every {settings.sync_every_s} seconds"
        yield Finding(part, "ok", said)
        return
    networks = ", ".join(map(str, settings.salesforce_outbound_networks)) or "any network"
    outbound = f"taken from {networks}" if settings.salesforce_outbound_path else "not set up"
    yield Finding(part, "ok", f"Outbound Messages are {outbound}")
    signed = "taken" if secrets else "not set up (SALESFORCE_HOOK_SECRET)"
    both = ", with the previous secret too" if len(secrets) > 1 else ""
    yield Finding(part, "ok", f"signed hooks and the button that asks are {signed}{both}")


def calls_finding(left: int, most: int) -> Finding:
    """Return what the API calls that are left today mean."""
    state: State = "wrong" if left <= 0 else "warning" if left < FEW_CALLS * most else "ok"
    mend = "" if state == "ok" else "Wait until tomorrow, find who uses them up, or buy more."
    return Finding("salesforce", state, f"{left} of {most} API calls left today", mend)


def _problems(check: Callable[[], Iterator[Problem]], well: str) -> Iterator[Finding]:
    problems = list(check())
    for one in problems:
        yield Finding("salesforce", "wrong", one.said, one.mend)
    if not problems:
        yield Finding("salesforce", "ok", well)


def _secrets(settings: Settings) -> list[str]:
    passwords = [urlsplit(url).password or "" for url in (settings.database_url, settings.redis_url)]
    said = [
        *settings.slack_signing_secrets,
        settings.slack_bot_token,
        settings.salesforce_client_secret,
        settings.salesforce_private_key,
        settings.salesforce_outbound_path,
        *settings.salesforce_hook_secrets,
        settings.openai_api_key,
        *passwords,
        *map(unquote, passwords),
    ]
    return sorted(filter(None, said), key=len, reverse=True)


def _clean(text: str, secrets: Iterable[str]) -> str:
    """Return a text on one line and of bearable length; drivers like to quote what they were given."""
    for secret in secrets:
        text = text.replace(secret, "…")
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
