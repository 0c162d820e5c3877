"""What the tests of the doors stand on: a local Slack and a local Salesforce with the product between them."""

import atexit
import hashlib
import hmac
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from flask import Flask

import app as composition
import jobs.lanes
from bot.app import SlackDoor
from bot.signing import ADDED, CHOSEN
from crm.hooks.door import HookDoor
from enablement.adapters.sql.database import Database
from enablement.library import Incoming, take_in
from enablement.model import Lane, RoleRule
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import drain
from sandbox import salesforce, slack
from sandbox.salesforce.ids import make_id
from sandbox.slack.server import Server
from sandbox.world.org_client import OrgClient
from settings import Settings
from tests.tables import row_counts
from web.app import create_app

T = TypeVar("T")
SECRET, TOKEN = "signing-secret", "xoxb-doors"
CLIENT_ID, CLIENT_SECRET = "touchline", "client-secret"
OUTBOUND_PATH = "outbound-path-that-nobody-can-guess"
HOOK_SECRET = "whsec_aG9vay1zZWNyZXQtb2YtdGhlLXRlc3RzLWFsb25l"
INTEGRATION = "integration@harbourline.test"
PROJECT = Path(__file__).parents[1] / "crm" / "salesforce"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

MAYA, RAFA, NOVA, GUEST = "U0MAYA", "U0RAFA", "U0NOVA", "U0GUEST"
# Nova looks after the library.
LIBRARIAN = "nova@harbourline.test"
# Rafa runs the installation.
OPERATOR = "rafa@harbourline.test"
STRANGER, GONE, BOT = "U0STRANGER", "U0GONE", "U0BOT"
DEALS, ELSEWHERE, SHARED, NORFIELD, DM = "C0DEALS", "C0ELSEWHERE", "C0SHARED", "C0NORFIELD", "D0MAYA"
ROLLOUT, RENEWAL = "Norfield Foods – Warehouse rollout", "Norfield Foods – Renewal 2027"
HALDEN, CLOSED, BRYCE = (
    "Halden Retail – Store pilot",
    "Ostgard Dairy – Cold chain",
    "Bryce Freight – Yard pilot",
)


def _colleague(slack_id: str, name: str, **more: Any) -> dict[str, Any]:
    first = name.partition(" ")[0].lower()
    return {
        "id": slack_id,
        "name": first,
        "real_name": name,
        "email": f"{first}@harbourline.test",
        **more,
    }


WORKSPACE: dict[str, Any] = {
    "team": {"id": "T0TEAM", "name": "Harbourline", "domain": "harbourline"},
    "users": [
        _colleague(MAYA, "Maya Chen"),
        _colleague(RAFA, "Rafa Souza"),
        _colleague(NOVA, "Nova Lind"),
        _colleague(GUEST, "Gast Gastón", is_restricted=True),
        _colleague(STRANGER, "Lee Park", email="lee@norfield.test", is_stranger=True),
        _colleague(GONE, "Gone Away", deleted=True),
    ],
    "channels": [
        {"id": DEALS, "name": "deals", "members": [MAYA, RAFA, NOVA, GUEST, BOT]},
        {"id": ELSEWHERE, "name": "elsewhere", "members": [MAYA]},
        {"id": SHARED, "name": "ext-norfield", "is_ext_shared": True, "members": [MAYA, STRANGER, BOT]},
        {"id": NORFIELD, "name": "deal-norfield", "members": [MAYA, RAFA, BOT]},
    ],
    "bot": {"user_id": BOT, "bot_id": "B0BOT", "name": "Touchline"},
}

