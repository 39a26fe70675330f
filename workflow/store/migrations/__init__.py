"""How the schema came about, step by step; run by Alembic in `workflow.store.schema`."""
