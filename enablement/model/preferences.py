"""What somebody chose for themselves: their language, when they want quiet, what they want to hear of."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal, get_args

# A deal moved on, a buyer opened what was shared, something shared was replaced, a competitor's battlecard changed.
NudgeKind = Literal["deal_changed", "buyer_opened", "replaced", "battlecard"]
NUDGE_KINDS: tuple[NudgeKind, ...] = get_args(NudgeKind)


@dataclass(frozen=True)
class Preferences:
    """What a Slack user chose; whoever never chose has the defaults, and no `changed_at`.

    `language` is one of LANGUAGES, or empty for what Slack says; `quiet_hours` (from, to, by their own clock) is None
    for the installation's, and from one time to the same for none.
    """

    slack_id: str
    language: str = ""
    quiet_hours: tuple[time, time] | None = None
    muted: frozenset[NudgeKind] = field(default_factory=frozenset)
    digest: bool = True
    changed_at: datetime | None = None
