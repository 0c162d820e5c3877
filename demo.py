"""Touchline with a local Slack and a local Salesforce: the demo that people open, and the walk that machines check."""

import base64
import contextlib
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

import app as composition
from bot.payload import read as read_button
from bot.signing import unsealed
from enablement import answering
from enablement.adapters.intake import files_in, take_in_files
from enablement.model import Share, Touch, Written, key
from enablement.ports import Services, TryLater
from enablement.sharing import crm_task
from processes import Processes, python
from sandbox import plugin
from sandbox.salesforce import BARE_ORG, ORGANIZATION_ID
from sandbox.world import (
    ENABLEMENT,
    OPS,
    PROTAGONIST,
    ROLLOUT_NAME,
    ContentUse,
    LoadError,
    World,
    generate,
    load,
    slack_workspace,
)
from settings import DEMO_ENVIRONMENT, Settings, read_settings
from stack import (
    LOOPBACK,
    NotAlone,
    NotReady,
    Queue,
    alone,
    answers,
    free_port,
    is_taken,
    start_touchline,
    valkey_binary,
    wait_until,
)

SAMPLES = Path(__file__).resolve().parent / "samples" / "library"
CHANNEL = "deal-norfield"
QUESTION = "proof of payback for the CFO"
INTEGRATION_USER = "integration@stowmark.example"
STEP_WITHIN_S = 30.0
LOOK_EVERY_S = 0.01
# Of one machine alone: a worker of replies computes on one processor only.
REPLY_WORKERS = 2
# So many closed deals that the effects of content on them can be told from chance.
PAST_DEALS = 1_000
ANOTHER_FOLDER = "End it first, or choose another folder with TOUCHLINE_DATA."
Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demo did not come about; the message says why, in one sentence where that is possible."""


@dataclass(frozen=True)
class Demo:
    """A running demo: where its parts are."""

    slack_url: str
    salesforce_url: str
    app_url: str
    settings: Settings
    services: Services
    processes: Processes
    user: str
    channel: str
    opportunity: str
    # What was used in the deals of its past, by the ids that Salesforce gave these.
    uses: tuple[ContentUse, ...] = ()

    @property
    def page(self) -> str:
        query = {"as": self.user, "channel": self.channel, "opportunity": self.opportunity}
        return f"{self.slack_url}/demo?{urlencode(query)}"


@dataclass(frozen=True)
class Ports:
    """Where the parts listen."""

    page: int
    salesforce: int
    web: int


def run(port: int, *, say: Say) -> None:
    """Start the demo, print its address, and keep it up until Ctrl-C."""
    ports = Ports(port, port + 1, port + 2)
    for number in (ports.page, ports.salesforce, ports.web):
        _want(number, mend="Choose another: touchline demo --port 3310")
    data = DEMO_ENVIRONMENT.parent
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(alone(data.with_name("demo.lock")))
        except NotAlone as error:
            raise DemoFailed(f"{error} There is one demo at a time: end that one first.") from error
        shutil.rmtree(data, ignore_errors=True)
        stack.enter_context(until_told())
        demo = stack.enter_context(started(ports, data, say=say, past=PAST_DEALS))
        _leave_environment(demo)
        say(f"\nOpen {demo.page}\n")
        say(f"You are Maya Chen in Slack. Try:  /content {QUESTION}")
        say("Change the stage in Salesforce on the right, and give /content alone.")
        say(
            "What content does to deals is learned within half a minute: .venv/bin/touchline evidence\nCtrl-C ends it."
        )
        try:
            signal.pause()
        except KeyboardInterrupt:
            say("Ending…")


def walk_once() -> dict[str, object]:
    """Do the main job once through the real doors and processes, and return what happened."""
    with tempfile.TemporaryDirectory(prefix="touchline-once-") as folder, until_told():
        ports = Ports(free_port(), free_port(), free_port())
        with started(ports, Path(folder), say=lambda _: None) as demo:
            return walk(demo)


def _want(port: int, host: str = LOOPBACK, *, mend: str) -> None:
    """Raise DemoFailed where we can't listen."""
    try:
        taken = is_taken(port, host)
    except OSError as error:
        raise DemoFailed(f"Nothing can listen at {host}:{port} ({error.strerror}). {mend}") from error
    if taken:
        raise DemoFailed(f"Port {port} is taken by another program. {mend}")


