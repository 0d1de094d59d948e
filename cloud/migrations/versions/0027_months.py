"""Sightings and days by month on PostgreSQL, where each is filed, and the highest number of each unit"""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS_AHEAD = 3
OLDEST = 12 * 6
"""Rows of longer ago than so many months stay in the partition of all others."""


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
    _part("observation", "filed_at", "device_id, seq, filed_at", before_all="1970-02-01")
    _part("presence", "day", "student_id, day")


def _part(table: str, column: str, key: str, before_all: str | None = None) -> None:
    """The same table with the same rows and indexes, in parts: one a month, and one for what belongs to none."""
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    foreign_keys = inspector.get_foreign_keys(table)
    indexes = list(bind.scalars(sa.text("""
        SELECT indexdef FROM pg_indexes i WHERE schemaname = current_schema() AND tablename = :table
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = i.indexname) ORDER BY indexname
    """), {"table": table}))  # fmt: skip
    when: sa.ColumnClause[date] = sa.column(column)
    oldest = _month_after(date.today(), -OLDEST)
    first = bind.scalar(
        sa.select(sa.cast(sa.func.min(when), sa.Date())).select_from(sa.table(table)).where(when >= oldest)
    )
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_whole")
    op.execute(f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS) PARTITION BY RANGE ({column})")
    op.execute(f"CREATE TABLE months.{table}_other PARTITION OF {table} DEFAULT")
    if before_all:
        op.execute(
            f"CREATE TABLE months.{table}_undated PARTITION OF {table} FOR VALUES FROM (MINVALUE) TO ('{before_all}')"
        )
    month = (first or date.today()).replace(day=1)
    while month <= _month_after(date.today(), MONTHS_AHEAD):
        after = _month_after(month, 1)
        zone = "" if column == "day" else " 00:00+00"
        op.execute(
            f"CREATE TABLE months.{table}_{month:%Y_%m} PARTITION OF {table} "
            f"FOR VALUES FROM ('{month}{zone}') TO ('{after}{zone}')"
        )
        month = after
    op.execute(f"INSERT INTO {table} TABLE {table}_whole")
    op.execute(f"DROP TABLE {table}_whole")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key})")
    for one in foreign_keys:
        op.create_foreign_key(
            op.f(str(one["name"])), table, one["referred_table"], one["constrained_columns"], one["referred_columns"]
        )
    for definition in indexes:
        op.execute(definition)


def _month_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
