"""Notices of the school to guardians."""
