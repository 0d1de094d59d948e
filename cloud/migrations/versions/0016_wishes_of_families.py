"""Requests of families say what is wished, and who saw to it"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("privacy_request") as batch:
        batch.add_column(sa.Column("wish", sa.String(length=1000), server_default="", nullable=False))
        batch.add_column(sa.Column("done_by", sa.Uuid(), nullable=True))
