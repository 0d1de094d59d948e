"""Messages of a school"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_message_school_id_queued_at"), "message", ["school_id", "queued_at"])
