"""New software: fetched, checked, tried, and taken back when it does not work."""
