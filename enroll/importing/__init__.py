"""Whole folders of photos into the school's service."""
