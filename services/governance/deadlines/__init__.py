"""Deadlines: what is due when, in working days."""
