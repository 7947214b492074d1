"""Overview: what governance shows on the city's home."""
