"""Liveness of faces: what a unit thought of one, and whether it judges at all"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("observation", sa.Column("liveness", sa.String(length=10), nullable=True))
    op.add_column("device", sa.Column("liveness", sa.String(length=10), nullable=True))
