"""No secret leaves the settings: not into a log of any level, a row, an error's text, an answer, or the queue."""

import json
import logging
import os
import shutil
import subprocess
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask, request
from redis import Redis

import app as composition
from bot.app import SlackDoor
from bot.signing import Seal
from crm.hooks.door import HookDoor
from doctor import examine
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import metadata
from enablement.model import LANES, Place, Profile, SigningKey, Task, Written, key
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import drain
from jobs.queue import connect
from jobs.relay import Relay
from sandbox.slack.server import Server
from settings import Settings, read_settings
from stack import Queue, valkey_binary
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.crm.hook_requests import ORG, SOAP_HEADERS, hook_body, hook_headers, one_message
from tests.doors import signed
from tests.ops.commands import start, touchline
from tests.ops.installation import PLENTY
from web.app import create_app

PASSWORD = "canary/pass:word@1"
_KEY = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SECRETS = {
    "SLACK_SIGNING_SECRET": "canary-signing-now",
    "SLACK_SIGNING_SECRET_PREVIOUS": "canary-signing-before",
    "SLACK_BOT_TOKEN": "xoxb-canary-token",
    "SLACK_APP_TOKEN": "xapp-canary-token",
    "SALESFORCE_CLIENT_SECRET": "canary-client-secret",
    "OPENAI_API_KEY": "sk-canary-key",
    "SALESFORCE_OUTBOUND_PATH": "canarycanarycanarycanarycanarycanary",
    "SALESFORCE_HOOK_SECRET": "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5",
    "SALESFORCE_HOOK_SECRET_PREVIOUS": "whsec_Y2FuYXJ5YmVmb3JlY2FuYXJ5YmVmb3JlY2FuYXI=",
    "SALESFORCE_PRIVATE_KEY": _KEY.decode(),
}
CANARIES = (
    *(one for name, one in SECRETS.items() if name != "SALESFORCE_PRIVATE_KEY"),
    *(one.removeprefix("whsec_") for one in SECRETS.values() if one.startswith("whsec_")),
    *(PASSWORD, quote(PASSWORD, safe=""), "canary/pass", "canary%2Fpass"),
    *_KEY.decode().splitlines()[1:-1],
)
# How everything that Touchline calls may answer.
MOODS: Mapping[str, Callable[[], Any]] = {
    "breaks": lambda: ("<html>500</html>", 500),
    "refuses": lambda: ({"ok": False, "error": "invalid_auth", "error_description": "no"}, 401),
    "is overrun": lambda: ("", 429, {"Retry-After": "1"}),
    "talks nonsense": lambda: "<html>Welcome</html>",
    "quotes what it was sent": lambda: (_echo(), 400),
    "quotes and refuses": lambda: (_echo(), 401),
}


def _echo() -> dict[str, object]:
    heard = f"{dict(request.headers)} {request.get_data(as_text=True)} {request.url}"
    return {
        "ok": False,
        "error": heard,
        "error_description": heard,
        "message": heard,
        "response_metadata": {"messages": [heard]},
    }


@contextmanager
def outside(mood: str) -> Iterator[str]:
    """Give the address of a server that is Slack, Salesforce and OpenAI in one; nobody's when it is "gone"."""
    if mood == "gone":
        yield "http://127.0.0.1:9"
        return
    world = Flask("outside")
    ways = {"methods": ["GET", "POST", "PATCH", "DELETE"]}
    world.add_url_rule("/<path:_>", "all", lambda **_: MOODS[mood](), **ways)  # type: ignore[arg-type]  # Flask's options
    with Server(world) as server:
        yield server.url


def environment(url: str, folder: Path, *, by_key: bool, **more: str) -> dict[str, str]:
    said = {
        **SECRETS,
        "SLACK_API_URL": f"{url}/api/",
        "SALESFORCE_URL": url,
        "SALESFORCE_CLIENT_ID": "touchline",
        "SALESFORCE_ORG_ID": ORG,
        "SALESFORCE_USERNAME": "integration@stowmark.example",
        "TOUCHLINE_EMBEDDER": "openai",
        "OPENAI_BASE_URL": f"{url}/v1",
        "TOUCHLINE_DATA": str(folder),
        "REDIS_URL": f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:9/0",
        "OPS_CHANNEL": "C0OPS",
        **more,
    }
    if not by_key:
        del said["SALESFORCE_PRIVATE_KEY"]
    return said


