"""How a migration divides a table of PostgreSQL into months; `attendance/queries/months.py` makes those to come."""

from datetime import date

import sqlalchemy as sa
from alembic import op

MONTHS_AHEAD = 3
OLDEST = 12 * 6
"""Rows of longer ago than so many months stay in the partition of all others."""


def part(table: str, column: str, key: str, before_all: str | None = None) -> None:
    """The same table with the same rows and indexes, in parts: one a month of `column`, and one for what belongs to
    none. `key` is the primary key, which has to hold `column`."""
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
