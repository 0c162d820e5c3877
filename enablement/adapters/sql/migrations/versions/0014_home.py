"""Where people are in their Home tab, what they saw there, the library in numbers, and what somebody did, quickly."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("tab", sa.String(20), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(80), nullable=False),
        sa.Column("opened_at", UtcDateTime()),
        sa.Column("looked_at", UtcDateTime()),
        sa.Column("looked_before", UtcDateTime()),
        sa.Column("hash", sa.String(80), nullable=False),
        sa.Column("shows", sa.String(80), nullable=False),
        sa.Column("made_from", sa.String(80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slack_id", name=op.f("pk_homes")),
    )
    op.create_index(op.f("ix_homes_opened_at"), "homes", ["opened_at"])
    op.create_table(
        "home_seen",
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slack_id", name=op.f("pk_home_seen")),
    )
    counts = (
        "published",
        "drafts",
        "in_review",
        "review_due",
        "expired",
        "gaps",
        "unmet",
        "unused",
        "outlived",
    )
    op.create_table(
        "library_figures",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_figures")),
    )
    op.create_index("ix_touches_email_occurred_at", "touches", ["email", "occurred_at"])
    op.create_index("ix_shares_email_made_at", "shares", ["email", "made_at"])
