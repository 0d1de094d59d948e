"""Rounds are shared"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("register_refresh", sa.Column("round_at", UtcDateTime(timezone=True), nullable=True))
