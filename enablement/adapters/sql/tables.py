"""The tables. Changing one means a migration beside it; a test compares the two."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from enablement.adapters.sql.database import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(80), primary_key=True)


def _text(name: str, length: int = 255, *, index: bool = False) -> Column[str]:
    return Column(name, String(length), nullable=False, index=index)


def _moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, UtcDateTime(), nullable=nullable)


def _json(name: str) -> Column[object]:
    return Column(name, JSON, nullable=False)


def _asset_columns(*, current: bool) -> tuple[Column[Any], ...]:
    return (
        _id(),
        Column("source", String(1000), nullable=False, unique=current or None),
        _text("title", 500, index=current),
        _text("kind", 80),
        _text("language", 20),
        _text("audience", 20),
        _text("collection", 200),
        _text("owner", 320),
        _json("facets"),
        Column("translation_of", String(1000)),
        Column("released", Date),
        Column("expires", Date),
        Column("version", Integer, nullable=False),
        _text("version_id", 80),
        _moment("updated_at"),
        _text("status", 20),
        Column("replaced_by", String(80), index=current),
        Column("review_every_days", Integer),
        Column("reviewed_on", Date),
        _text("url", 2000),
    )


# The catalogue ---------------------------------------------------------------------------------------
assets = Table("assets", metadata, *_asset_columns(current=True))
proposals = Table("proposals", metadata, *_asset_columns(current=False))
collections = Table("collections", metadata, _id("name"), _json("approvers"))
decisions = Table(
    "decisions",
    metadata,
    _id(),
    _text("asset_id", 80, index=True),
    _text("version_id", 80),
    _text("kind", 20),
    _text("email", 320),
    Column("note", Text, nullable=False),
    _moment("at"),
)
notices = Table(
    "notices",
    metadata,
    _id(),
    _text("kind", 20),
    _text("asset_id", 80),
    _text("to", 320),
    Column("note", Text, nullable=False),
    _text("version_id", 80),
    _text("by", 320),
    _text("open_token", 80),
)
previews = Table(
    "previews",
    metadata,
    _id(),
    Column("token", String(80), nullable=False, unique=True),
    _text("asset_id", 80),
    _text("version_id", 80),
    _text("email", 320),
    _moment("made_at"),
)
vectors = Table(
    "vectors",
    metadata,
    _id("version_id"),
    Column("model", String(200), primary_key=True),
    Column("dimensions", Integer, nullable=False),
    Column("pages", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    _json("places"),
)
uploads = Table(
    "uploads",
    metadata,
    _id(),
    _text("file_id", 80),
    _json("said"),
    Column("version_of", String(80)),
)
versions = Table(
    "versions",
    metadata,
    _id(),
    Column("asset_id", String(80), ForeignKey("assets.id"), nullable=False),
    Column("number", Integer, nullable=False),
    _text("content_hash", 64, index=True),
    _text("media_type", 200),
    _text("file_name", 500),
    Column("size", Integer, nullable=False),
    _moment("created_at"),
    UniqueConstraint("asset_id", "number"),
)
blobs = Table("blobs", metadata, _id("content_hash"), Column("data", LargeBinary, nullable=False))
pages = Table(
    "pages",
    metadata,
    Column("version_id", String(80), ForeignKey("versions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
)
changes = Table(
    "catalogue_changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _text("asset_id", 80),
)

# The mirror of the CRM and of Slack's people ---------------------------------------------------------
crm_users = Table(
    "crm_users",
    metadata,
    _id(),
    _text("email", 320, index=True),
    _text("name"),
    Column("role_id", String(80), index=True),
    Column("is_active", Boolean, nullable=False),
)
crm_roles = Table("crm_roles", metadata, _id(), Column("parent_id", String(80)), _text("name"))
deals = Table(
    "deals",
    metadata,
    _id(),
    _text("name"),
    _text("account"),
    _text("stage", 120),
    Column("amount", Float),
    _text("currency", 10),
    Column("close_date", Date),
    Column("is_closed", Boolean, nullable=False),
    Column("is_won", Boolean, nullable=False),
    _text("owner_id", 80),
    _json("team"),
    Column("industry", String(255)),
    Column("region", String(255)),
    Column("size", String(80)),
    Column("language", String(20)),
    _json("competitors"),
    _json("products"),
    _moment("modified_at"),
    _text("account_id", 80, index=True),
    _moment("created_at", nullable=True),
    Column("loss_reason", String(255)),
    Column("trial_ends", Date),
    Index("ix_deals_owner_id_is_closed", "owner_id", "is_closed"),
)
deal_team = Table(
    "deal_team",
    metadata,
    Column("deal_id", String(80), ForeignKey("deals.id"), primary_key=True),
    Column("user_id", String(80), primary_key=True, index=True),
)
stages = Table(
    "stages",
    metadata,
    _id("name"),
    Column("position", Integer, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("is_won", Boolean, nullable=False),
)
stage_hops = Table(
    "stage_hops",
    metadata,
    _id(),
    _text("deal_id", 80, index=True),
    _text("stage", 120),
    Column("amount", Float),
    Column("close_date", Date),
    _text("by", 80),
    _moment("at"),
)
person_links = Table(
    "person_links", metadata, _id("slack_id"), _text("crm_user_id", 80), _text("set_by", 320), _moment("at")
)
role_members = Table(
    "role_members",
    metadata,
    Column("source", String(320), primary_key=True),
    Column("person", String(80), primary_key=True, index=True),
)
contacts = Table(
    "contacts",
    metadata,
    Column("deal_id", String(80), ForeignKey("deals.id"), primary_key=True),
    _id(),
    _text("name"),
    _text("email", 320),
    _text("role", 120),
)
profiles = Table(
    "profiles",
    metadata,
    _id("slack_id"),
    _text("email", 320),
    _text("name"),
    _text("locale", 20),
    _text("time_zone", 80),
    _text("standing", 20),
    _moment("seen_at"),
)
watermarks = Table("watermarks", metadata, _id("name"), _moment("at"))
preferences = Table(
    "preferences",
    metadata,
    _id("slack_id"),
    _text("language", 20),
    _text("quiet_from", 5),
    _text("quiet_to", 5),
    _json("muted"),
    Column("digest", Boolean, nullable=False),
    _moment("changed_at"),
)

# The ledger ------------------------------------------------------------------------------------------
inbox = Table(
    "inbox",
    metadata,
    _id("source"),
    Column("id", String(255), primary_key=True),
    _moment("seen_at"),
    Index("ix_inbox_source_seen_at", "source", "seen_at"),
)
asks = Table(
    "asks",
    metadata,
    _id(),
    _text("surface", 20),
    _text("slack_id", 80),
    _text("email", 320),
    Column("question", Text, nullable=False),
    _json("place"),
    _text("response_url", 2000),
    Column("replaces", Boolean, nullable=False),
    Column("deal_id", String(80)),
    _moment("asked_at"),
    _json("refined"),
    _text("refines", 80),
)
suggestions = Table(
    "suggestions",
    metadata,
    _id(),
    _text("ask_id", 80, index=True),
    _text("email", 320),
    _text("deal_id", 80, index=True),
    _text("asset_id", 80),
    _text("version_id", 80),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("propensity", Float, nullable=False),
    _json("reasons"),
    _text("model", 80),
    Column("open_token", String(80), nullable=False, unique=True),
    _moment("made_at"),
)
shares = Table(
    "shares",
    metadata,
    _id(),
    Column("token", String(80), nullable=False, unique=True),
    _text("suggestion_id", 80),
    _text("asset_id", 80),
    _text("version_id", 80),
    _text("deal_id", 80, index=True),
    _text("email", 320),
    _text("recipient", 320),
    _text("recipient_name"),
    Column("note", Text, nullable=False),
    Column("on_record", Boolean, nullable=False),
    _moment("made_at"),
    _moment("expires_at"),
    Column("revoked_at", UtcDateTime(), index=True),
    Index("ix_shares_email_made_at", "email", "made_at"),
)
touches = Table(
    "touches",
    metadata,
    _id(),
    _text("kind", 40),
    _text("asset_id", 80),
    _text("version_id", 80),
    _text("deal_id", 80, index=True),
    _text("email", 320),
    _text("recipient", 320),
    _text("channel", 80),
    _text("share_id", 80),
    _moment("occurred_at"),
    Index("ix_touches_share_id_kind_occurred_at", "share_id", "kind", "occurred_at"),
    Index("ix_touches_kind_occurred_at", "kind", "occurred_at"),
    Index("ix_touches_asset_id_occurred_at", "asset_id", "occurred_at"),
    Index("ix_touches_email_occurred_at", "email", "occurred_at"),
)
feedback = Table(
    "feedback",
    metadata,
    _id(),
    _text("suggestion_id", 80),
    _text("deal_id", 80, index=True),
    _text("asset_id", 80),
    _text("email", 320),
    _text("verdict", 40),
    _moment("given_at"),
    _moment("until", nullable=True),
    Column("reason", String(20)),
    Column("words", Text, nullable=False),
)
openings = Table(
    "openings",
    metadata,
    _id(),
    _text("share_id", 80, index=True),
    _text("agent", 300),
    _moment("opened_at"),
)
channel_links = Table(
    "channel_links",
    metadata,
    _id("channel"),
    _text("deal_id", 80),
    _text("linked_by", 320),
    _moment("linked_at"),
)
deliveries = Table("deliveries", metadata, _id("ask_id"), _moment("begun_at"))
answers = Table(
    "answers",
    metadata,
    _id("ask_id"),
    _text("deal_id", 80),
    _text("how", 40),
    _text("basis", 20),
    Column("customers_only", Boolean, nullable=False),
    _text("email", 320),
    _text("channel", 80),
    _text("thread", 80),
    _moment("at"),
    _json("missed"),
    Index("ix_answers_email_channel_thread", "email", "channel", "thread"),
)

withdrawals = Table(
    "withdrawals", metadata, _id(), _text("touch_id", 80, index=True), _text("email", 320), _moment("at")
)
recommended = Table(
    "recommended",
    metadata,
    Column("deal_id", String(80), primary_key=True),
    Column("rank", Integer, primary_key=True),
    _text("asset_id", 80),
    _text("version_id", 80),
    Column("score", Float, nullable=False),
    _json("reasons"),
    _text("model", 80),
    _text("made_from", 80),
    _moment("made_at"),
    Column("propensity", Float, nullable=False),
)
crm_copies = Table(
    "crm_copies",
    metadata,
    _id("kind"),
    _id(),
    _text("digest", 80),
    Column("rows", Integer, nullable=False),
)
audits = Table(
    "audits",
    metadata,
    _id(),
    _text("email", 320),
    _text("action", 80, index=True),
    _text("subject", 255),
    Column("detail", Text, nullable=False),
    _moment("at"),
)
# What people keep for later, and what they miss.
saved = Table(
    "saved",
    metadata,
    _id(),
    _text("email", 320, index=True),
    _text("asset_id", 80),
    _text("suggestion_id", 80),
    _moment("saved_at"),
)
content_requests = Table(
    "content_requests",
    metadata,
    _id(),
    Column("words", Text, nullable=False),
    _text("language", 20),
    _text("stage"),
    _text("industry"),
    _text("region"),
    _text("size"),
    _json("products"),
    _json("competitors"),
    _text("state", 20, index=True),
    _text("asset_id", 80),
    _text("merged_into", 80),
    Column("note", Text, nullable=False),
    _text("decided_by", 320),
    _moment("made_at"),
    _moment("decided_at", nullable=True),
    _moment("told_at", nullable=True),
)
request_askers = Table(
    "request_askers",
    metadata,
    _id(),
    _text("request_id", 80, index=True),
    _text("email", 320, index=True),
    _text("slack_id", 80),
    _text("deal_id", 80),
    _text("ask_id", 80),
    _moment("asked_at"),
    Column("words", Text, nullable=False),
)
# What buttons are signed with, one for all processes.
signing_keys = Table(
    "signing_keys",
    metadata,
    _id("name"),
    Column("key", LargeBinary, nullable=False),
    _moment("born_at"),
)

# Announcements ---------------------------------------------------------------------------------------
announcements = Table(
    "announcements",
    metadata,
    _id(),
    _text("author", 320),
    _text("author_slack_id", 80),
    _text("state", 20, index=True),
    _json("wordings"),
    _json("aim"),
    _json("right"),
    _json("asset_ids"),
    _json("channels"),
    Column("must_acknowledge", Boolean, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("remind_every_hours", Integer, nullable=False),
    _moment("starts_at", nullable=True),
    _text("local_time", 5),
    _moment("ends_at"),
    Column("revision", Integer, nullable=False),
    Column("counts_from", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _moment("made_at"),
    _moment("changed_at"),
    _text("approved_by", 320),
    Column("at_once", Boolean, nullable=False),
    Column("pinned", Boolean, nullable=False),
    _json("mentions"),
)
receipts = Table(
    "receipts",
    metadata,
    _id(),
    Column("announcement_id", String(80), ForeignKey("announcements.id"), nullable=False),
    _text("slack_id", 80, index=True),
    _text("email", 320),
    _moment("due_at"),
    _text("channel", 80),
    _text("ts", 80),
    Column("shown_revision", Integer, nullable=False),
    _moment("delivered_at", nullable=True),
    _moment("opened_at", nullable=True),
    _moment("acknowledged_at", nullable=True),
    Column("acknowledged_revision", Integer, nullable=False),
    _moment("snoozed_until", nullable=True),
    Column("snoozes", Integer, nullable=False),
    _moment("reminded_at", nullable=True),
    Column("reminders", Integer, nullable=False),
    _moment("left_at", nullable=True),
    Column("failed", Text, nullable=False),
    Index("ix_receipts_announcement_id_shown_revision", "announcement_id", "shown_revision", "due_at"),
)
quiz_answers = Table(
    "quiz_answers",
    metadata,
    _id(),
    Column("receipt_id", String(80), ForeignKey("receipts.id"), nullable=False),
    Column("question", Integer, nullable=False),
    Column("option", Integer, nullable=False),
    Column("is_right", Boolean, nullable=False),
    _moment("at"),
    UniqueConstraint("receipt_id", "question"),
)
progress_messages = Table(
    "progress_messages",
    metadata,
    Column("announcement_id", String(80), ForeignKey("announcements.id"), primary_key=True),
    _text("channel", 80),
    _text("ts", 80),
    _text("shows", 80),
)

# The Home tab ----------------------------------------------------------------------------------------
homes = Table(
    "homes",
    metadata,
    _id("slack_id"),
    _text("tab", 20),
    Column("page", Integer, nullable=False),
    _text("deal_id", 80),
    Column("opened_at", UtcDateTime(), index=True),
    _moment("looked_at", nullable=True),
    _moment("looked_before", nullable=True),
    _text("hash", 80),
    _text("shows", 80),
    _text("made_from", 80),
    Column("asked", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
)
home_seen = Table("home_seen", metadata, _id("slack_id"), _moment("looked_at"), _json("before"), _json("now"))
library_figures = Table(
    "library_figures",
    metadata,
    _id(),
    _moment("at"),
    *(
        Column(name, Integer, nullable=False)
        for name in ("published", "drafts", "in_review", "review_due", "expired")
    ),
    *(Column(name, Integer, nullable=False) for name in ("gaps", "unmet", "unused", "outlived")),
)

# What people are told unasked, and how what it is about stood when it was last looked at -------------------
nudges = Table(
    "nudges",
    metadata,
    _id(),
    _text("kind", 20),
    _text("slack_id", 80),
    _text("email", 320),
    _text("deal_id", 80),
    _text("asset_id", 80),
    _text("share_id", 80),
    _json("was"),
    _text("state", 20),
    _moment("made_at"),
    _moment("due_at"),
    _text("why", 80),
    _text("message_id", 80, index=True),
    _text("suggestion_id", 80),
    *(_moment(name, nullable=True) for name in ("sent_at", "opened_at", "snoozed_at", "muted_at")),
    Index("ix_nudges_slack_id_state", "slack_id", "state"),
    Index("ix_nudges_state_due_at", "state", "due_at"),
)
nudge_stood = Table(
    "nudge_stood", metadata, Column("id", String(120), primary_key=True), _json("value"), _moment("at")
)

# What was learned from deals -------------------------------------------------------------------------
learning_runs = Table(
    "learning_runs",
    metadata,
    _id(),
    _text("state", 20, index=True),
    _moment("begun_at"),
    _moment("ended_at", nullable=True),
    _text("step", 40),
    Column("progress", Float, nullable=False),
    Column("deals", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    _text("made_from", 80),
    _json("checks"),
    Column("trouble", Text, nullable=False),
)
learning_parts = Table(
    "learning_parts",
    metadata,
    _id("run_id"),
    Column("part", String(40), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
effects = Table(
    "effects",
    metadata,
    _id("run_id"),
    Column("asset_id", String(80), primary_key=True),
    Column("on", String(20), primary_key=True),
    Column("segment", String(255), primary_key=True),
    _json("interval"),
    _text("verdict", 20),
    Column("deals", Integer, nullable=False),
    Column("logit", Float, nullable=False),
    Column("logit_error", Float, nullable=False),
    Column("plain", JSON),
    Column("hidden", Float),
    Column("trial", JSON),
    Column("trial_deals", Integer, nullable=False),
)
lots = Table(
    "lots",
    metadata,
    _id(),
    _text("deal_id", 80),
    _text("asset_id", 80),
    Column("shown", Boolean, nullable=False),
    Column("chance", Float, nullable=False),
    _text("model", 80),
    _moment("drawn_at"),
)

# What ops sees ---------------------------------------------------------------------------------------
incidents = Table(
    "incidents",
    metadata,
    _id(),
    _text("kind", 80, index=True),
    _text("subject"),
    Column("summary", Text, nullable=False),
    Column("count", Integer, nullable=False),
    _moment("opened_at"),
    _moment("last_at"),
    _moment("resolved_at", nullable=True),
    _text("channel", 80),
    _text("ts", 80),
    Column("told", Boolean, nullable=False),
)
# What failed and worked since it was last weighed.
signals = Table(
    "signals",
    metadata,
    _id("kind"),
    Column("subject", String(255), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("worked", Integer, nullable=False),
    Column("summary", Text, nullable=False),
    _moment("last_at"),
)
# One row for each integration and day: calls, those that failed, and what the CRM says of its own daily limit.
integration_days = Table(
    "integration_days",
    metadata,
    _id("name"),
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("used", Integer),
    Column("allowed", Integer),
)

# Links that Slack is still to be told of, and those shown: what they show, what that is about, when it may be another.
posted_links = Table(
    "posted_links",
    metadata,
    _id(),
    _text("source", 40),
    _text("unfurl_id", 255),
    _text("channel", 80),
    _text("ts", 255),
    _text("slack_id", 80),
    _json("urls"),
    _moment("at"),
    _text("shows", 80),
    _json("about"),
    Column("look_at", UtcDateTime(), index=True),
)

# The work --------------------------------------------------------------------------------------------
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _text("kind", 80),
    _text("lane", 20),
    _text("subject", 255),
    _text("partition", 80),
    _text("state", 10),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    _text("owner", 80),
    _moment("due_at"),
    _moment("lease_until", nullable=True),
    _moment("created_at"),
    _moment("settled_at", nullable=True),
    Index("ix_outbox_lane_state_due_at", "lane", "state", "due_at"),
    Index("ix_outbox_state_partition", "state", "partition"),
)
leases = Table("leases", metadata, _id("name"), _text("owner", 80), _moment("until"))
schedules = Table("schedules", metadata, _id("name"), _moment("next_at"))
budgets = Table(
    "budgets",
    metadata,
    _id("name"),
    Column("day", Date, nullable=False),
    Column("spent", BigInteger, nullable=False),
)
