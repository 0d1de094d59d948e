"""A browser that is told belongs to a session"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("push_subscription") as batch_op:
        batch_op.add_column(sa.Column("session_hash", sa.String(64), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_push_subscription_session_hash"),
            "user_session",
            ["session_hash"],
            ["token_hash"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        )
        batch_op.create_index(batch_op.f("ix_push_subscription_session_hash"), ["session_hash"])
