"""The page of whoever looks after the units."""