LIBRARY: tuple[tuple[str, dict[str, object], str], ...] = (
    (
        "ROI calculator",
        {"audience": "customer", "kind": "calculator", "industries": ["Manufacturing"]},
        "Work out the payback of a warehouse rollout for the CFO: cost, savings, months to payback.",
    ),
    (
        "Pricing overview",
        {"audience": "customer", "kind": "guide"},
        "List pricing by site and user. Pricing tiers and what each contains.",
    ),
    (
        "Discount rules",
        {"audience": "internal", "kind": "guide"},
        "Internal pricing: which discount needs whose approval. Pricing floors by region.",
    ),
    (
        "Korvane battlecard",
        {"audience": "internal", "kind": "battlecard", "competitors": ["Korvane"]},
        "How to win against Korvane: landmines, objections, proof.",
    ),
    (
        "Security whitepaper",
        {"audience": "customer", "kind": "whitepaper"},
        "Encryption, access, audit and the security questionnaire.",
    ),
)


@dataclass
class Watch:
    """A clock that runs with the machine's and can be pushed forward."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **span: float) -> None:
        """Let time pass for the product alone."""
        self.ahead += timedelta(**span)


@dataclass(frozen=True)
class _Part:
    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Stage:
    """The running whole and the hand that steers it."""

    slack_url: str
    org_url: str
    app_url: str
    settings: Settings
    services: Services
    database: Database
    clock: Watch
    org: OrgClient
    deals: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)

    def do(self, act: str, **fields: Any) -> Any:
        """Do in Slack what a person does there; every delivery to the app must have been taken.

        What is chosen may be named as the product wrote it: it is sent as it was drawn.
        """
        answer = requests.post(f"{self.slack_url}/_sandbox/{act}", json=self.drawn(act, fields), timeout=30)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert all(one["status"] == 200 for one in said.get("deliveries", [])), said
        return said

    def sign(self, value: str, belongs_to: str) -> str:
        """Return a value as the product signs it for an action or a form; nothing stays nothing."""
        return composition.seal(self.database).value(value, belongs_to) if value else ""

    def drawn(self, act: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return what somebody does with the values that they choose signed, as they stand in Slack."""
        views = self.views(fields["user"]) if "view_id" in fields else []
        blocks: list[Any] = next((one["blocks"] for one in views if one["id"] == fields.get("view_id")), [])
        chosen = {one["action_id"] for one in _inputs(blocks) if one["type"] in CHOSEN}
        seal = composition.seal(self.database)

        def signed(action_id: str, value: Any) -> Any:
            if isinstance(value, list):
                return [signed(action_id, one) for one in value]
            is_chosen = isinstance(value, str) and value and (action_id in chosen or not blocks)
            return seal.value(value, action_id) if is_chosen else value

        if act == "click" and "value" in fields:
            return {**fields, "value": signed(fields["action_id"], fields["value"])}
        if act != "submit" or not isinstance(fields.get("values"), Mapping):
            return dict(fields)
        values = {
            block: {action_id: signed(action_id, value) for action_id, value in inputs.items()}
            for block, inputs in fields["values"].items()
        }
        return {**fields, "values": values}

    def see(self, path: str, **query: Any) -> Any:
        answer = requests.get(f"{self.slack_url}/_sandbox/{path}", params=query, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def slack_fault(self, method: str, kind: str, **more: Any) -> None:
        requests.post(
            f"{self.slack_url}/_sandbox/faults", json={"method": method, "kind": kind, **more}, timeout=5
        ).raise_for_status()

    def org_fault(self, kind: str, times: int = 1, **more: Any) -> None:
        order = {"kind": kind, "times": times, **more}
        requests.post(f"{self.org_url}/_sandbox/faults", json=order, timeout=5).raise_for_status()

    def org_calm(self) -> None:
        """Forget the faults that were ordered of the org."""
        requests.delete(f"{self.org_url}/_sandbox/faults", timeout=5).raise_for_status()

    def org_delete(self, name: str, record_id: str) -> None:
        """Delete a row of the org."""
        self.org._call("DELETE", f"/services/data/v62.0/sobjects/{name}/{record_id}")

    def org_calls(self, path: str = "/") -> list[dict[str, Any]]:
        """Return what the org received under a path."""
        answer = requests.get(f"{self.org_url}/_sandbox/received", timeout=5)
        return [call for call in answer.json()["calls"] if call["path"].startswith(path)]

    def touch_rows(self) -> list[dict[str, Any]]:
        """Return the touches as the org has them."""
        return self.org.query(
            "SELECT Id, External_Ref__c, Opportunity__c, Asset_Title__c, Recipient__c, Kind__c, Actor__c "
            "FROM Content_Touch__c ORDER BY Id"
        )

    def drain(self, *lanes: Lane) -> int:
        """Do what is due; return how many rows were handled."""
        return sum(drain(lane, KINDS[lane], self.services, owner=f"test {lane}") for lane in lanes)

    def ask(self, text: str = "", *, user: str = MAYA, channel: str = DEALS, **more: Any) -> dict[str, Any]:
        """Give /content, do the work, and return the newest message that this person then sees there."""
        self.do("command", user=user, channel=channel, command="/content", text=text, **more)
        self.drain("reply")
        return self.last(channel, user=user)

    def say(self, text: str, *, user: str = MAYA, channel: str = DEALS, **more: Any) -> str:
        """Say something, do the work, and return the ts of what was said."""
        said = self.do("say", user=user, channel=channel, text=text, **more)
        self.drain("reply")
        return str(said["ts"])

    def click(self, message: Mapping[str, Any], action_id: str, *, which: int = 0, **more: Any) -> None:
        """Click the n-th element of this action in a message."""
        found = elements(message, action_id)[which]
        fields = {"user": MAYA, "channel": DEALS, **more}
        self.do("click", ts=message["ts"], action_id=action_id, block_id=found["block_id"], **fields)

    def messages(self, channel: str = DEALS, *, user: str = MAYA) -> list[dict[str, Any]]:
        """Return what this person sees in a conversation, oldest first."""
        found = self.see("state", **{"as": user})["channels"]
        return next((one["messages"] for one in found if one["id"] == channel), [])

    def bot_messages(self, channel: str = DEALS, *, user: str = MAYA) -> list[dict[str, Any]]:
        return [one for one in self.messages(channel, user=user) if one.get("bot_id")]

    def last(self, channel: str = DEALS, *, user: str = MAYA) -> dict[str, Any]:
        """Return the newest message of the bot that this person sees; fails when there is none."""
        return self.bot_messages(channel, user=user)[-1]

    def views(self, user: str = MAYA) -> list[dict[str, Any]]:
        return list(self.see("state", **{"as": user})["views"])

    def text(self, message: Mapping[str, Any]) -> str:
        """Return a message as people read it."""
        return str(self.see("pings", ts=message["ts"])["text"])

    def calls(self, method: str) -> list[dict[str, Any]]:
        """Return the calls that the local Slack received of one method."""
        return [one for one in self.see("received")["calls"] if one["method"] == method]

    def post(self, raw: bytes, headers: Mapping[str, str | bytes]) -> requests.Response:
        """Send a request to the Slack door as anybody could."""
        return requests.post(f"{self.app_url}/slack/events", data=raw, headers=dict(headers), timeout=30)

    def post_signed(self, raw: bytes, *, kind: str = JSON, at: float | None = None) -> requests.Response:
        """Send a request to the Slack door as Slack would, at this Unix time or now."""
        return self.post(raw, signed(raw, kind=kind, at=at))

    def interact(self, payload: Mapping[str, Any]) -> requests.Response:
        """Send an interaction that the local Slack would not let a person do."""
        return self.post_signed(urlencode({"payload": json.dumps(payload)}).encode(), kind=FORM)

    def rows(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        # What is only observed is written in the background, whenever it comes to it.
        observed = ("signals", "integration_days")
        counts = row_counts(self.database)
        return {name: count for name, count in counts.items() if name not in observed}

    def publish(
        self,
        title: str,
        text: str = "",
        *,
        media_type: str = "text/markdown",
        data: bytes = b"",
        file_name: str = "",
        **said: object,
    ) -> str:
        """Take an asset into the library and the index; return its id."""
        publish(
            self.services,
            title,
            said,
            text or f"About {title}.",
            media_type=media_type,
            data=data,
            file_name=file_name or f"{title}.md",
        )
        self.services.index.follow()
        asset = self.services.catalog.asset_by_source(title)
        assert asset is not None
        return asset.id

    def deal(self, name: str, *, owner: str = "maya", **row: Any) -> str:
        """Put an opportunity into the org and the mirror; return its id."""
        made = insert_deal(self.org, name, self.users[owner], **row)
        self.services.crm.sync(full=True)
        return made


def publish(
    services: Services,
    title: str,
    said: Mapping[str, object],
    text: str,
    *,
    media_type: str = "text/markdown",
    data: bytes = b"",
    file_name: str = "",
) -> None:
    """Take one asset into the catalogue; its title is also its source."""
    incoming = Incoming(
        source=title,
        file_name=file_name or f"{title}.md",
        media_type=media_type,
        data=data or f"# {title}\n\n{text}\n".encode(),
        title=title,
        pages=[_Part(1, title, text)],
        metadata={"audience": "customer", "language": "en", **said},
    )
    take_in(incoming, services.catalog, services.ledger, is_there=lambda _: True, now=services.clock())


def insert_deal(org: OrgClient, name: str, owner: str, **row: Any) -> str:
    """Put an opportunity into the org; return its id."""
    facts = {"StageName": "Negotiation/Review", "CloseDate": "2027-03-31", "Amount": 120_000, **row}
    return org.insert("Opportunity", [{"Name": name, "OwnerId": owner, **facts}])[0]


def signed(raw: bytes, *, kind: str = JSON, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a request that Slack signed at a Unix time."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + raw, hashlib.sha256)
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


def elements(message: Mapping[str, Any], action_id: str = "") -> list[dict[str, Any]]:
    """Return what can be clicked in a message, each with its block_id; of one action where that is named."""
    found = []
    for block in message["blocks"]:
        parts = [*(block.get("elements", []) if block["type"] == "actions" else []), block.get("accessory")]
        found += [{**part, "block_id": block["block_id"]} for part in parts if part]
    return [one for one in found if not action_id or one["action_id"] == action_id]


def plain_value(value: str) -> str:
    """Return what a button or an option carries, without its signature."""
    return value[:-ADDED]


def carried(value: str) -> dict[str, Any]:
    """Return what a button carries as the product wrote it."""
    said: dict[str, Any] = json.loads(plain_value(value))
    return said


def say(stage: Stage, message: Mapping[str, Any], verdict: str, *, which: int = 0, **more: Any) -> None:
    """Say something of the n-th asset of an answer with its menu."""
    options = elements(message, "find.say")[which]["options"]
    [value] = [one["value"] for one in options if carried(one["value"])["says"] == verdict]
    stage.click(message, "find.say", which=which, value=value, **more)


def _inputs(part: Any) -> Iterator[dict[str, Any]]:
    """Yield the elements of blocks that somebody can press, choose from or fill in."""
    if isinstance(part, list):
        for one in part:
            yield from _inputs(one)
    elif isinstance(part, dict):
        if "action_id" in part:
            yield part
        for one in part.values():
            yield from _inputs(one)


def titles(message: Mapping[str, Any]) -> list[str]:
    """Return the titles of the assets of an answer, in order."""
    sections = [block for block in message["blocks"] if block["type"] == "section"]
    # What a follow-up was taken for stands among them, with the way back.
    kept = [one for one in sections if (one.get("accessory") or {}).get("action_id") != "find.back"]
    texts = [block["text"]["text"] for block in kept]
    return [text.partition("\n")[0].strip("*").partition(". ")[2] for text in texts[1:]]


def until(look: Callable[[], T], *, seconds: float = 10.0) -> T:
    """Wait until this is there and return it; fails when it does not come."""
    ends, pause = time.monotonic() + seconds, 0.005
    while not (found := look()):
        assert time.monotonic() < ends, "it did not come about in time"
        # Who looks all the time takes the processor from those who are to bring it about.
        time.sleep(pause)
        pause = min(2 * pause, 0.05)
    return found


class Late(Flask):
    """A web app that answers with another one, which may come after the address is known."""

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.extensions["late"].wsgi_app(environ, start_response)


@contextmanager
def staged(folder: Path, *, rate_limits: bool = True) -> Iterator[Stage]:
    """Serve both sandboxes and the product, filled with a few people, deals and assets."""
    filled = _filled()
    shutil.copytree(filled.folder, folder, dirs_exist_ok=True)
    with _served(folder, rate_limits=rate_limits) as stage:
        stage.users.update(filled.users)
        stage.deals.update(filled.deals)
        yield stage


@dataclass(frozen=True)
class Filled:
    """What a stage begins with: the databases and the index, and the ids of its people and deals."""

    folder: Path
    users: Mapping[str, str]
    deals: Mapping[str, str]


@cache
def _filled() -> Filled:
    """Fill a stage once; every later one begins with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="touchline-stage-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _served(folder, rate_limits=False) as stage:
        _fill(stage)
        return Filled(folder, stage.users, stage.deals)


@contextmanager
def _served(folder: Path, *, rate_limits: bool) -> Iterator[Stage]:
    with ExitStack() as stack:
        org_app, front = Late("org"), Late("product")
        org_url = stack.enter_context(Server(org_app)).url
        org_app.extensions["late"] = salesforce.create_app(org_config(org_url, database=folder / "org.db"))
        stack.callback(org_app.extensions["late"].extensions["org"].store.close)
        app_url = stack.enter_context(Server(front)).url
        config = slack.SlackConfig(
            workspace=WORKSPACE,
            app_url=app_url,
            signing_secret=SECRET,
            bot_token=TOKEN,
            deadline_seconds=20,
            rate_limits=rate_limits,
            unfurl_domains=(urlsplit(app_url).netloc, urlsplit(org_url).netloc),
        )
        slack_url = stack.enter_context(Server(slack.create_app(config))).url
        # While one row is worked on, a test seldom adds another: to look for it fifty times a second is dear.
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(jobs.lanes, "LOOK_AGAIN_S", 0.2)
        settings = _settings(folder, slack_url=slack_url, org_url=org_url, app_url=app_url)
        services, database = composition.build(settings)
        # As a worker does before it takes its first question.
        services.questions.prepare()
        stack.callback(database.close)
        watch = Watch()
        services = replace(services, clock=watch)
        front.extensions["late"] = web(services, settings, database)
        org = stack.enter_context(OrgClient(org_url, CLIENT_ID, CLIENT_SECRET))
        yield Stage(slack_url, org_url, app_url, settings, services, database, watch, org)


@pytest.fixture(scope="module")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Share one stage among the tests of a module that leave each other alone; together they are too fast for Slack."""
    with staged(tmp_path_factory.mktemp("shared"), rate_limits=False) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as running:
        yield running


def org_config(
    url: str, *, database: Path | None = None, public_key_pem: str | None = None
) -> salesforce.OrgConfig:
    return salesforce.OrgConfig(
        database=database,
        source=PROJECT,
        base_url=url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        public_key_pem=public_key_pem,
        integration_username=INTEGRATION,
    )


def _settings(folder: Path, *, slack_url: str, org_url: str, app_url: str) -> Settings:
    return Settings(
        slack_signing_secrets=(SECRET,),
        slack_bot_token=TOKEN,
        slack_api_url=f"{slack_url}/api/",
        salesforce_url=org_url,
        salesforce_client_id=CLIENT_ID,
        salesforce_client_secret=CLIENT_SECRET,
        database_url=f"sqlite:///{folder / 'touchline.db'}",
        data_dir=folder,
        public_url=app_url,
        librarians=(LIBRARIAN,),
        role_rules=(RoleRule("ops", OPERATOR),),
        salesforce_org_id=make_id("00D", 1),
        salesforce_outbound_path=OUTBOUND_PATH,
        salesforce_hook_secrets=(HOOK_SECRET,),
    )


def web(services: Services, settings: Settings, database: Database) -> Flask:
    gateway = composition.gateway(
        settings,
        composition.observer(services.journal),
        seal=composition.seal(database),
        mirror=services.mirror,
    )
    door = SlackDoor(
        services, gateway, token=settings.slack_bot_token, signing_secrets=settings.slack_signing_secrets
    )

    def health() -> Mapping[str, object]:
        at, head = database.revisions()
        return {"ok": at == head, "schema": at}

    inbound = HookDoor(services, composition.hooks(settings))
    return create_app(
        services,
        slack=door.handle,
        salesforce=inbound.handle,
        health=health,
        proxies=settings.trusted_proxies,
    )


def _fill(stage: Stage) -> None:
    # The first signature mints the key.
    stage.sign("any", "any")
    org = stage.org
    [top] = org.insert("UserRole", [{"Name": "VP Sales"}])
    [below] = org.insert("UserRole", [{"Name": "Account Executive", "ParentRoleId": top}])
    profile = org.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")[0]["Id"]
    people = {"vera": top, "maya": below, "rafa": below, "gast": below, "gone": below}
    stage.users.update(
        zip(
            people,
            org.insert("User", [_user(name, role, profile) for name, role in people.items()]),
            strict=True,
        )
    )
    org.update("User", [{"id": stage.users["gone"], "IsActive": False}])
    norfield, bryce, halden = org.insert(
        "Account",
        [
            {
                "Name": "Norfield Foods",
                "Industry": "Manufacturing",
                "BillingCountry": "Ireland",
                "NumberOfEmployees": 2400,
                "Language__c": "English",
            },
            {"Name": "Bryce Freight"},
            {"Name": "Halden Retail"},
        ],
    )
    mine, accounts = stage.users["maya"], {ROLLOUT: norfield, RENEWAL: norfield, BRYCE: bryce, HALDEN: halden}
    for name in (ROLLOUT, RENEWAL, HALDEN, CLOSED, BRYCE):
        stage.deals[name] = insert_deal(
            org,
            name,
            stage.users["rafa"] if name == BRYCE else mine,
            AccountId=accounts.get(name),
            StageName="Closed Won" if name == CLOSED else "Negotiation/Review",
            MainCompetitors__c="Korvane" if name == ROLLOUT else None,
        )
    _add_contacts(org, norfield, stage.deals[ROLLOUT])
    stage.services.crm.sync(full=True)
    for title, said, text in LIBRARY:
        publish(stage.services, title, said, text)
    stage.services.index.follow()


def _add_contacts(org: OrgClient, account: str, deal: str) -> None:
    people: Sequence[tuple[str, str, str | None, str]] = (
        ("Aoife", "Brannigan", "aoife@norfield.test", "Economic Buyer"),
        ("Liam", "Doyle", "liam@norfield.test", "Influencer"),
        ("Niamh", "Walsh", None, "Evaluator"),
    )
    rows = [
        {"AccountId": account, "FirstName": first, "LastName": last, "Email": email}
        for first, last, email, _ in people
    ]
    made = org.insert("Contact", rows)
    org.insert(
        "OpportunityContactRole",
        [
            {"OpportunityId": deal, "ContactId": one, "Role": part[3]}
            for one, part in zip(made, people, strict=True)
        ],
    )


def _user(name: str, role: str, profile: str) -> dict[str, object]:
    email = f"{name}@harbourline.test"
    return {
        "Username": email,
        "Email": email,
        "LastName": name.title(),
        "Alias": name,
        "ProfileId": profile,
        "UserRoleId": role,
        "TimeZoneSidKey": "GMT",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }
