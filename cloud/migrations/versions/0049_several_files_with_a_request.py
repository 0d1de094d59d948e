"""A request for leave comes with several files"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("leave_attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint("pk_leave_attachment", type_="primary")
        batch_op.create_primary_key("pk_leave_attachment", ["request_id", "number"])
