"""Pick-up: who may collect a pupil, to whom one was handed over, and when."""
