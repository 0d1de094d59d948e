"""What guardians wish: the order of channels, quiet hours, a digest"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_preference",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("channels", sa.String(length=60), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("digest_at", sa.Time(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_message_preference_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_message_preference")),
    )
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("then", sa.String(length=60), server_default="", nullable=False))
        batch.add_column(sa.Column("fall_back_at", UtcDateTime(), nullable=True))
        batch.create_index("ix_message_fall_back_at", ["fall_back_at"])
