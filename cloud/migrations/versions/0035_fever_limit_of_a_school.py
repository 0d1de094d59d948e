"""A school's own limit for a fever"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fever_limit",
        sa.Column("school_id", sa.Uuid(), sa.ForeignKey("school.id", ondelete="CASCADE"), nullable=False),
        sa.Column("from_c", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_fever_limit")),
    )
