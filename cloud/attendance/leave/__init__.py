"""Leave requests: what a guardian asks, what the school decides, and when."""
