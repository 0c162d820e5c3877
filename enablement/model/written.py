"""What is committed together: records, tasks, and the event that asked for them."""

from dataclasses import dataclass

from enablement.model.asking import Answered, Ask, ChannelLink, Feedback, Suggestion
from enablement.model.deals import Withdrawal
from enablement.model.evidence import Lot
from enablement.model.library import Change, Decision, Notice, Preview, Upload
from enablement.model.links import PostedLinks
from enablement.model.people import Audit
from enablement.model.sharing import Opening, Share, Touch
from enablement.model.work import Task

Record = (
    Ask
    | Answered
    | Suggestion
    | Lot
    | Share
    | Touch
    | Feedback
    | Opening
    | ChannelLink
    | Decision
    | Notice
    | Preview
    | Upload
    | Withdrawal
    | Audit
    | PostedLinks
)


@dataclass(frozen=True)
class Event:
    """A request from outside by its own id, so that a second delivery is known."""

    source: str
    id: str


@dataclass(frozen=True)
class Written:
    """What is to be committed together. A known event or record id is left as it is."""

    records: tuple[Record, ...] = ()
    tasks: tuple[Task, ...] = ()
    event: Event | None = None
    changes: tuple[Change, ...] = ()
