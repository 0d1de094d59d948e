"""Sightings and days by month on PostgreSQL, where each is filed, and the highest number of each unit"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime
from cloud.migrations.parting import part

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.add_column("observation", sa.Column("filed_at", UtcDateTime(timezone=True), nullable=True))
    undated = UNDATED if op.get_bind().dialect.name == "postgresql" else UNDATED.replace(tzinfo=None)
    rows = sa.table("observation", sa.column("filed_at"), sa.column("captured_at"), sa.column("clock_trusted"))
    trusted = rows.c.clock_trusted.is_(sa.true())
    filed = sa.case((trusted, rows.c.captured_at), else_=sa.literal(undated, sa.DateTime(timezone=True)))
    op.execute(rows.update().values(filed_at=filed))
    op.create_table(
        "highest_seq",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_highest_seq_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_highest_seq")),
    )
    op.execute("INSERT INTO highest_seq SELECT device_id, max(seq) FROM observation GROUP BY device_id")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("observation") as batch:
            batch.alter_column("filed_at", existing_type=UtcDateTime(timezone=True), nullable=False)
        return
    op.execute("CREATE SCHEMA IF NOT EXISTS months")
    op.alter_column("observation", "filed_at", nullable=False)
    part("observation", "filed_at", "device_id, seq, filed_at", before_all="1970-02-01")
    part("presence", "day", "student_id, day")
