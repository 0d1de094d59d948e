"""People history and records"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "student_record",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_student_record_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_student_record")),
    )
    op.create_table(
        "student_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_class_id", sa.Uuid(), nullable=True),
        sa.Column("to_class_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_student_step_by")),
        sa.ForeignKeyConstraint(["from_class_id"], ["school_class.id"], name=op.f("fk_student_step_from_class_id")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_student_step_student_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_class_id"], ["school_class.id"], name=op.f("fk_student_step_to_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_step")),
    )
    with op.batch_alter_table("student_step", schema=None) as batch_op:
        batch_op.create_index("ix_student_step_student_id_day", ["student_id", "day"], unique=False)

    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("may_collect", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("may_see", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.add_column(sa.Column("personal_id", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))
