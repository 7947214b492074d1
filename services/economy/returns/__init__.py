"""Returns: what was paid to the city for nothing goes back, asked for until it is there."""
