"""Sổ điểm danh: who was there, half-day by half-day, and why it says so."""
