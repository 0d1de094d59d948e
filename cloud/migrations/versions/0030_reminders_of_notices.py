"""Reminders of notices"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_reminder",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reminded_by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("guardians", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_reminder_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reminded_by"], ["user_account.id"], name=op.f("fk_notice_reminder_reminded_by")),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_notice_reminder")),
    )
