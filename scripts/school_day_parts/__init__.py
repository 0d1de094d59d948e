"""The code of scripts/school-day."""
