"""School meals: who eats today, counted once and locked; who is excused, told to whoever keeps the fees."""
