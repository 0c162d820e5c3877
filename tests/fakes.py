"""Small working stand-ins for what the product reaches through its ports."""

import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enablement.access import CachedAccess
from enablement.adapters.index import PageIndex
from enablement.adapters.learner import LearningProcess
from enablement.adapters.lessons import LearnedLessons
from enablement.adapters.sql.announcements import SqlAnnouncements
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
from enablement.adapters.sql.requests import SqlRequests, SqlSaved
from enablement.adapters.sql.vectors import SqlVectors
from enablement.learning import LEARNING
from enablement.meaning import NotEmbeddable, QuestionEmbedder
from enablement.model import (
    Announcement,
    Ask,
    Asset,
    CopyKind,
    Deal,
    DealSummary,
    Effect,
    Fetched,
    Habit,
    Incident,
    Lane,
    LetterState,
    Notice,
    PostedLinks,
    Profile,
    ProgressMessage,
    QuizAnswer,
    Receipt,
    Recommended,
    Touch,
    Wording,
)
from enablement.ports import (
    CannotFetch,
    CopyCheck,
    DealCheck,
    Progress,
    Services,
    TouchCheck,
    TryLater,
    Undeliverable,
)
from tests.builders import NOW


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float = 0, **more: float) -> datetime:
        """Go on by some time and say what it is then."""
        self.now += timedelta(seconds=seconds, **more)
        return self.now


class FakeWork:
    """Remembers which lanes were woken."""

    def __init__(self) -> None:
        self.woken: list[Lane] = []

    def wake(self, *lanes: Lane) -> None:
        self.woken += lanes


