"""Who is in the groups, profiles and permission sets that roles come from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "role_members",
        sa.Column("source", sa.String(320), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("source", "person", name=op.f("pk_role_members")),
    )
    op.create_index("ix_role_members_person", "role_members", ["person"])
