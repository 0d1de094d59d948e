"""When units watched"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    watch = op.create_table(
        "unit_watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=True),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_unit_watch_device_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_watch")),
    )
    with op.batch_alter_table("unit_watch", schema=None) as batch_op:
        batch_op.create_index("ix_unit_watch_device_id_until", ["device_id", "until"], unique=False)
    device = sa.table(
        "device", sa.column("id", sa.String()), sa.column("heartbeat_at", UtcDateTime(timezone=True)),
        sa.column("session", sa.Uuid()),
    )  # fmt: skip
    # The days before this was kept stay as they were judged: a unit that was ever heard of counts as having watched.
    heard_of = sa.select(device.c.id, device.c.session, device.c.heartbeat_at).where(device.c.heartbeat_at.is_not(None))
    rows = op.get_bind().execute(heard_of).all()
    op.bulk_insert(
        watch,
        [
            {
                "id": uuid.uuid4(),
                "device_id": unit,
                "session": session,
                "since": LONG_AGO,
                "until": until,
                "ended": False,
            }
            for unit, session, until in rows
        ],
    )
    with op.batch_alter_table("attendance_policy", schema=None) as batch_op:
        for name, value in (
            ("hold_back_class_percent", "50"),
            ("hold_back_school_percent", "20"),
            ("low_percent", "90"),
        ):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
