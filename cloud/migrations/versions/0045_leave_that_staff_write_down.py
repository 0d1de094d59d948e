"""Leave that staff write down: who told the school"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leave_request", sa.Column("told_by", sa.String(120), nullable=True))
