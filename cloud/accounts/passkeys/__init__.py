"""Logging in without a password, by a key that never leaves the device."""
