"""Announcements: what is said to whom, and how far it has come with each of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AnnouncementState = Literal["template", "draft", "in_review", "running", "ended", "withdrawn"]


@dataclass(frozen=True)
class QuizQuestion:
    """A question with two to five options; which one is right is the same in all languages."""

    text: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Wording:
    """What an announcement says in one of our languages: texts as they were typed, so not yet escaped."""

    language: str
    title: str
    text: str
    questions: tuple[QuizQuestion, ...] = ()


@dataclass(frozen=True)
class DealFilter:
    """Open deals, whose owners are meant: each part that is not empty narrows. Amounts are in the deal's currency."""

    stages: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    least_amount: float | None = None
    most_amount: float | None = None


@dataclass(frozen=True)
class Aim:
    """Whom an announcement is for: everybody whom any of the first parts names, narrowed to owners of `deals` if given.

    With no part but `deals`, its owners are meant; with no part at all, nobody is. `people`, `groups` and `channels`
    are Slack's ids, `roles` and `teams` are roles of the CRM: those with exactly that role, or with it or one below it.
    """

    everyone: bool = False
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    deals: DealFilter | None = None


@dataclass(frozen=True)
class Announcement:
    """News for a part of the company.

    `wordings`: the first is for those whose language has none. `right`: the index of each question's right option.
    `revision` goes up with each change that its readers are to see; what was acknowledged before `counts_from` is asked
    for anew. `local_time` ("09:00") is by each reader's clock, "" is any time outside quiet hours. `ends_at` is when
    nobody is told or reminded any more. `version` goes up with each change of any kind: who changes an older one has
    missed something.
    """

    id: str
    author: str
    author_slack_id: str
    state: AnnouncementState
    wordings: tuple[Wording, ...]
    aim: Aim
    right: tuple[int, ...]
    asset_ids: tuple[str, ...]
    # Channels that it is posted to as well.
    channels: tuple[str, ...]
    must_acknowledge: bool
    reminders: int
    remind_every_hours: int
    starts_at: datetime | None
    local_time: str
    ends_at: datetime
    revision: int
    counts_from: int
    version: int
    made_at: datetime
    changed_at: datetime
    approved_by: str = ""
    # Everybody hears it at once: also in their quiet hours.
    at_once: bool = False
    # On the Home tab of those who were sent it, for as long as it runs.
    pinned: bool = False
    # Whom its posts in channels call: Slack's ids of people and user groups, and the words "here" and "channel".
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """How far an announcement has come with one reader: a person (U…, W…) or a channel that it was posted to (C…, G…).

    `shown_revision` is 0 until it is delivered; `ts` and `channel` are where its message is.
    `acknowledged_revision` says which revision was. `left_at`: no longer meant, nothing more is sent.
    `failed`: why it can't be delivered.
    """

    id: str
    announcement_id: str
    slack_id: str
    email: str
    due_at: datetime
    channel: str = ""
    ts: str = ""
    shown_revision: int = 0
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_revision: int = 0
    snoozed_until: datetime | None = None
    snoozes: int = 0
    reminded_at: datetime | None = None
    reminders: int = 0
    left_at: datetime | None = None
    failed: str = ""


@dataclass(frozen=True)
class ProgressMessage:
    """Where an author is shown how their announcement goes; `shows` tells one state of it from another."""

    announcement_id: str
    channel: str
    ts: str
    shows: str


@dataclass(frozen=True)
class QuizAnswer:
    """What one reader first answered to one question (counted from 0); later answers do not count."""

    id: str
    receipt_id: str
    question: int
    option: int
    is_right: bool
    at: datetime
