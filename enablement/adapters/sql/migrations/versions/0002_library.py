"""The library: governance of assets, collections, decisions, and the meaning of pages as vectors."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("assets", sa.Column("status", sa.String(20), nullable=False, server_default="published"))
    op.add_column("assets", sa.Column("replaced_by", sa.String(80)))
    op.add_column("assets", sa.Column("review_every_days", sa.Integer()))
    op.add_column("assets", sa.Column("reviewed_on", sa.Date()))
    op.add_column("assets", sa.Column("url", sa.String(2000), nullable=False, server_default=""))
    op.create_table(
        "collections",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("approvers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_collections")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_asset_id"), "decisions", ["asset_id"])
    op.create_table(
        "vectors",
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("pages", sa.LargeBinary(), nullable=False),
        sa.Column("sentences", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "model", name=op.f("pk_vectors")),
    )
