"""OneRoster 1.2 in CSV: the whole of a school's roster out, people in."""
