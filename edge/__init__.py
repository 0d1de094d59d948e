"""The unit at the gate or the classroom door."""
