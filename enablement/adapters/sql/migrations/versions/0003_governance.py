"""Governance: what is proposed for an asset, who must hear of it, and links to look at it."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("collection", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(320), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("translation_of", sa.String(1000)),
        sa.Column("released", sa.Date()),
        sa.Column("expires", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("replaced_by", sa.String(80)),
        sa.Column("review_every_days", sa.Integer()),
        sa.Column("reviewed_on", sa.Date()),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("to", sa.String(320), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.Column("open_token", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_table(
        "previews",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("token", sa.String(80), nullable=False),
        sa.Column("asset_id", sa.String(80), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("token", name=op.f("uq_previews_token")),
    )
    op.create_index(op.f("ix_assets_title"), "assets", ["title"])
    op.create_index(op.f("ix_assets_replaced_by"), "assets", ["replaced_by"])
