"""Run migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from enablement.adapters.sql.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
context.run_migrations()