def run_alone(port: int, *, host: str, say: Say) -> None:
    """Run Touchline's own processes with the settings of the environment until Ctrl-C."""
    settings = read_settings()
    with until_told(), contextlib.ExitStack() as stack:
        try:
            stack.enter_context(alone(settings.data_dir / "running.lock"))
        except NotAlone as error:
            raise DemoFailed(f"{error} {ANOTHER_FOLDER}") from error
        _want(port, host, mend="Choose another with --port.")
        composition.prepare(settings)
        try:
            keeper, environ = _processes(
                stack, dict(os.environ), settings.data_dir, with_queue=not settings.redis_url
            )
            start_touchline(keeper, port=port, host=host, environ=environ, reply_workers=REPLY_WORKERS)
        except NotReady as error:
            raise DemoFailed(str(error)) from error
        say(f"Touchline listens at http://{host}:{port}. Ctrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


@contextlib.contextmanager
def started(
    ports: Ports,
    data: Path,
    *,
    say: Say,
    reply_workers: int = 1,
    extra: Mapping[str, str] | None = None,
    past: int = 0,
) -> Iterator[Demo]:
    """Start the sandbox and Touchline, fill both with samples, and end all of it at the end; `extra` are settings.

    `past` is how many closed deals more there are, with uses of content that are learned from once everything runs.
    """
    world = generate(today=datetime.now(UTC).date(), past=past)
    environ = _environment(ports, data) | dict(extra or {})
    with contextlib.ExitStack() as stack:
        try:
            say("Starting a local Slack and a local Salesforce…")
            processes, environ = _processes(stack, environ, data, with_queue=True)
            stack.enter_context(_sandbox_missed(processes))
            demo = _with_sandbox(ports, environ, processes, world, say)
            say("Reading the sample library…")
            _fill(demo)
            say("Starting Touchline…")
            start_touchline(processes, port=ports.web, environ=environ, reply_workers=reply_workers)
            _link_channel(demo)
            _report_changes(demo)
        except NotReady as error:
            raise DemoFailed(str(error)) from error
        yield demo


def walk(demo: Demo) -> dict[str, object]:
    """Ask as the rep, share the first asset with the first contact, and follow the touch to the Opportunity."""
    begun = time.monotonic()
    asked = _act(demo, "command", channel=demo.channel, command="/content", text=QUESTION)
    ack = asked["deliveries"][0]
    answer = _wait_for(lambda: _answer(demo), "The answer did not appear in Slack")
    answered = time.monotonic()
    said = _told(demo, answer)
    _act(demo, "click", channel=demo.channel, ts=answer["ts"], **_buttons(answer, "find.share")[0])
    view = _wait_for(lambda: _view(demo, "share.submit"), "The share form did not open")
    shared_at = time.monotonic()
    contact = _first_option(view, "contacts")
    values = {"contacts": {"contacts": [contact]}, "log": {"log": [_first_option(view, "log")]}}
    _act(demo, "submit", view_id=view["id"], values=values)
    share = _wait_for(lambda: _share(demo, said), "Sharing left no share in the ledger")
    touch = key("shared", share.id)
    row = _wait_for(lambda: demo.services.crm.written(touch), "The touch did not appear in Salesforce")
    in_crm = time.monotonic()
    return {
        "question": QUESTION,
        "asker": PROTAGONIST,
        "deal": {"id": said.deal.id, "name": said.deal.name, "how": said.how},
        "answer": answering.as_json(said)["answer"],
        "shared": {"asset": share.asset_id, "touch": touch, "link": f"{demo.app_url}/s/{share.token}"},
        "crm": {"object": "Content_Touch__c", "id": row[0], "external_ref": touch, "opportunity": row[1]},
        "ms": {"ack": round(ack["ms"]), "answer": _ms(begun, answered), "crm": _ms(shared_at, in_crm)},
    }


def _environment(ports: Ports, data: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SALESFORCE_"))
    }
    return kept | {
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "SLACK_BOT_TOKEN": f"xoxb-{secrets.token_hex(12)}",
        "SLACK_API_URL": f"http://127.0.0.1:{ports.page}/api/",
        "SALESFORCE_URL": f"http://127.0.0.1:{ports.salesforce}",
        "SALESFORCE_CLIENT_ID": "touchline",
        "SALESFORCE_CLIENT_SECRET": secrets.token_hex(16),
        "SALESFORCE_ORG_ID": ORGANIZATION_ID,
        "SALESFORCE_OUTBOUND_PATH": secrets.token_hex(32),
        "SALESFORCE_HOOK_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "PUBLIC_URL": f"http://127.0.0.1:{ports.web}",
        "TOUCHLINE_DATA": str(data.resolve()),
        "TOUCHLINE_LIBRARIANS": ENABLEMENT,
        "TOUCHLINE_ROLES": f"ops={OPS}; admin={OPS}",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{data.resolve() / 'touchline.db'}",
        "SYNC_EVERY_SECONDS": "30",
        "PYTHONUNBUFFERED": "1",
    }


def _processes(
    stack: contextlib.ExitStack, environ: dict[str, str], data: Path, *, with_queue: bool
) -> tuple[Processes, dict[str, str]]:
    """Return a keeper of processes, with a queue of its own unless the environment names one or none can be had."""
    binary = valkey_binary() if with_queue and not environ.get("REDIS_URL") else None
    queue = Queue(data) if binary else None
    if queue:
        stack.callback(queue.remove)
        environ = {**environ, "REDIS_URL": queue.url}
    processes = Processes(environ, data / "logs")
    stack.callback(processes.stop)
    if queue and binary:
        processes.start("queue", queue.command(binary))
        wait_until(queue.is_up, "queue", processes)
    return processes, environ


def _with_sandbox(
    ports: Ports, environ: dict[str, str], processes: Processes, world: World, say: Say
) -> Demo:
    slack_url, salesforce_url = f"http://127.0.0.1:{ports.page}", environ["SALESFORCE_URL"]
    command = python(
        "-m", "sandbox", "--slack-port", str(ports.page), "--salesforce-port", str(ports.salesforce)
    )
    names = ("SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET")
    options = ("--signing-secret", "--bot-token", "--client-id", "--client-secret")
    for option, name in zip(options, names, strict=True):
        command += [option, environ[name]]
    # What was loaded into it ends with it: an empty one in its place would only confuse.
    command += ["--source", str(BARE_ORG), "--integration-username", INTEGRATION_USER]
    # People paste addresses of this machine there, which have ports.
    command += ["--app-url", environ["PUBLIC_URL"], "--local-links"]
    processes.start("sandbox", command, again=False)
    both = (f"{slack_url}/_sandbox/workspace", f"{salesforce_url}/services/data")
    wait_until(lambda: all(answers(url) for url in both), "sandbox", processes)
    say("Deploying Touchline's package into Salesforce…")
    _deploy(environ)
    say(
        f"Loading {len(world.accounts)} accounts and {len(world.opportunities)} opportunities into Salesforce…"
    )
    loaded = load(world, salesforce_url, environ["SALESFORCE_CLIENT_ID"], environ["SALESFORCE_CLIENT_SECRET"])
    settings = read_settings(environ)
    services, _ = composition.build(settings)
    workspace: dict[str, Any] = slack_workspace(world)
    user = next(one["id"] for one in workspace["users"] if one["email"] == PROTAGONIST)
    channel = next(one["id"] for one in workspace["channels"] if one["name"] == CHANNEL)
    rollout = next(one.key for one in world.opportunities if one.name == ROLLOUT_NAME)
    opportunity = loaded.opportunities[rollout]
    return Demo(
        slack_url,
        salesforce_url,
        environ["PUBLIC_URL"],
        settings,
        services,
        processes,
        user,
        channel,
        opportunity,
        tuple(replace(use, deal=loaded.opportunities[use.deal]) for use in world.uses),
    )


def _deploy(environ: dict[str, str]) -> None:
    """Install the package as bin/install would, with its hook on."""
    setup = plugin.Setup(
        url=environ["PUBLIC_URL"],
        phrase=environ["SALESFORCE_HOOK_SECRET"],
        outbound_path=environ["SALESFORCE_OUTBOUND_PATH"],
        integration_user=INTEGRATION_USER,
    )
    url, client = environ["SALESFORCE_URL"], environ["SALESFORCE_CLIENT_ID"]
    try:
        plugin.install(url, client, environ["SALESFORCE_CLIENT_SECRET"], setup)
    except plugin.DeployFailed as failed:
        raise DemoFailed(f"Salesforce did not take Touchline's package: {failed}") from failed


def _fill(demo: Demo) -> None:
    """Read the samples and the deals, and make the deal's channel about the deal, as people would have done."""
    services = demo.services
    refused = [
        one
        for one in take_in_files(files_in([SAMPLES]), services.catalog, services.ledger, clock=services.clock)
        if one.refusal
    ]
    if refused:
        raise DemoFailed(f"A sample could not be read: {refused[0].refusal}")
    services.index.follow()
    services.crm.sync(full=True)
    if demo.uses:
        # Touchline learns as soon as it runs: what comes later would wait for the next night.
        record(demo.uses, services)


def record(uses: Iterable[ContentUse], services: Services) -> None:
    """Record that content was presented in deals, in Salesforce too."""
    assets = {Path(one.source).name: one for one in services.catalog.assets()}
    touches = tuple(
        Touch(
            id=key("presented", use.deal, use.file),
            kind="presented",
            asset_id=assets[use.file].id,
            version_id=assets[use.file].version_id,
            deal_id=use.deal,
            email=use.email,
            recipient="",
            channel="",
            share_id="",
            occurred_at=use.at,
        )
        for use in uses
    )
    services.ledger.write(Written(touches, tuple(map(crm_task, touches))), now=services.clock())


def _link_channel(demo: Demo) -> None:
    _act(demo, "command", channel=demo.channel, command="/content", text=f"link {ROLLOUT_NAME}")
    linked = f"This channel is now about {ROLLOUT_NAME}"
    _wait_for(
        lambda: next((one for one in _messages(demo) if linked in str(one.get("text", ""))), None),
        "The channel could not be linked to its deal",
    )


def _report_changes(demo: Demo) -> None:
    """Have Salesforce report every change of an Opportunity; the package's own flow reports those that matter most."""
    endpoint = f"{demo.app_url}/salesforce/outbound/{demo.settings.salesforce_outbound_path}"
    message = {"name": "Touchline", "object": "Opportunity", "fields": ["Id"], "endpoint": endpoint}
    answer = requests.post(f"{demo.salesforce_url}/_sandbox/outbound", json=message, timeout=10)
    if not answer.ok:
        raise DemoFailed(f"Salesforce would not report changes: {answer.text}")


def _act(demo: Demo, act: str, **what: Any) -> dict[str, Any]:
    """Do in Slack what a person does there: give a command, click, submit a form."""
    answer = requests.post(f"{demo.slack_url}/_sandbox/{act}", json={"user": demo.user, **what}, timeout=10)
    said: dict[str, Any] = answer.json()
    failed = [one for one in said.get("deliveries", []) if one["status"] != requests.codes.ok]
    if not said.get("ok") or failed:
        raise DemoFailed(f"Slack could not {act}: {said.get('error') or failed}")
    return said


def _screen(demo: Demo) -> dict[str, Any]:
    answer = requests.get(f"{demo.slack_url}/_sandbox/state", params={"as": demo.user}, timeout=15)
    return dict(answer.json())


def _messages(demo: Demo) -> list[dict[str, Any]]:
    return next(one["messages"] for one in _screen(demo)["channels"] if one["id"] == demo.channel)


def _answer(demo: Demo) -> dict[str, Any] | None:
    return next((one for one in _messages(demo) if _buttons(one, "find.share")), None)


def _buttons(message: dict[str, Any], action_id: str) -> list[dict[str, Any]]:
    return [
        {"block_id": block["block_id"], "action_id": action_id, "value": element["value"]}
        for block in message.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == action_id
    ]


def _view(demo: Demo, callback_id: str) -> dict[str, Any] | None:
    return next((one for one in _screen(demo)["views"] if one["callback_id"] == callback_id), None)


def _first_option(view: dict[str, Any], block_id: str) -> str:
    block = next(one for one in view["blocks"] if one["block_id"] == block_id)
    return str(block["element"]["options"][0]["value"])


def _told(demo: Demo, message: dict[str, Any]) -> answering.Answer:
    """Return the answer behind a message, from the ledger."""
    suggestion_id = read_button(unsealed(_buttons(message, "find.share")[0]["value"])).id
    suggestion = demo.services.ledger.suggestion(suggestion_id)
    said = answering.redrawn(suggestion.ask_id, demo.services) if suggestion else None
    if said is None:
        raise DemoFailed("The ledger does not hold the answer that Slack shows")
    return said


def _share(demo: Demo, said: answering.Answer) -> Share | None:
    contacts = demo.services.mirror.contacts(said.deal.id)
    first = next(one.suggestion for one in said.shown if one.asset.audience == "customer")
    made = (demo.services.ledger.share(key("share", first.id, one.email)) for one in contacts)
    return next((one for one in made if one), None)


def _wait_for(look: Callable[[], Any], complaint: str) -> Any:
    ends = time.monotonic() + STEP_WITHIN_S
    while not (found := look()):
        if time.monotonic() > ends:
            raise DemoFailed(f"{complaint} within {STEP_WITHIN_S:.0f} s.")
        time.sleep(LOOK_EVERY_S)
    return found


def _ms(begun: float, ended: float) -> int:
    return round((ended - begun) * 1000)


def _leave_environment(demo: Demo) -> None:
    settings = demo.settings
    lines = {
        "SLACK_SIGNING_SECRET": settings.slack_signing_secrets[0],
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_API_URL": settings.slack_api_url,
        "SALESFORCE_URL": settings.salesforce_url,
        "SALESFORCE_CLIENT_ID": settings.salesforce_client_id,
        "SALESFORCE_CLIENT_SECRET": settings.salesforce_client_secret,
        "SALESFORCE_ORG_ID": settings.salesforce_org_id,
        "SALESFORCE_OUTBOUND_PATH": settings.salesforce_outbound_path,
        "PUBLIC_URL": settings.public_url,
        "TOUCHLINE_DATA": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    with open(os.open(DEMO_ENVIRONMENT, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write("".join(f"{name}={value}\n" for name, value in lines.items()))


@contextlib.contextmanager
def _sandbox_missed(processes: Processes) -> Iterator[None]:
    """Say it plainly when something fails because the sandbox is gone."""
    try:
        yield
    except (requests.RequestException, LoadError, TryLater, DemoFailed) as error:
        if processes.has_ended("sandbox") and not isinstance(error.__cause__, NotReady):
            message = "The local Slack and Salesforce ended by themselves. Start the demo again."
            raise DemoFailed(message) from error
        raise


@contextlib.contextmanager
def until_told() -> Iterator[None]:
    """Turn a SIGTERM or a lost terminal into what Ctrl-C does, so that children are always ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
