"""The register by month on PostgreSQL"""

from alembic import op

from cloud.migrations.parting import part

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    part("register_entry", "day", "student_id, day, half")
    part("register_change", "day", "id, day")
