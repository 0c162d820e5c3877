"""What was learned from deals, the lots that were drawn, and what people say of a suggestion until when."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # What is kept for deals is made anew; until then it stands where it stood for certain.
    op.add_column("recommended", sa.Column("propensity", sa.Float(), nullable=False, server_default="1"))
    op.add_column("feedback", sa.Column("until", UtcDateTime()))
    op.create_table(
        "learning_runs",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("made_from", sa.String(80), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_runs")),
    )
    op.create_index(op.f("ix_learning_runs_state"), "learning_runs", ["state"])
    op.create_table(
        "learning_parts",
        sa.Column("run_id", sa.String(80), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "part", name=op.f("pk_learning_parts")),
    )
    op.create_table(
        "effects",
        sa.Column("run_id", sa.String(80), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("on", sa.String(20), nullable=False),
        sa.Column("segment", sa.String(255), nullable=False),
        sa.Column("interval", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("logit", sa.Float(), nullable=False),
        sa.Column("logit_error", sa.Float(), nullable=False),
        sa.Column("plain", sa.JSON()),
        sa.Column("hidden", sa.Float()),
        sa.Column("trial", sa.JSON()),
        sa.Column("trial_deals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "asset_id", "on", "segment", name=op.f("pk_effects")),
    )
    op.create_table(
        "lots",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("deal_id", sa.String(80), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
    )
