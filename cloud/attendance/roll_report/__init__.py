"""What the school's people are told of the roll once a day, by itself."""
