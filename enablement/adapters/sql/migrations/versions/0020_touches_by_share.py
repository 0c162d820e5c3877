"""Openings are looked for each minute: by when they were, and by their share."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index("ix_touches_share_id_kind_occurred_at", "touches", ["share_id", "kind", "occurred_at"])
    op.create_index("ix_touches_kind_occurred_at", "touches", ["kind", "occurred_at"])
