"""What follow-ups ask of an answer, which ask they change, and what of that nothing met."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
NOTHING = '{"language": "", "persona": "", "format": "", "most_pages": 0, "least_pages": 0, "without": []}'


def upgrade() -> None:
    op.add_column("asks", sa.Column("refined", sa.JSON(), nullable=False, server_default=NOTHING))
    op.add_column("asks", sa.Column("refines", sa.String(80), nullable=False, server_default=""))
    op.add_column("answers", sa.Column("missed", sa.JSON(), nullable=False, server_default="[]"))
