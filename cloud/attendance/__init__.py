"""What units saw, and who is therefore present."""
