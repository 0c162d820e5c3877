"""The Salesforce loop: more of a deal and its history, kept recommendations, withdrawals, audits, what ops sees."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("deals", sa.Column("account_id", sa.String(80), nullable=False, server_default=""))
    op.add_column("deals", sa.Column("created_at", UtcDateTime()))
    op.add_column("deals", sa.Column("loss_reason", sa.String(255)))
    op.add_column("deals", sa.Column("trial_ends", sa.Date()))
    op.create_index(op.f("ix_deals_account_id"), "deals", ["account_id"])
    op.create_table(
        "stages",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("is_won", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stages")),
    )
    op.create_table(
        "stage_hops",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("deal_id", sa.String(80), nullable=False),
        sa.Column("stage", sa.String(120), nullable=False),
        sa.Column("amount", sa.Float()),
        sa.Column("close_date", sa.Date()),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_hops")),
    )
    op.create_index(op.f("ix_stage_hops_deal_id"), "stage_hops", ["deal_id"])
    op.create_table(
        "person_links",
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("crm_user_id", sa.String(80), nullable=False),
        sa.Column("set_by", sa.String(320), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("slack_id", name=op.f("pk_person_links")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("touch_id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_touch_id"), "withdrawals", ["touch_id"])
    op.create_table(
        "recommended",
        sa.Column("deal_id", sa.String(80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("made_from", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("deal_id", "rank", name=op.f("pk_recommended")),
    )
    op.create_table(
        "audits",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_action"), "audits", ["action"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("ts", sa.String(80), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_kind"), "incidents", ["kind"])
    op.create_table(
        "signals",
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("worked", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_signals")),
    )
    op.create_index("ix_inbox_source_seen_at", "inbox", ["source", "seen_at"])
    op.create_table(
        "integration_days",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer()),
        sa.Column("allowed", sa.Integer()),
        sa.PrimaryKeyConstraint("name", "day", name=op.f("pk_integration_days")),
    )
