"""What people keep for later and what they miss, why something is not useful, and the key of buttons."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("feedback", sa.Column("reason", sa.String(20)))
    op.add_column("feedback", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "saved",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("suggestion_id", sa.String(80), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved")),
    )
    op.create_index(op.f("ix_saved_email"), "saved", ["email"])
    op.create_table(
        "content_requests",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(255), nullable=False),
        sa.Column("industry", sa.String(255), nullable=False),
        sa.Column("region", sa.String(255), nullable=False),
        sa.Column("size", sa.String(255), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("competitors", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("merged_into", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("told_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_requests")),
    )
    op.create_index(op.f("ix_content_requests_state"), "content_requests", ["state"])
    op.create_table(
        "request_askers",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("request_id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("deal_id", sa.String(80), nullable=False),
        sa.Column("ask_id", sa.String(80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_askers")),
    )
    op.create_index(op.f("ix_request_askers_email"), "request_askers", ["email"])
    op.create_index(op.f("ix_request_askers_request_id"), "request_askers", ["request_id"])
    op.create_table(
        "signing_keys",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("born_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_keys")),
    )
