"""Pupils in and out: the sector database's Excel formats."""
