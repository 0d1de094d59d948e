"""How warm somebody is, without touching them."""
