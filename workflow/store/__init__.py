"""The database: tables, migrations, the few statements of a step, and queries."""
