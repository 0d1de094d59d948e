"""New software for units: kept, offered to one unit first, then to all."""
