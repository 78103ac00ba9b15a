"""alembic's environment: runs the migrations on the connection that `storage.engine` hands in."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
