"""Cards of staff: a printed card is a pupil's or a member of staff's"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEPT = "serial, school_id, student_id, key_number, valid_until, issued_at, issued_by, revoked_at, revoked_by"


def upgrade() -> None:
    op.create_table(
        "issued_card",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("issued_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(student_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_issued_card_one_holder")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_issued_card_school_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_issued_card_staff_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_issued_card_student_id")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_issued_card")),
    )
    for column in ("school_id", "staff_id", "student_id"):
        op.create_index(op.f(f"ix_issued_card_{column}"), "issued_card", [column])
    op.execute(f"INSERT INTO issued_card ({KEPT}) SELECT {KEPT} FROM pupil_card")  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('issued_card', 'serial'), max(serial)) FROM issued_card"
            " HAVING max(serial) IS NOT NULL"
        )
    op.drop_table("pupil_card")
