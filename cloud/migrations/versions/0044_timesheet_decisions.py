"""A decision on a timesheet's correction says why; since when somebody is on the list of staff"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timesheet_correction", sa.Column("note", sa.String(300), server_default="", nullable=False))
    op.add_column("staff_member", sa.Column("joined_on", sa.Date(), nullable=True))
