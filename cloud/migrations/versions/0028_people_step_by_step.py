"""Transfers and steps taken back; guardians merged; staff who left; pupils' own invitations; files to be imported"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("student_step") as batch:
        batch.add_column(sa.Column("other_school", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("undoes", sa.Uuid(), nullable=True))
    with op.batch_alter_table("staff_member") as batch:
        batch.add_column(sa.Column("left_on", sa.Date(), nullable=True))
    with op.batch_alter_table("guardian") as batch:
        batch.add_column(sa.Column("merged_into", sa.Uuid(), nullable=True))
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(sa.Column("student_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_invitation_student_id"), "student", ["student_id"], ["id"], ondelete="CASCADE"
        )
    op.create_table(
        "import_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_import_draft_made_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_import_draft_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_index(op.f("ix_import_draft_school_id"), "import_draft", ["school_id"])
