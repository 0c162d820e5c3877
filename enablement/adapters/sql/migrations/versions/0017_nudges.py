"""Nudges, and how what they are about stood when it was last looked at."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "nudges",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        *(sa.Column(name, sa.String(80), nullable=False) for name in ("deal_id", "asset_id", "share_id")),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.String(80), nullable=False) for name in ("why", "message_id", "suggestion_id")),
        *(sa.Column(name, UtcDateTime()) for name in ("sent_at", "opened_at", "snoozed_at", "muted_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
    )
    op.create_index(op.f("ix_nudges_message_id"), "nudges", ["message_id"])
    op.create_index("ix_nudges_slack_id_state", "nudges", ["slack_id", "state"])
    op.create_index("ix_nudges_state_due_at", "nudges", ["state", "due_at"])
    op.create_table(
        "nudge_stood",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge_stood")),
    )
