"""Who this unit is, provably: its key, its certificate, and how it came by them."""
