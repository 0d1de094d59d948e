"""Photos that families send"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "family_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(sealed IS NOT NULL) = (state IN ('waiting', 'seen'))", name=op.f("ck_family_photo_only_while_open")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_family_photo_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_family_photo_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_photo")),
    )
    op.create_index("ix_family_photo_school_id_state", "family_photo", ["school_id", "state"])
    op.create_index("ix_family_photo_student_id_sent_at", "family_photo", ["student_id", "sent_at"])
