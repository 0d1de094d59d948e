"""Alembic's entry: it runs on the connection that `cloud.migrations` hands over."""

from alembic import context

from cloud.migrations import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=context.config.attributes.get("render_as_batch", True),
    transactional_ddl=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
