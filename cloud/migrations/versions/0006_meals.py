"""Meals"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meal_policy",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("cut_off", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_meal_policy_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_meal_policy")),
    )
    op.create_table(
        "meal_count",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Integer(), nullable=False),
        sa.Column("locked_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_meal_count_class_id")),
        sa.PrimaryKeyConstraint("class_id", "day", name=op.f("pk_meal_count")),
    )
    op.create_table(
        "meal_excuse",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("before_cut_off", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_meal_excuse_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "day", name=op.f("pk_meal_excuse")),
    )
    op.create_table(
        "meal_registration",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_meal_registration_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "first_day", name=op.f("pk_meal_registration")),
    )
