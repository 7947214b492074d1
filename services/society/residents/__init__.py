"""Residents: who is verified to live in the city; one person once."""
