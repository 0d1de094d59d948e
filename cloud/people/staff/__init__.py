"""The school's staff, as its office keeps the list."""
