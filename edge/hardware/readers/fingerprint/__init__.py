"""Fingerprint sensors that match by themselves: what leaves them is the number of a slot."""
