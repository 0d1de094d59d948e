"""The screen at the gate, the guard's view, and the metrics: a third process, for this machine alone."""
