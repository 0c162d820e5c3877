"""What is personal in each table, and what becomes of it when a person is forgotten.

A table that is not named here fails a test: whoever adds one says what it knows of people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rule:
    """How a table forgets somebody.

    `whose`: columns that say that a row is about a person. Their rows are removed (`gone`), or kept with these columns
    renamed and what is `blank` emptied to the given value. `through`: rows go with those of another table, by (column,
    table). `moot`: where these name the person, the row is removed. `content`: columns of what the library or the CRM
    says to all, where a name is that of a subject, not of a user of ours: they are searched, and left as they are.

    Beside that an e-mail or a Slack id is renamed in every column of text of every row of every table.
    """

    whose: tuple[str, ...] = ()
    gone: bool = False
    blank: Mapping[str, Any] = field(default_factory=dict)
    through: tuple[str, str] | None = None
    moot: tuple[str, ...] = ()
    content: tuple[str, ...] = ()


NOBODYS = Rule()
_NOWHERE = {"channel": "", "thread": "", "is_direct": False}
_ASSET = Rule(("owner",), blank={"owner": ""}, content=("title", "source", "url", "collection"))
# In this order: what tells us a person's names comes last, so that a command that was broken off still finds them.
RULES: Mapping[str, Rule] = {
    # The catalogue
    "assets": _ASSET,
    "proposals": _ASSET,
    "collections": Rule(content=("name",)),
    "decisions": Rule(("email",)),
    "notices": Rule(("to", "by")),
    "previews": Rule(("email",)),
    "uploads": NOBODYS,
    "versions": Rule(content=("file_name",)),
    "blobs": NOBODYS,
    "pages": Rule(content=("title", "text")),
    "vectors": NOBODYS,
    "catalogue_changes": NOBODYS,
    # The mirror
    "deals": Rule(content=("name", "account")),
    "deal_team": NOBODYS,
    "stages": NOBODYS,
    "stage_hops": NOBODYS,
    "crm_roles": Rule(content=("name",)),
    "role_members": Rule(("person",), gone=True),
    "watermarks": NOBODYS,
    # The ledger
    "inbox": NOBODYS,
    "asks": Rule(("slack_id", "email"), blank={"question": "", "response_url": "", "place": _NOWHERE}),
    "answers": Rule(("email",), blank={"channel": "", "thread": ""}),
    "suggestions": Rule(("email",)),
    "feedback": Rule(("email",), blank={"words": ""}),
    "saved": Rule(("email",), gone=True),
    "content_requests": Rule(("decided_by",)),
    "request_askers": Rule(("email", "slack_id"), blank={"words": ""}),
    "openings": NOBODYS,
    "channel_links": Rule(("linked_by",)),
    "deliveries": NOBODYS,
    "withdrawals": Rule(("email",)),
    "recommended": Rule(content=("reasons",)),
    "crm_copies": NOBODYS,
    "audits": Rule(("email", "subject")),
    # Announcements
    "announcements": Rule(("author", "author_slack_id", "approved_by")),
    "quiz_answers": Rule(through=("receipt_id", "receipts")),
    "receipts": Rule(("slack_id", "email"), gone=True),
    "progress_messages": NOBODYS,
    # What a person chose, and what they are shown
    "preferences": Rule(("slack_id",), gone=True),
    "homes": Rule(("slack_id",), gone=True),
    "home_seen": Rule(("slack_id",), gone=True),
    "library_figures": NOBODYS,
    "nudges": Rule(("slack_id", "email"), gone=True),
    "nudge_stood": NOBODYS,
    # What was learned
    "learning_runs": NOBODYS,
    "learning_parts": NOBODYS,
    "effects": NOBODYS,
    "lots": NOBODYS,
    # What ops sees, and the work
    "incidents": NOBODYS,
    "signals": NOBODYS,
    "integration_days": NOBODYS,
    "outbox": Rule(moot=("subject", "partition")),
    "leases": NOBODYS,
    "schedules": NOBODYS,
    "budgets": NOBODYS,
    "signing_keys": NOBODYS,
    "posted_links": Rule(("slack_id",), gone=True),
    # What tells us names
    "touches": Rule(("email", "recipient")),
    "shares": Rule(("email", "recipient"), blank={"note": ""}),
    "contacts": Rule(("email",), gone=True),
    "crm_users": Rule(("email",), blank={"email": ""}),
    "person_links": Rule(("slack_id",), gone=True),
    "profiles": Rule(("email", "slack_id"), gone=True),
}
