"""What links in messages show, so that it stays true: rows are kept for as long as the preview may change."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("posted_links", sa.Column("shows", sa.String(80), nullable=False, server_default=""))
    op.add_column("posted_links", sa.Column("about", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("posted_links", sa.Column("look_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_posted_links_look_at"), "posted_links", ["look_at"])
    op.create_index(op.f("ix_shares_revoked_at"), "shares", ["revoked_at"])
