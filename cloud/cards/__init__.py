"""Pupils' cards: whose signature they carry, which were issued, which count no longer; chips."""
