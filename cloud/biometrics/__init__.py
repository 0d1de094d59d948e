"""Whose face may be known: consent, and the life of a template from it to its erasure."""
