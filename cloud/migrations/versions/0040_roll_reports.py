"""What staff are told of the roll once a day"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_report_time",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_roll_report_time_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_roll_report_time")),
    )
    op.create_table(
        "roll_report",
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(length=10), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_roll_report_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("of_id", "day", "half", name=op.f("pk_roll_report")),
    )
    with op.batch_alter_table("roll_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_report_school_id"), ["school_id"], unique=False)