def assert_no_canary(texts: Mapping[str, str]) -> None:
    found = [
        f"{where}: …{text[max(0, text.index(one) - 80) : text.index(one) + len(one) + 40]}…"
        for where, text in texts.items()
        for one in CANARIES
        if one in text
    ]
    assert found == []


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged at DEBUG, as the processes of the product log it."""
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    composition._log_to_stderr()
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_each_secret_of_the_settings_is_a_canary_here_and_none_is_shown(tmp_path: Path) -> None:
    """A setting that hides its value is a secret: a new one must be provoked here too."""
    more = {"DATABASE_URL": f"postgresql://touchline:{quote(PASSWORD, safe='')}@127.0.0.1:9/touchline"}

    settings = read_settings(environment("http://127.0.0.1:9", tmp_path, by_key=True, **more))

    hidden = [one.name for one in fields(Settings) if not one.repr]
    assert [name for name in hidden if not _holds_a_canary(getattr(settings, name))] == []
    assert_no_canary({"repr": repr(settings), "hooks": repr(composition.hooks(settings))})


def _holds_a_canary(value: object) -> bool:
    return any(one in str(value).replace("\\n", "\n") for one in CANARIES)


@pytest.mark.parametrize(
    ("mood", "by_key"),
    [*((mood, False) for mood in ("gone", *MOODS)), ("gone", True), ("quotes and refuses", True)],
)
def test_whatever_goes_wrong_no_secret_is_told(
    mood: str,
    by_key: bool,
    tmp_path: Path,
    migrated_sqlite: Path,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    with outside(mood) as url:
        environ = environment(url, tmp_path, by_key=by_key)
        settings = read_settings(environ)
        services, database = composition.build(settings)
        # How long it waits before it tries again is no matter here.
        monkeypatch.setattr(services.embedder, "_pause", lambda _: None)
        said = provoke(services, settings, database)
        rows = everything_in(database)
        findings = examine(environ, clock=lambda: NOW, free_bytes=lambda _: PLENTY)
        database.close()

    assert_no_canary({**said, "rows": rows, "doctor": str(findings), "log": log.text})
    assert "rows" in said["drained"]
    assert any(one.levelno >= logging.WARNING for one in log.records), "something must have gone wrong"


def provoke(services: Services, settings: Settings, database: Database) -> dict[str, str]:
    """Call every integration in every way, and return what each said when it failed."""
    services.mirror.store(users=[user()], deals=[deal()])
    services.mirror.keep_profile(Profile("U1", user().email, "", "", "", "member", services.clock()))
    publish(services.catalog, asset(), "Pricing and discounts.")
    asked = ask("pricing", slack_id="U1", email="", place=Place("C1"), response_url="")
    kinds = [(lane, kind) for lane in LANES for kind in KINDS[lane]]
    tasks = [Task(key(kind), kind, lane, f"{user().id} {deal().id}") for lane, kind in kinds]
    tasks.append(Task(key("ask"), "ask.answer", "reply", asked.id))
    services.ledger.write(Written(records=(asked,), tasks=tuple(tasks)), now=services.clock())
    assert services.embedder is not None
    embedder, crm, slack = services.embedder, services.crm, services.messenger
    calls: dict[str, Callable[[], object]] = {
        "sync": lambda: crm.sync(full=True),
        "readable": lambda: services.access.readable(user().id, [deal(id="006Hs0000000001IAA").id]),
        "touch": lambda: crm.written("x"),
        "profile": lambda: slack.profile("U2", now=NOW),
        "channel": lambda: slack.is_shared_outside("C1"),
        "passages": lambda: embedder.passages(["a text"]),
        "question": lambda: services.questions.vector("a question"),
        "queue": lambda: services.work.wake(*LANES),
        "relay": lambda: Relay(services, owner="relay", schedules={}).tick(),
    }
    said = {name: _told(call) for name, call in calls.items()}
    said["drained"] = str({lane: f"{_drained(lane, services)} rows" for lane in LANES})
    return said | _posted(services, settings)


def _drained(lane: Any, services: Services) -> int:
    return drain(lane, KINDS[lane], services, owner=f"test {lane}")


def _told(call: Callable[[], object]) -> str:
    try:
        return repr(call())
    except Exception:
        return traceback.format_exc()


def _posted(services: Services, settings: Settings) -> dict[str, str]:
    """Send the doors what they refuse, and what breaks them because the database is broken."""
    gateway = composition.gateway(settings, seal=Seal(lambda: SigningKey(b"key", services.clock())))
    slack = SlackDoor(
        services, gateway, token=settings.slack_bot_token, signing_secrets=settings.slack_signing_secrets
    )
    hooks = HookDoor(services, composition.hooks(settings))
    web = create_app(services, slack=slack.handle, salesforce=hooks.handle, health=dict).test_client()
    outbound = f"/salesforce/outbound/{SECRETS['SALESFORCE_OUTBOUND_PATH']}"
    with database_gone(services):
        told, now = hook_body("006Hs0000000001IAA"), services.clock().timestamp()
        by_salesforce = hook_headers(told, at=now, secret=SECRETS["SALESFORCE_HOOK_SECRET"])
        raw = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "?"}}).encode()
        answers = {
            "forged": web.post("/slack/events", data=raw, headers=signed(raw)),
            "signed": web.post(
                "/slack/events", data=raw, headers=signed(raw, secret=SECRETS["SLACK_SIGNING_SECRET"])
            ),
            "outbound": web.post(outbound, data=one_message(), headers=SOAP_HEADERS),
            "outbound, nonsense": web.post(outbound, data=b"<a/>", headers=SOAP_HEADERS),
            "outbound, half": web.post(outbound[:-1], data=one_message(), headers=SOAP_HEADERS),
            "outbound, got": web.get(outbound),
            "outbound, too large": web.post(outbound, data=b"x" * 5_000_000),
            "hook, forged": web.post("/salesforce/hook", data=b"{}", headers={"webhook-id": "1"}),
            "hook": web.post("/salesforce/hook", data=told, headers=by_salesforce),
        }
    assert (answers["outbound"].status_code, answers["hook"].status_code) == (500, 500)
    return {name: f"{one.status} {one.headers} {one.get_data(as_text=True)}" for name, one in answers.items()}


@contextmanager
def database_gone(services: Services) -> Iterator[None]:
    """Let nothing be written."""
    database: Database = services.ledger._database  # type: ignore[attr-defined]  # the one adapter there is
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox RENAME TO inbox_away")
    yield
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox_away RENAME TO inbox")


def everything_in(database: Database) -> str:
    with database.reading() as connection:
        return "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(table.select())
        )


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[str]:
    """The address of a real queue that asks for a password."""
    binary = valkey_binary()
    if binary is None:
        pytest.skip("there is no valkey or redis server for this platform")
    made = Queue(tmp_path)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(made.command(binary), stdin=quiet, stdout=quiet, stderr=quiet) as server:
        ends = time.monotonic() + 20
        while not made.is_up():
            assert time.monotonic() < ends, "the queue server did not start"
            time.sleep(0.02)
        connect(made.url).config_set("requirepass", PASSWORD)
        yield made.url.replace("unix://", f"unix://:{quote(PASSWORD, safe='')}@")
        server.terminate()
    made.remove()


def test_no_secret_is_in_the_queue(queue: str, tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    """Real processes work with a real queue that asks for a password, while everything else is away."""
    environ = environment("http://127.0.0.1:9", tmp_path, by_key=False, REDIS_URL=queue)
    services, database = composition.build(read_settings(environ))
    redis = connect(queue)
    seen = set[str]()
    with running(environ, ["relay"], ["worker", "write"], ["worker", "reply"]) as said:
        ends = time.monotonic() + 60
        while not services.outbox.letters(states=["dead"], limit=1) and time.monotonic() < ends:
            tasks = [Task(key("sync", time.monotonic_ns()), "library.notice", "write", "none")]
            services.outbox.add(tasks, now=services.clock())
            services.work.wake(*LANES)
            seen |= everything_in_redis(redis)
            time.sleep(0.05)
    rows = everything_in(database)
    database.close()

    assert any("jobs.wakeups" in one for one in seen), "wake-ups were seen"
    assert "there is no notice" in rows, "a worker worked"
    assert_no_canary({"redis": "\n".join(seen), "rows": rows, "log": log.text, **said})


def everything_in_redis(redis: Redis) -> set[str]:
    """Return all keys with their values, as text; a job's data is unpacked."""
    found = set()
    for name in redis.scan_iter(count=1000):
        value: object = redis.dump(name)
        if redis.type(name) == b"hash":
            value = {one: _unpacked(data) for one, data in redis.hgetall(name).items()}
        found.add(f"{name!r} {value!r}")
    return found


