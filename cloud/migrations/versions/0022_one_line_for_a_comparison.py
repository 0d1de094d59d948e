"""One line of the access log for a comparison with a whole school"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("template_access") as batch:
        batch.alter_column("student_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("school_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_template_access_school_id"), "school", ["school_id"], ["id"])
        batch.create_check_constraint(op.f("ck_template_access_of_one"), "(student_id IS NULL) <> (school_id IS NULL)")
        batch.create_index(op.f("ix_template_access_school_id"), ["school_id"])