class FakeMessenger:
    """A Slack where everybody is a member and each channel's outsiders are known."""

    def __init__(self) -> None:
        self.profiles: dict[str, Profile] = {}
        self.shared_outside: set[str] = set()
        self.shown: list[tuple[Any, Ask, bool]] = []
        self.at_work: list[str] = []
        self.told: list[tuple[Notice, Asset, bool]] = []
        # Of requests: what was said, to whom (Slack id), and the mark of the message.
        self.tidings: list[tuple[Any, str, str]] = []
        self.files: dict[str, Fetched] = {}
        self.reports: dict[str, Incident] = {}
        self.failure: Exception | None = None
        # Each message of nudges, and (digest, to, mark, whether it may be there already) of each digest.
        self.nudged: list[tuple[Any, bool]] = []
        self.digests: list[tuple[Any, str, str, bool]] = []
        # Each Home tab that was drawn, and whether it was whatever it shows.
        self.homes: list[tuple[Any, bool]] = []
        # What links lead to: (unfurl id, glances by address, whether there are details) of each time.
        self.glances: list[tuple[str, dict[str, Any], bool]] = []
        # Who is in a channel or a Slack group.
        self.rooms: dict[str, list[str]] = {}
        self.unreachable: set[str] = set()
        # Announcements: (receipt, to, ts) of each message, how each looks now, (receipt, number) of each reminder.
        self.posted: list[tuple[str, str, str]] = []
        self.messages: dict[str, tuple[Announcement, Receipt, Wording]] = {}
        self.reminded: list[tuple[str, int]] = []
        # What authors are shown of their announcements, each time; (to, name, data, title, text, alt) of each file.
        self.progress: list[tuple[Any, str, ProgressMessage | None, bool]] = []
        self.sent_files: list[tuple[str, str, bytes, str, str, str]] = []

    def profile(self, slack_id: str, *, now: datetime) -> Profile:
        return self.profiles[slack_id]

    def find(self, email: str, *, now: datetime) -> Profile | None:
        return next((one for one in self.profiles.values() if one.email == email), None)

    def direct(self, slack_id: str) -> str:
        return f"D-{slack_id}"

    def is_shared_outside(self, channel: str) -> bool:
        return channel in self.shared_outside

    def working(self, ask: Ask) -> None:
        self.at_work.append(ask.id)

    def show(self, reply: Any, *, ask: Ask, again: bool) -> None:
        self.shown.append((reply, ask, again))

    def notify(self, notice: Notice, asset: Asset, *, again: bool) -> None:
        self.told.append((notice, asset, again))

    def show_home(self, home: Any, *, always: bool) -> tuple[str, str]:
        if self.failure:
            raise self.failure
        self.homes.append((home, always))
        return f"hash {len(self.homes)}", home.state.shows

    def show_links(self, posted: PostedLinks, glances: Mapping[str, Any], *, has_details: bool) -> bool:
        if self.failure:
            raise self.failure
        if posted.ts in self.unreachable:
            return False
        self.glances.append((posted.unfurl_id, dict(glances), has_details))
        return True

    def tell(self, said: Any, *, to: str, mark: str, again: bool) -> None:
        if self.failure:
            raise self.failure
        if not (again and any(one[2] == mark for one in self.tidings)):
            self.tidings.append((said, to, mark))

    def nudge(self, message: Any, *, again: bool) -> None:
        if self.failure:
            raise self.failure
        self.nudged.append((message, again))

    def send_digest(self, said: Any, *, to: str, mark: str, again: bool) -> None:
        if self.failure:
            raise self.failure
        self.digests.append((said, to, mark, again))

    def report(self, incident: Incident, *, again: bool, now: datetime) -> str:
        if self.failure:
            raise self.failure
        ts = incident.ts or f"{len(self.reports) + 1}.0"
        self.reports[ts] = incident
        return ts

    def colleagues(self, *, now: datetime) -> Iterator[Profile]:
        yield from self.profiles.values()

    def members(self, channel: str) -> list[str]:
        return self.rooms[channel]

    def group_members(self, group: str) -> list[str]:
        if group not in self.rooms:
            raise Undeliverable("Slack: no_such_subteam")
        return self.rooms[group]

    def announce(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        to: str,
        again: bool,
    ) -> tuple[str, str]:
        if self.failure:
            raise self.failure
        if to in self.unreachable:
            raise Undeliverable("Slack: cannot_dm_bot")
        if again and (there := self.find_announcement(receipt, to=to)):
            return there
        ts = f"{len(self.posted) + 1}.0"
        self.posted.append((receipt.id, to, ts))
        self.messages[receipt.id] = (one, receipt, wording)
        return f"D-{to}", ts

    def find_announcement(self, receipt: Receipt, *, to: str) -> tuple[str, str] | None:
        return next((("D-" + there, ts) for mark, there, ts in self.posted if mark == receipt.id), None)

    def show_announcement(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        answers: Sequence[QuizAnswer],
    ) -> None:
        if self.failure:
            raise self.failure
        self.messages[receipt.id] = (one, receipt, wording)

    def show_progress(
        self, found: Any, *, to: str, shown: ProgressMessage | None, again: bool
    ) -> tuple[str, str]:
        if self.failure:
            raise self.failure
        self.progress.append((found, to, shown, again))
        return (shown.channel, shown.ts) if shown else (f"D-{to}", f"{len(self.progress)}.5")

    def send_file(
        self, to: str, name: str, data: bytes, *, title: str, text: str, alt: str, again: bool
    ) -> None:
        if self.failure:
            raise self.failure
        if not (again and any(one[1] == name for one in self.sent_files)):
            self.sent_files.append((to, name, data, title, text, alt))

    def remind(
        self, one: Announcement, receipt: Receipt, wording: Wording, *, number: int, again: bool
    ) -> None:
        if self.failure:
            raise self.failure
        if not (again and (receipt.id, number) in self.reminded):
            self.reminded.append((receipt.id, number))

    def fetch(self, file_id: str, *, most: int) -> Fetched:
        found = self.files.get(file_id)
        if found is None or len(found.data) > most:
            raise CannotFetch("This file is no longer in Slack. Send it again.")
        return found


