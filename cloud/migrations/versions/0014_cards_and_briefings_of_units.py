"""Cards and briefings of units"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "briefing_head",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_briefing_head_school_id")),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_briefing_head")),
    )
    op.create_table(
        "card_key",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_card_key_school_id")),
        sa.PrimaryKeyConstraint("school_id", "number", name=op.f("pk_card_key")),
    )
    op.create_table(
        "briefing_holding",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("wanted_gone_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_briefing_holding_device_id")),
        sa.PrimaryKeyConstraint("device_id", "person", name=op.f("pk_briefing_holding")),
    )
    op.create_table(
        "briefing_unit",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("composed_at_change", sa.BigInteger(), nullable=False),
        sa.Column("composed_on", sa.Date(), nullable=True),
        sa.Column("acked_version", sa.BigInteger(), nullable=False),
        sa.Column("acked_people", sa.Integer(), nullable=True),
        sa.Column("acked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("noticed_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_briefing_unit_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_briefing_unit")),
    )
    op.create_table(
        "unit_orders",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=True),
        sa.Column("room", sa.String(length=20), nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_unit_orders_device_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_unit_orders_school_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_unit_orders")),
    )
    with op.batch_alter_table("unit_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_orders_school_id"), ["school_id"], unique=False)

    op.create_table(
        "briefing_part",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["briefing_unit.device_id"], name=op.f("fk_briefing_part_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "name", name=op.f("pk_briefing_part")),
    )
    op.create_table(
        "linked_pair",
        sa.Column("one", sa.Uuid(), nullable=False),
        sa.Column("other", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("one < other", name=op.f("ck_linked_pair_in_order")),
        sa.ForeignKeyConstraint(["one"], ["student.id"], name=op.f("fk_linked_pair_one"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other"], ["student.id"], name=op.f("fk_linked_pair_other"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_linked_pair_school_id")),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_linked_pair")),
    )
    with op.batch_alter_table("linked_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_linked_pair_other"), ["other"], unique=False)
        batch_op.create_index(batch_op.f("ix_linked_pair_school_id"), ["school_id"], unique=False)

    op.create_table(
        "pupil_card",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("issued_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_pupil_card_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_pupil_card_student_id")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_pupil_card")),
    )
    with op.batch_alter_table("pupil_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pupil_card_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pupil_card_student_id"), ["student_id"], unique=False)

    op.create_table(
        "pupil_chip",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_pupil_chip_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_pupil_chip_student_id")),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_pupil_chip")),
        sa.UniqueConstraint("school_id", "value", name=op.f("uq_pupil_chip_school_id_value")),
    )
