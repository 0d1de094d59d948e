"""Portions that the kitchen is told of after the count was locked"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meal_supplement",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_meal_supplement_by")),
        sa.ForeignKeyConstraint(["received_by"], ["user_account.id"], name=op.f("fk_meal_supplement_received_by")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_meal_supplement_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", "day", "number", name=op.f("pk_meal_supplement")),
    )
    op.add_column("meal_portion", sa.Column("supplement", sa.Integer(), nullable=True))
