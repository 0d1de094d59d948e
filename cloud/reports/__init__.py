"""What is read across all features: everything that is held about one child."""
