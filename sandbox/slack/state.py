"""Everything the local Slack knows, behind one lock."""

import itertools
import threading
from dataclasses import dataclass, field

from sandbox.slack.clock import Clock
from sandbox.slack.config import SlackConfig
from sandbox.slack.errors import Json
from sandbox.slack.faults import Faults
from sandbox.slack.files import Files
from sandbox.slack.links import Links
from sandbox.slack.messages import Messages
from sandbox.slack.pace import Pace
from sandbox.slack.records import Records
from sandbox.slack.sockets import Sockets
from sandbox.slack.tickets import Tickets
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace, parse_workspace


@dataclass
class Banner:
    """A failure as Slack tells it to one person."""

    id: int
    user: str
    text: str
    at: float
    channel: str | None = None
    view_id: str | None = None


@dataclass
class Retry:
    """An event to be delivered again at `due`."""

    due: float
    kind: str
    payload: Json
    number: int
    reason: str


@dataclass
class Pane:
    """What the app set in a direct conversation: status line and suggested prompts."""

    status: str = ""
    loading_messages: tuple[str, ...] = ()
    thread_ts: str = ""
    until: float = 0.0
    prompts: list[Json] = field(default_factory=list)
    prompts_title: str = ""


class Slack:
    """One workspace with one app. Hold `lock` while reading or changing anything."""

    def __init__(self, config: SlackConfig, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.revision = 0
        self.pace = Pace(clock, is_on=config.rate_limits)
        self.sockets = Sockets()
        # Deliveries that no call waits for.
        self.errands: set[threading.Thread] = set()
        self.is_socket_mode = config.socket_mode
        self.load(parse_workspace(config.workspace, team_id=config.team_id))

    def load(self, workspace: Workspace) -> None:
        """Start over with this workspace; only the configuration, the switches, the clock and the revision stay."""
        with self.lock:
            self.workspace = workspace
            self.messages = Messages(self.clock)
            self.tickets = Tickets(self.clock)
            self.views = Views()
            self.records = Records()
            self.faults = Faults()
            self.banners: list[Banner] = []
            self.retries: list[Retry] = []
            self.panes: dict[str, Pane] = {}
            self.titles: dict[tuple[str, str], str] = {}
            self.choices: dict[tuple[str, str], Json] = {}
            # What external menus were answered: (person, message or view, block, action) → options.
            self.offered: dict[tuple[str, str, str, str], list[Json]] = {}
            self.kept_options: dict[tuple[str, str, str, str], list[Json]] = {}
            # What each person looks at beside the app: the `context` of agent events.
            self.contexts: dict[str, Json] = {}
            self.files = Files()
            self.links = Links(self.clock)
            # Why the bot token is no longer good, in the Web API's words; empty while it is.
            self.token_end = ""
            self.pace.forget()
            self._numbers = itertools.count(1)
            self.touch()

    def touch(self) -> None:
        """Say that something visible changed; wakes those who wait for it."""
        with self.lock:
            self.revision += 1
            self.changed.notify_all()

    def new_id(self, prefix: str) -> str:
        """Return an id nobody else has, such as `V00000000A1`."""
        return f"{prefix}{next(self._numbers):010X}"

    def warn(self, user: str, text: str, *, channel: str | None = None, view_id: str | None = None) -> None:
        """Show a failure to one person."""
        with self.lock:
            self.banners.append(Banner(len(self.banners) + 1, user, text, self.clock.now(), channel, view_id))
            self.touch()
