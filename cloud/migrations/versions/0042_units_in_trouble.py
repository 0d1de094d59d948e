"""Units in trouble"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_trouble",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_unit_trouble_device_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_unit_trouble_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "trouble", name=op.f("pk_unit_trouble")),
    )
    with op.batch_alter_table("unit_trouble", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_trouble_school_id"), ["school_id"], unique=False)
