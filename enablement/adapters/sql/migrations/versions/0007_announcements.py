"""Announcements, how far each has come with each reader, and the answers to their questions."""

import sqlalchemy as sa
from alembic import op

from enablement.adapters.sql.database import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("author_slack_id", sa.String(80), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("wordings", sa.JSON(), nullable=False),
        sa.Column("aim", sa.JSON(), nullable=False),
        sa.Column("right", sa.JSON(), nullable=False),
        sa.Column("asset_ids", sa.JSON(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("must_acknowledge", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind_every_hours", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime()),
        sa.Column("local_time", sa.String(5), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("counts_from", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(320), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_state"), "announcements", ["state"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("announcement_id", sa.String(80), nullable=False),
        sa.Column("slack_id", sa.String(80), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("ts", sa.String(80), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("delivered_at", UtcDateTime()),
        sa.Column("opened_at", UtcDateTime()),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("acknowledged_revision", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", UtcDateTime()),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("reminded_at", UtcDateTime()),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("left_at", UtcDateTime()),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_receipts_announcement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_slack_id"), "receipts", ["slack_id"])
    op.create_index(
        "ix_receipts_announcement_id_shown_revision",
        "receipts",
        ["announcement_id", "shown_revision", "due_at"],
    )
    op.create_table(
        "quiz_answers",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("receipt_id", sa.String(80), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_quiz_answers_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_answers")),
        sa.UniqueConstraint("receipt_id", "question", name=op.f("uq_quiz_answers_receipt_id_question")),
    )
