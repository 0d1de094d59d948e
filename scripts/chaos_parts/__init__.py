"""The code of scripts/chaos."""
