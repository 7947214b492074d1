"""Which complaints belong to which flood: open ones about water where the city warns, while it does."""
