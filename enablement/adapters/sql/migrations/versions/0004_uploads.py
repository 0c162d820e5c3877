"""Files that people put up for the library from Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("file_id", sa.String(80), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("version_of", sa.String(80)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