class FakeCrm:
    """A CRM that knows who may read what, takes touches, and can be made to fail."""

    def __init__(self, readers: Iterable[tuple[str, str]] = ()) -> None:
        self.readers = set(readers)
        self.is_down = False
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.touches: dict[str, Touch] = {}
        self.checked: list[tuple[datetime | None, str]] = []
        self.touch_check, self.deal_check = TouchCheck(), DealCheck()
        self.summaries: list[DealSummary] = []
        # What it has room for, what it was told last, and of which assets and deals it was told how often.
        self.room: frozenset[CopyKind] = frozenset()
        self.assets: dict[str, tuple[Asset, date]] = {}
        self.suggestions: dict[str, tuple[tuple[str, int], ...]] = {}
        self.told: list[str] = []
        self.copy_check = CopyCheck()
        self.synced: list[bool] = []
        self.refreshed: list[tuple[str, ...]] = []
        # Who has a profile or a permission set, by its name.
        self.users_with: dict[str, list[str]] = {}

    def allow(self, user_id: str, *deal_ids: str) -> None:
        self.readers |= {(user_id, deal_id) for deal_id in deal_ids}

    def deal_at(self, url: str) -> str:
        return url.removeprefix("https://crm.test/") if url.startswith("https://crm.test/006") else ""

    def users_in(self, *, profile: str = "", permission_set: str = "") -> list[str]:
        if self.is_down:
            raise TryLater("Salesforce is away")
        return self.users_with.get(profile or permission_set, [])

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        self.asked.append((user_id, tuple(deal_ids)))
        if self.is_down:
            raise TryLater("Salesforce is away")
        return frozenset(deal_id for deal_id in deal_ids if (user_id, deal_id) in self.readers)

    def write_touches(self, touches: Sequence[Touch]) -> dict[str, Exception | None]:
        self.touches |= {touch.id: touch for touch in touches}
        return {touch.id: None for touch in touches}

    def withdraw_touches(self, ids: Sequence[str]) -> dict[str, Exception | None]:
        for touch_id in ids:
            self.touches.pop(touch_id, None)
        return dict.fromkeys(ids)

    def check_touches(
        self, *, since: datetime | None, begins: str, waiting: Mapping[str, LetterState], before: datetime
    ) -> TouchCheck:
        self.checked.append((since, begins))
        return self.touch_check

    def check_deals(self, *, since: datetime | None) -> DealCheck:
        return self.deal_check

    def copied(self) -> frozenset[CopyKind]:
        return self.room

    def stale_assets(self, assets: Sequence[Asset], *, on: date) -> list[str]:
        return [one.id for one in assets if self.assets.get(one.id) != (one, on)]

    def write_assets(self, assets: Sequence[Asset], *, on: date) -> dict[str, Exception | None]:
        self.told += [one.id for one in assets]
        self.assets |= {one.id: (one, on) for one in assets}
        return {one.id: None for one in assets}

    def stale_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        if "suggestions" not in self.room:
            return []
        return [deal for deal, rows in shown.items() if self.suggestions.get(deal, ()) != _ranks(rows)]

    def write_suggestions(self, shown: Mapping[str, Sequence[Recommended]]) -> dict[str, Exception | None]:
        self.told += list(shown)
        self.suggestions |= {deal: _ranks(rows) for deal, rows in shown.items()}
        return dict.fromkeys(shown)

    def check_copies(self, *, on: date, waiting: Collection[str]) -> CopyCheck:
        return self.copy_check

    def write_summaries(self, summaries: Sequence[DealSummary]) -> dict[str, Exception | None]:
        self.summaries += summaries
        return {one.deal_id: None for one in summaries}

    def written(self, touch_id: str) -> tuple[str, str] | None:
        found = self.touches.get(touch_id)
        return (f"a0T{touch_id}", found.deal_id) if found else None

    def sync(
        self, *, full: bool, until: datetime | None = None, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        self.synced.append(full)
        return {"deals": 0}

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        self.refreshed.append(tuple(deal_ids))
        if self.is_down:
            raise TryLater("Salesforce is away")
        return list(deal_ids)

    def files(self) -> None:
        return None


def _ranks(rows: Sequence[Recommended]) -> tuple[tuple[str, int], ...]:
    return tuple((row.asset_id, rank) for rank, row in enumerate(rows, start=1))


class FakeEmbedder:
    """Counts words: texts with the same words mean the same. Can be made to refuse a word, or to fail."""

    model = "words"
    dimensions = 64
    alike_from = 0.5
    likeness_weight = 0.5

    def __init__(self) -> None:
        self.given: list[str] = []
        self.refused_word = ""
        self.failure: Exception | None = None
        # Words that mean the same as others.
        self.alias: dict[str, str] = {}

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.failure:
            raise self.failure
        if self.refused_word and any(self.refused_word in text for text in texts):
            raise NotEmbeddable(f"“{self.refused_word}” is refused")
        self.given += texts
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(self.alias.get(word, word).encode()) % self.dimensions] += 1
        even: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return even

    def question(self, text: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self.passages([text])[0]
        return row


class FakeLessons:
    """What was learned, as a test says it: of each asset one effect, and one habit until it is used."""

    def __init__(
        self, model: str = "", effects: Iterable[Effect] = (), habits: Mapping[str, Habit] | None = None
    ) -> None:
        self.model = model
        self._effects = {one.asset_id: one for one in effects}
        self._habits = dict(habits or {})

    def effects(self, asset_ids: Collection[str], deal: Deal) -> Mapping[str, Effect]:
        return {one: self._effects[one] for one in asset_ids if one in self._effects}

    def odds(self, asset_ids: Sequence[str], deal: Deal) -> list[float]:
        found = self.effects(asset_ids, deal)
        return [found[one].logit if one in found else 0.0 for one in asset_ids]

    def follow(self) -> None:
        """What a test says needs no look."""

    def habits(self, deal: Deal, used: Collection[str]) -> Mapping[str, Habit]:
        return {name: habit for name, habit in self._habits.items() if name not in used}


class World:
    """The whole core over one database: real SQL, a real index, a CRM and a Slack that are not."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.clock = FakeClock()
        self.catalog, self.mirror = SqlCatalog(database), SqlMirror(database)
        self.ledger, self.outbox = SqlLedger(database), SqlOutbox(database)
        self.index = PageIndex(folder, self.catalog)
        self.vectors = SqlVectors(database)
        self.journal = SqlJournal(database)
        self.announcements = SqlAnnouncements(database)
        self.evidence = SqlEvidence(database)
        # What could not be read of what was learned: (kind, subject, summary).
        self.alerts: list[tuple[str, str, str]] = []
        self.lessons = LearnedLessons(self.evidence, alert=lambda *said: self.alerts.append(said))
        self.url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
        self.learner = LearningProcess(
            self.url, is_taken=lambda: self.journal.is_held(LEARNING, now=datetime.now(UTC))
        )
        self.crm, self.messenger, self.work = FakeCrm(), FakeMessenger(), FakeWork()
        self.services = Services(
            catalog=self.catalog,
            index=self.index,
            embedder=None,
            questions=QuestionEmbedder(None),
            vectors=self.vectors,
            mirror=self.mirror,
            people=SqlPeople(database),
            preferences=SqlPreferences(database),
            forgetting=SqlForgetting(database),
            homes=SqlHomes(database),
            shortlists=SqlShortlists(database),
            copies=SqlCopies(database),
            ledger=self.ledger,
            outbox=self.outbox,
            work=self.work,
            messenger=self.messenger,
            crm=self.crm,
            access=CachedAccess(self.crm.readable, self.clock),
            journal=self.journal,
            announcements=self.announcements,
            saved=SqlSaved(database),
            requests=SqlRequests(database),
            nudges=SqlNudges(database),
            evidence=self.evidence,
            lessons=self.lessons,
            learner=self.learner,
            one_connection=database.one_connection,
            clock=self.clock,
            public_url="http://touchline.example",
            link_days=90,
            librarians=("lib@stowmark.example",),
        )


def at_once(count: int, do: Any) -> list[Any]:
    """Call `do(number)` in many threads that start together; return what each returned, in order."""
    gate = threading.Barrier(count)
    said: list[Any] = [None] * count

    def run(number: int) -> None:
        gate.wait()
        try:
            said[number] = do(number)
        except Exception as error:
            said[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in said:
        if isinstance(one, Exception):
            raise one
    return said


def partitions(rows: Collection[Any]) -> list[str]:
    return [row.partition for row in rows if row.partition]
