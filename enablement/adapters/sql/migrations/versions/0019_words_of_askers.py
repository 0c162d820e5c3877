"""What each who waits for a request said, so that nobody reads the words of another."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("request_askers", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE request_askers SET words = COALESCE("
        "(SELECT words FROM content_requests WHERE content_requests.id = request_askers.request_id), '')"
    )
