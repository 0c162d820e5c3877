"""Links of ours that somebody put into a message in Slack."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LinkSource = Literal["composer", "conversations_history"]


@dataclass(frozen=True)
class PostedLinks:
    """The links of a message, posted or still being written (`composer`: its place is not known, kept until shown).

    `unfurl_id` names them for Slack; `slack_id` is who wrote them. `shows` is one for the same preview, empty until
    there is one; it is made of what is named in `about`, such as "asset …", and to be looked at again from `look_at`.
    """

    id: str
    source: LinkSource
    unfurl_id: str
    channel: str
    ts: str
    slack_id: str
    urls: tuple[str, ...]
    at: datetime
    shows: str = ""
    about: tuple[str, ...] = ()
    look_at: datetime | None = None
