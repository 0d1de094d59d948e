"""Pupils, their guardians, and staff."""
