"""When a message was read"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("read_at", UtcDateTime(timezone=True), nullable=True))
