"""Back-ups of the service, and their way back: one format for SQLite and PostgreSQL."""
