"""Camera to outbox: the process that recognises."""
