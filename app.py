"""The composition root: settings become services, services become a web application, a worker, a relay."""

import gc

# Importing makes much and keeps it: to look for garbage meanwhile is a sixth of what a process takes to start.
gc.disable()

# isort: split
import atexit
import logging
import os
import signal
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

# Before all that imports numpy: it says how many threads numpy may use.
from settings import Settings, read_settings

# isort: split
from bot.gate import Gate
from bot.gateway import SlackGateway
from bot.messenger import SlackMessenger
from bot.signing import Seal
from crm.client import SalesforceClient
from crm.gateway import SalesforceCrm
from crm.hooks.door import HookDoor, HookSettings
from crm.hooks.signed import signing_key
from crm.mapping import load_field_map
from crm.session import Login
from crm.usage import Allowance
from enablement.access import CachedAccess
from enablement.adapters.embed.use import UseEmbedder
from enablement.adapters.index import PageIndex
from enablement.adapters.learner import LearningProcess
from enablement.adapters.lessons import LearnedLessons
from enablement.adapters.sql.announcements import SqlAnnouncements
from enablement.adapters.sql.budget import SqlBudget
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.copies import SqlCopies
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.forgetting import SqlForgetting
from enablement.adapters.sql.homes import SqlHomes
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.nudging import SqlNudges
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.people import SqlPeople
from enablement.adapters.sql.preferences import SqlPreferences
from enablement.adapters.sql.recommended import SqlShortlists
from enablement.adapters.sql.requests import SqlRequests, SqlSaved, SqlSigningKeys
from enablement.adapters.sql.vectors import SqlVectors
from enablement.announcing import ANNOUNCE_FOLLOW, ANNOUNCE_PROGRESS, COLLEAGUES_EVERY
from enablement.copying import FOLLOW as FOLLOW_LIBRARY
from enablement.digests import DIGESTS
from enablement.following import work_after
from enablement.health import watch
from enablement.home import COUNT, FOLLOW as FOLLOW_HOMES
from enablement.incidents import Incidents
from enablement.learning import LEARNING
from enablement.meaning import QuestionEmbedder
from enablement.model import Lane, Task, key
from enablement.nudging import SEND
from enablement.ports import Embedder, Journal, Mirror, Services
from enablement.shown_links import FOLLOW as FOLLOW_LINKS
from jobs import lanes, wakeups
from jobs.announcing import COLLEAGUES
from jobs.learning import LEARN, RENEW_ALL
from jobs.owners import owner_name as owner_name
from jobs.queue import NoWork, RedisWork, work_in
from jobs.relay import Relay

if TYPE_CHECKING:
    from flask import Flask

    from bot.app import SlackDoor
    from bot.socket import SocketDoor

# What was imported stays: nobody looks through it again.
gc.freeze()
gc.enable()

# Who adds to the library indexes it too; this is for what another machine added.
INDEX_EVERY_S = 30
# People change decks by the day; each look is a few calls of the org's daily number.
FILES_EVERY_S = 900
# Who waits for an answer comes first; the other lanes can keep a processor busy for minutes.
NICENESS = {"reply": 0, "write": 5, "compute": 10}
# In Slack somebody waits.
QUESTION_WITHIN_S = 0.3
REVIEW_EVERY_S = 24 * 3600
TIDY_EVERY_S = 3600
# What is recent costs two calls; all of it one for 2,000 touches or deals.
CHECK_EVERY_S, CHECK_ALL_EVERY_S = 15 * 60, 24 * 3600
SUM_UP_EVERY_S = 24 * 3600
# What is learned changes by deals that close; with the day so does what is fresh.
LEARN_EVERY_S, RENEW_ALL_EVERY_S = 24 * 3600, 24 * 3600
# What managers see of the library may be a minute old; without news it is one small query.
COPY_EVERY_S = 60
FOLLOW_EVERY_S = 15
# Who looks at their Home tab sees what happens; the figures of the library are of the hour.
HOMES_EVERY_S, COUNT_EVERY_S = 15, 3600
# A message of what changed waits for more anyway; a Monday morning may begin a few minutes late.
NUDGE_EVERY_S, DIGEST_EVERY_S, LINKS_EVERY_S = 60, 300, 30
# An author looks now and then; more often would only be chatter with Slack.
PROGRESS_EVERY_S = 60


def clock() -> datetime:
    return datetime.now(UTC)


def observer(journal: Journal) -> Incidents:
    """Return who hears how calls go in this process; what it heard last is written when the process ends."""
    incidents = Incidents(journal, clock)
    atexit.register(incidents.flush)
    return incidents