def _unpacked(data: str | bytes) -> str | bytes:
    """Return what RQ packed."""
    try:
        return zlib.decompress(data) if isinstance(data, bytes) else data
    except zlib.error:
        return data


@contextmanager
def running(environ: Mapping[str, str], *commands: list[str]) -> Iterator[dict[str, str]]:
    """Run commands of the product in processes of their own; at the end what they wrote is there."""
    said: dict[str, str] = {}
    with TemporaryDirectory() as folder:
        started = {}
        for words in commands:
            own = Path(folder, "-".join(words))
            own.mkdir()
            started[own.name] = start(*words, environ={"PATH": os.environ["PATH"], **environ}, folder=own)
        yield said
        for one in started.values():
            one.process.terminate()
        for name, one in started.items():
            done = one.ended(within_s=30)
            said[name] = done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "database_url"),
    [
        (["doctor"], ""),
        (["doctor"], f"postgresql://touchline:{quote(PASSWORD, safe='')}@127.0.0.1:9/x"),
        (["deals", "sync"], ""),
        (["outbox"], f"postgresql://touchline:{quote(PASSWORD, safe='')}@127.0.0.1:9/x"),
    ],
)
def test_no_command_tells_a_secret(words: list[str], database_url: str, tmp_path: Path) -> None:
    more = {"DATABASE_URL": database_url} if database_url else {}
    environ = environment("http://127.0.0.1:9", tmp_path, by_key=True, **more)

    done = touchline(*words, environ={"PATH": os.environ["PATH"], **environ}, within_s=90)

    assert done.stdout + done.stderr
    assert_no_canary({"out": done.stdout, "err": done.stderr})
