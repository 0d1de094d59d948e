"""Notices, and each guardian's receipt"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=50), nullable=False),
        sa.Column("audience_name", sa.String(length=60), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.String(length=120), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_notice_author_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["notice.id"], name=op.f("fk_notice_corrects_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_notice_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_school_id_sent_at", "notice", ["school_id", "sent_at"])
    op.create_index("ix_notice_corrects_id", "notice", ["corrects_id"])
    op.create_table(
        "notice_receipt",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"], ["student.id"], name=op.f("fk_notice_receipt_child_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_notice_receipt_guardian_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_receipt_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "guardian_id", name=op.f("pk_notice_receipt")),
    )
    op.create_index("ix_notice_receipt_guardian_id", "notice_receipt", ["guardian_id"])