def gateway(
    settings: Settings,
    incidents: Incidents | None = None,
    *,
    seal: Seal | None = None,
    mirror: Mirror | None = None,
) -> SlackGateway:
    """Return who calls Slack; with incidents and a mirror, nothing is sent while Slack refuses the app."""
    token, url = settings.slack_bot_token, settings.slack_api_url
    if incidents is None:
        return SlackGateway(token, url, seal=seal)
    gate = Gate(mirror, clock, alert=incidents.failed, mended=incidents.worked) if mirror else None
    return SlackGateway(token, url, on_call=incidents.called, seal=seal, gate=gate)


def seal(database: Database) -> Seal:
    """Return what signs the buttons of this installation, the same in all its processes."""
    keys = SqlSigningKeys(database)
    return Seal(lambda: keys.current(now=clock()))


def salesforce(settings: Settings, incidents: Incidents | None = None) -> SalesforceClient:
    login = Login(
        url=settings.salesforce_url,
        client_id=settings.salesforce_client_id,
        client_secret=settings.salesforce_client_secret,
        username=settings.salesforce_username,
        private_key=settings.salesforce_private_key,
        audience=settings.salesforce_audience,
    )
    return SalesforceClient(
        login,
        allowance=Allowance(settings.salesforce_api_share),
        on_call=incidents.called if incidents else None,
    )


def hooks(settings: Settings) -> HookSettings:
    """Return which of Salesforce's hooks are open."""
    return HookSettings(
        org_id=settings.salesforce_org_id,
        path=settings.salesforce_outbound_path,
        networks=settings.salesforce_outbound_networks,
        keys=tuple(signing_key(secret) for secret in settings.salesforce_hook_secrets),
    )


def embedder(settings: Settings, database: Database, incidents: Incidents | None = None) -> Embedder | None:
    """Return what tells the meaning of texts, or None when that is switched off."""
    if settings.embedder == "use":
        return UseEmbedder()
    if settings.embedder == "off":
        return None
    # Half a second and 30 MB, for those who chose it.
    from enablement.adapters.embed.openai_api import OpenAIEmbedder

    return OpenAIEmbedder(
        model=settings.openai_embedding_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        with_prefixes=settings.openai_embedding_prefixes == "auto",
        budget=SqlBudget(database, "embedding", a_day=settings.embed_budget, clock=clock),
        on_call=incidents.called if incidents else None,
    )


def schedules(settings: Settings) -> dict[str, int]:
    """Return what is done again and again, by kind: every so many seconds."""
    return {
        "deals.sync": settings.sync_every_s,
        "library.index": INDEX_EVERY_S,
        "library.review": REVIEW_EVERY_S,
        COLLEAGUES: int(COLLEAGUES_EVERY.total_seconds()),
        ANNOUNCE_FOLLOW: FOLLOW_EVERY_S,
        FOLLOW_HOMES: HOMES_EVERY_S,
        COUNT: COUNT_EVERY_S,
        "ledger.tidy": TIDY_EVERY_S,
        SEND: NUDGE_EVERY_S,
        DIGESTS: DIGEST_EVERY_S,
        FOLLOW_LINKS: LINKS_EVERY_S,
        ANNOUNCE_PROGRESS: PROGRESS_EVERY_S,
        "crm.check": CHECK_EVERY_S,
        "crm.check_all": CHECK_ALL_EVERY_S,
        FOLLOW_LIBRARY: COPY_EVERY_S,
        LEARN: LEARN_EVERY_S,
        RENEW_ALL: RENEW_ALL_EVERY_S,
        **({"crm.sum_up": SUM_UP_EVERY_S} if settings.salesforce_deal_summary else {}),
        **({"library.files": FILES_EVERY_S} if settings.salesforce_file_libraries else {}),
    }


