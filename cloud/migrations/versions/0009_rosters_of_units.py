"""Rosters of units"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_change",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roster_change_school_id")),
        sa.PrimaryKeyConstraint("school_id", "version", name=op.f("pk_roster_change")),
    )
    op.create_table(
        "roster_head",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_roster_head_school_id")),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_roster_head")),
    )
    op.create_table(
        "roster_unit",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("acked_version", sa.BigInteger(), nullable=False),
        sa.Column("acked_sha256", sa.String(length=64), nullable=True),
        sa.Column("acked_people", sa.Integer(), nullable=True),
        sa.Column("acked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("noticed_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_roster_unit_class_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_roster_unit_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_roster_unit")),
    )
    op.create_table(
        "roster_holding",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("erased_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_roster_holding_device_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_roster_holding_student_id")),
        sa.PrimaryKeyConstraint("device_id", "student_id", name=op.f("pk_roster_holding")),
    )
    with op.batch_alter_table("roster_holding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_holding_student_id"), ["student_id"], unique=False)
