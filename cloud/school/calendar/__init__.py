"""Which half-days and periods a class has on a day, and why."""
