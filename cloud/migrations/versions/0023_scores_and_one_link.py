"""How well faces are still recognised; one table for who looks alike"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("observation", sa.Column("threshold", sa.Double(), nullable=True))
    op.create_table(
        "match_trend",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("early", sa.Double(), nullable=False),
        sa.Column("recent", sa.Double(), nullable=False),
        sa.Column("judged_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_match_trend_student_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_match_trend_school_id")),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_match_trend")),
    )
    with op.batch_alter_table("match_trend") as batch:
        batch.create_index(batch.f("ix_match_trend_school_id"), ["school_id"], unique=False)
    # Both tables say which two pupils a camera may take for one another.
    op.execute(
        "INSERT INTO sibling_link (first_id, second_id, linked_by, linked_at)"
        " SELECT one, other, linked_by, linked_at FROM linked_pair p WHERE NOT EXISTS"
        " (SELECT 1 FROM sibling_link s WHERE s.first_id = p.one AND s.second_id = p.other)"
    )
    op.drop_table("linked_pair")
    if op.get_bind().dialect.name == "postgresql":
        # What counted its changes; nobody takes it down any more.
        for verb in ("insert", "delete"):
            op.execute(f"DROP FUNCTION IF EXISTS briefing_linked_pair_{verb}")
