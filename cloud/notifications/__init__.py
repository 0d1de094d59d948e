"""Telling guardians, by several channels, once each."""
