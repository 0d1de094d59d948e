"""The register is looked through for what has just changed"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_register_entry_school_id_day", table_name="register_entry")
    op.create_index("ix_register_entry_school_id_day_changed_at", "register_entry", ["school_id", "day", "changed_at"])
