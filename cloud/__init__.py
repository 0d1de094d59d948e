"""The school's service."""
