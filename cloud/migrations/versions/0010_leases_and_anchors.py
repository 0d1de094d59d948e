"""Leases of the outbox, anchors of clocks"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_event", sa.Column("lease", sa.Uuid(), nullable=True))
    op.create_table(
        "clock_anchor",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("boot_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("monotonic_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_clock_anchor_device_id")),
        sa.PrimaryKeyConstraint("device_id", "boot_id", name=op.f("pk_clock_anchor")),
    )
