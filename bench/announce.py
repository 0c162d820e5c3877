"""`announce`: how long until a whole company has an announcement, at the pace allowed, and through what goes wrong."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import requests

import app as composition
from bench.announced import most_in_a_minute, violations
from bench.figures import Bench, BenchFailed, Figure, Options, Promise
from bot.messenger import SlackMessenger
from enablement import announcing
from enablement.model import Aim, Announcement, Receipt, Wording
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import drain
from sandbox import slack
from settings import Settings

PEOPLE, QUICK_PEOPLE = 5_000, 500
TROUBLED = 300
A_MINUTE = 300
MOST_MINUTES = 17.5
FOLLOW_EVERY_S = 15
GIVEN_UP_AFTER_S = 2 * 3600
SEED = 41
TOKEN, LIBRARIAN = "xoxb-bench", "lena@news.example"
TITLE, NOWHERE = "Prices rise in January", "http://127.0.0.1:9"
AUTHOR, BOT = "U0LENA", "U0BOT"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OUTAGE_S = 30
# What the local Slack does wrong on the way, each so many times.
FAULTS = {"429": 20, "lost_reply": 20, "500": 20, "drop": 20}


class VirtualClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Post:
    """A call that is to post a message: when, to whom, if it is an announcement, and what came of it."""

    at: float
    to: str
    announces: bool
    error: str
    is_there: bool


@dataclass(frozen=True)
class Company:
    """The core with a real database, and a local Slack over HTTP, both by one virtual clock."""

    services: Services
    clock: VirtualClock
    slack_url: str
    readers: Sequence[str]

    def pass_second(self) -> None:
        """Do all that is due, as a worker and a relay would, and let a second pass."""
        if int(self.clock.now.timestamp()) % FOLLOW_EVERY_S == 0:
            announcing.follow(self.services, now=self.clock.now)
        drain("write", KINDS["write"], self.services, owner="bench")
        self.clock.now += timedelta(seconds=1)

    def receipts(self, one: Announcement) -> list[Receipt]:
        return self.services.announcements.receipts(one.id)

    def posts(self) -> list[Post]:
        """Return the calls of chat.postMessage as the local Slack knows them; what lost its reply was posted too."""
        calls = requests.get(f"{self.slack_url}/_sandbox/received", timeout=60).json()["calls"]
        posts = (one for one in calls if one["method"] == "chat.postMessage" and one["result"])
        return [_post(one["arguments"], one["result"], one["at"]) for one in posts]

    def fault(self, **order: Any) -> None:
        requests.post(f"{self.slack_url}/_sandbox/faults", json=order, timeout=10).raise_for_status()

    def calm(self) -> None:
        requests.delete(f"{self.slack_url}/_sandbox/faults", timeout=10).raise_for_status()


def run(options: Options) -> list[Figure]:
    """Measure; raises BenchFailed."""
    people = QUICK_PEOPLE if options.quick else PEOPLE
    options.say(f"{people} people are told, {A_MINUTE} a minute on a virtual clock…")
    with _company(people) as company:
        calm = list(_smooth(company))
    options.say(f"{TROUBLED} people are told while Slack fails…")
    with _company(TROUBLED) as company:
        return [*calm, *_troubled(company)]


BENCH = Bench(
    "announce", "An announcement to a company: pace, completeness, nobody twice (no data needed).", run
)


def _smooth(company: Company) -> Iterator[Figure]:
    people, begun = len(company.readers), time.perf_counter()
    minutes, wrong = _deliver(company)
    took = time.perf_counter() - begun
    posts = company.posts()
    # At this pace it can't be quicker than this; a smaller company is promised its part.
    promise = Promise(MOST_MINUTES * people / PEOPLE)
    yield Figure(f"{people} people: told after, virtual", "min", round(minutes, 2), promise=promise)
    yield Figure("missed, doubled or wrongly noted", "", wrong, promise=Promise(0))
    in_a_minute = most_in_a_minute(one.at for one in posts if one.announces)
    yield Figure("most of its messages in any minute", "", in_a_minute, promise=Promise(A_MINUTE))
    refused = sum(one.error == "ratelimited" for one in posts)
    yield Figure("refused by Slack's rate limits", "", refused, promise=Promise(0))
    yield Figure("each message, of real time", "ms", round(took / people * 1000, 1))


def _troubled(company: Company) -> Iterator[Figure]:
    chance = Random(SEED)
    faults = [kind for kind, times in FAULTS.items() for _ in range(times)]
    chance.shuffle(faults)
    outage_at = chance.randint(15, 30)

    def trouble(second: int) -> None:
        if second == outage_at:
            company.fault(method="*", kind="drop", times=1_000_000)
        elif second == outage_at + OUTAGE_S:
            company.calm()
        elif not outage_at <= second < outage_at + OUTAGE_S and faults:
            company.fault(method="chat.postMessage", kind=faults.pop(), times=1)

    minutes, wrong = _deliver(company, trouble)
    yield Figure(f"{TROUBLED} people, with failures: told after, virtual", "min", round(minutes, 2))
    yield Figure("with failures: missed, doubled or wrongly noted", "", wrong, promise=Promise(0))


def _deliver(company: Company, trouble: Callable[[int], None] = lambda _: None) -> tuple[float, int]:
    """Announce, and wait until all is known as delivered; return the minutes it took, and what went wrong how often.

    Raises BenchFailed when it takes too long.
    """
    one, begun = _sent(company), company.clock.now
    for second in count():
        trouble(second)
        company.pass_second()
        # To look at thousands of receipts takes longer than a second's work.
        if second % FOLLOW_EVERY_S == 0 and all(receipt.ts for receipt in company.receipts(one)):
            break
        if second > GIVEN_UP_AFTER_S:
            raise BenchFailed(f"Not everybody was told within {GIVEN_UP_AFTER_S} s.")
    receipts = company.receipts(one)
    arrived = [post.to for post in company.posts() if post.is_there and post.announces]
    took = max(receipt.delivered_at or begun for receipt in receipts) - begun
    return took / timedelta(minutes=1), len(violations(company.readers, arrived, receipts, ()))


def _post(said: dict[str, Any], result: dict[str, Any], at: float) -> Post:
    # Its author is told how it goes by messages of another kind.
    announces = "touchline_announcement" in str(said.get("metadata"))
    return Post(at, said["channel"], announces, result.get("error", ""), result["ok"])


def _sent(company: Company) -> Announcement:
    services, now = company.services, company.clock.now
    announcing.read_colleagues(services, now=now)
    draft = replace(
        announcing.begin(AUTHOR, services, now=now),
        wordings=(Wording("en", TITLE, "From January on, each site costs a tenth more."),),
        aim=Aim(people=tuple(company.readers)),
        at_once=True,
    )
    one = announcing.send(draft, AUTHOR, services, now=now)
    announcing.follow(services, now=now)
    return one


@contextmanager
def _company(people: int) -> Iterator[Company]:
    readers = [f"U0NEWS{number:04}" for number in range(people)]
    users = [_user(AUTHOR, LIBRARIAN), *(_user(who, f"{who.lower()}@news.example") for who in readers)]
    workspace = {
        "team": {"id": "T0NEWS", "name": "News", "domain": "news"},
        "users": users,
        "channels": [],
        "bot": {"user_id": BOT, "bot_id": "B0BOT", "name": "Touchline"},
    }
    clock = VirtualClock()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="touchline-bench-")))
        config = slack.SlackConfig(
            workspace=workspace, app_url=NOWHERE, signing_secret=TOKEN, bot_token=TOKEN, events=()
        )
        local = slack.create_app(config, slack.Clock(lambda: clock.now.timestamp()))
        slack_url = stack.enter_context(slack.Server(local)).url
        settings = Settings(
            slack_signing_secrets=(TOKEN,),
            slack_bot_token=TOKEN,
            salesforce_url=NOWHERE,
            salesforce_client_id="bench",
            slack_api_url=f"{slack_url}/api/",
            database_url=f"sqlite:///{folder / 'touchline.db'}",
            data_dir=folder,
            librarians=(LIBRARIAN,),
            announce_per_minute=A_MINUTE,
            embedder="off",
        )
        services, database = composition.build(settings)
        stack.callback(database.close)
        messenger = SlackMessenger(composition.gateway(settings), public_url=NOWHERE, clock=clock)
        services = replace(services, clock=clock, messenger=messenger)
        yield Company(services, clock, slack_url, readers)


def _user(slack_id: str, email: str) -> dict[str, str]:
    return {"id": slack_id, "name": slack_id.lower(), "real_name": slack_id, "email": email}
