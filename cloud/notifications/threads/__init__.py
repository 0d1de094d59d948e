"""What a family and a teacher write to each other about one child."""
