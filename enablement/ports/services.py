"""The bundle of all that the core is given."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import time

from enablement.model import RoleRule
from enablement.ports.announcing import Announcements
from enablement.ports.common import Clock
from enablement.ports.deals import Access, Copies, Mirror, People, Shortlists
from enablement.ports.evidence import Evidence, Learner, Lessons
from enablement.ports.forgetting import Forgetting
from enablement.ports.home import Homes
from enablement.ports.ledger import Journal, Ledger, Outbox, Work
from enablement.ports.library import Catalog, Embedder, Index, Questions, VectorStore
from enablement.ports.nudging import Nudges
from enablement.ports.outside import Crm, Messenger
from enablement.ports.preferences import PreferenceStore
from enablement.ports.requests import Requests, SavedAssets


@dataclass(frozen=True)
class Services:
    """All that a capability may need, handed in."""

    catalog: Catalog
    index: Index
    # None: the library is searched by words alone.
    embedder: Embedder | None
    questions: Questions
    vectors: VectorStore
    mirror: Mirror
    people: People
    preferences: PreferenceStore
    forgetting: Forgetting
    homes: Homes
    shortlists: Shortlists
    copies: Copies
    ledger: Ledger
    outbox: Outbox
    work: Work
    messenger: Messenger
    crm: Crm
    access: Access
    journal: Journal
    announcements: Announcements
    saved: SavedAssets
    requests: Requests
    nudges: Nudges
    evidence: Evidence
    lessons: Lessons
    learner: Learner
    # Lets this thread keep what it reads by: for who reads many times. What others write meanwhile is seen.
    one_connection: Callable[[], AbstractContextManager[None]]
    clock: Clock
    public_url: str
    link_days: int
    # E-mails of those who look after the whole library.
    librarians: tuple[str, ...] = ()
    # Who has which role beside those that are named so.
    role_rules: tuple[RoleRule, ...] = ()
    # E-mails of those who may announce to everybody.
    announcers: tuple[str, ...] = ()
    # "managers": what they announce waits for a librarian's approval.
    announce_approval: str = ""
    # Messages of announcements to Slack, all together.
    announce_per_minute: int = 300
    # From when to when, by each reader's clock, nobody is told anything.
    quiet_hours: tuple[time, time] = (time(20), time(8))
    # In so many messages a day somebody is told of what they did not ask for.
    nudges_per_day: int = 3
    # Beyond so many people the author confirms the number.
    confirm_beyond: int = 50
    # What is done again and again, by kind: every so many seconds.
    schedules: Mapping[str, int] = field(default_factory=dict)
    # Whether deals' suggestions are shown in the CRM too.
    suggests_in_crm: bool = True
