"""What results of announcements are read from: names of roles, progress messages, touches by asset."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("crm_roles", sa.Column("name", sa.String(255), nullable=False, server_default=""))
    op.create_index("ix_touches_asset_id_occurred_at", "touches", ["asset_id", "occurred_at"])
    op.create_table(
        "progress_messages",
        sa.Column("announcement_id", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("ts", sa.String(80), nullable=False),
        sa.Column("shows", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_progress_messages_announcement_id")
        ),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_progress_messages")),
    )
