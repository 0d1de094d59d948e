"""A made-up school to look at."""
