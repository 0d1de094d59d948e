"""What is wrong with this unit, and what to do about it."""