def build(settings: Settings, *, question_within_s: float = QUESTION_WITHIN_S) -> tuple[Services, Database]:
    """Return all that the product needs, over a database that is brought up to date first.

    A question waits so long for its meaning; then the library is searched by its words alone.
    """
    database = Database(settings.database_url)
    database.migrate()
    catalog, mirror, ledger = SqlCatalog(database), SqlMirror(database), SqlLedger(database)
    copies = SqlCopies(database)
    journal, preferences = SqlJournal(database), SqlPreferences(database)
    incidents = observer(journal)
    fields = load_field_map(settings.salesforce_mapping)
    crm = SalesforceCrm(
        salesforce(settings, incidents),
        fields,
        catalog=catalog,
        mirror=mirror,
        ledger=ledger,
        copies=copies,
        libraries=settings.salesforce_file_libraries,
        work=work_after,
        clock=clock,
        alert=incidents.failed,
        mended=incidents.worked,
    )
    meaning, vectors = embedder(settings, database, incidents), SqlVectors(database)
    index = PageIndex(
        settings.data_dir / "index",
        catalog,
        vectors,
        meaning.model if meaning else "",
        likeness_weight=meaning.likeness_weight if meaning else 0.0,
    )
    evidence = SqlEvidence(database)
    services = Services(
        catalog=catalog,
        index=index,
        embedder=meaning,
        questions=QuestionEmbedder(meaning, question_within_s),
        vectors=vectors,
        mirror=mirror,
        people=SqlPeople(database),
        preferences=preferences,
        forgetting=SqlForgetting(database),
        homes=SqlHomes(database),
        shortlists=SqlShortlists(database),
        copies=copies,
        ledger=ledger,
        outbox=SqlOutbox(database),
        work=RedisWork(settings.redis_url) if settings.redis_url else NoWork(),
        messenger=SlackMessenger(
            gateway(settings, incidents, seal=seal(database), mirror=mirror),
            public_url=settings.public_url,
            clock=clock,
            language_of=lambda slack_id: preferences.of(slack_id).language,
        ),
        crm=crm,
        access=CachedAccess(crm.readable, clock),
        journal=journal,
        announcements=SqlAnnouncements(database),
        saved=SqlSaved(database),
        requests=SqlRequests(database),
        nudges=SqlNudges(database),
        evidence=evidence,
        lessons=LearnedLessons(evidence, alert=incidents.failed, mended=incidents.worked),
        learner=LearningProcess(
            settings.database_url, is_taken=lambda: journal.is_held(LEARNING, now=clock())
        ),
        one_connection=database.one_connection,
        clock=clock,
        public_url=settings.public_url,
        link_days=settings.link_days,
        librarians=settings.librarians,
        announcers=settings.announcers,
        role_rules=settings.role_rules,
        announce_approval=settings.announce_approval,
        announce_per_minute=settings.announce_per_minute,
        nudges_per_day=settings.nudges_per_day,
        quiet_hours=settings.quiet_hours,
        confirm_beyond=settings.confirm_beyond,
        schedules=schedules(settings),
        suggests_in_crm=settings.salesforce_suggestions,
    )
    return services, database


def prepare(settings: Settings) -> None:
    """Bring the database up to date, and find out once what else would end each process alone.

    Raises DatabaseAway, BadMapping.
    """
    load_field_map(settings.salesforce_mapping)
    database = Database(settings.database_url)
    database.migrate()
    database.close()


def web() -> "Flask":
    """Return the WSGI application (`gunicorn 'app:web()'`)."""
    # Commands, workers and the relay do without them: 0.15 s and 8 MB in each.
    from bot.app import SlackDoor
    from web.app import create_app

    _log_to_stderr()
    settings = read_settings()
    services, database = build(settings)
    door = SlackDoor(
        services,
        gateway(settings, observer(services.journal), seal=seal(database), mirror=services.mirror),
        token=settings.slack_bot_token,
        signing_secrets=settings.slack_signing_secrets,
    )

    socket = _socket(settings, door)

    def health() -> Mapping[str, object]:
        at, head = database.revisions()
        # Buyers' links are served without Slack's socket too: without it the door is open still.
        line = {"socket": "connected" if socket.is_connected() else "away"} if socket else {}
        return {"ok": at == head, "schema": at, **line}

    inbound = HookDoor(services, hooks(settings))
    return create_app(
        services,
        slack=door.handle,
        salesforce=inbound.handle,
        health=health,
        proxies=settings.trusted_proxies,
    )


def _socket(settings: Settings, door: "SlackDoor") -> "SocketDoor | None":
    """Return an open line to Slack, where the settings ask for one."""
    if not settings.slack_app_token:
        return None
    from bot.socket import SocketDoor

    socket = SocketDoor(door.take, app_token=settings.slack_app_token, api_url=settings.slack_api_url)
    atexit.register(socket.close)
    socket.start()
    return socket


def worker(lane: Lane) -> None:
    """Work in one lane until told to stop."""
    _log_to_stderr()
    settings = read_settings()
    services, _ = build(settings)
    if lane == "reply":
        services.questions.prepare()
    os.nice(NICENESS[lane])
    wakeups.current.set((services, owner_name(lane)))
    work_in(lane, settings.redis_url, lanes.stop)


def relay() -> None:
    """Run the relay until told to stop."""
    _log_to_stderr()
    settings = read_settings()
    services, database = build(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    owner = owner_name("relay")
    # After an upgrade or a restore the index may be empty: people should not wait for its turn in the schedule.
    first = Task(id=key("library.index", owner), kind="library.index", lane="compute", subject="")
    services.outbox.add([first], now=clock())
    Relay(
        services,
        owner=owner,
        tidy=database.checkpoint,
        watch=partial(watch, services, channel=settings.ops_channel, read_every_s=settings.sync_every_s),
        schedules=services.schedules,
    ).run(stop)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # slack_sdk at DEBUG writes whole messages, others whole addresses: never, whatever the level above is.
    http = ("urllib3", "httpx", "httpx2", "httpcore", "httpcore2")
    for name in ("slack_sdk", "slack_bolt", *http, "openai", "rq.worker"):
        logging.getLogger(name).setLevel(logging.WARNING)
