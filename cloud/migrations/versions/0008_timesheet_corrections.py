"""Timesheet corrections"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "timesheet_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("came_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_timesheet_correction_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_timesheet_correction_decided_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_timesheet_correction_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timesheet_correction")),
    )
    with op.batch_alter_table("timesheet_correction", schema=None) as batch_op:
        batch_op.create_index("ix_timesheet_correction_staff_id_day", ["staff_id", "day"], unique=False)
