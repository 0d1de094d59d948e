"""Guardians: whose they are, what each of them may do, how they are reached."""
