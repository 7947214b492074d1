"""Performance: how agencies keep what the city promises, month by month, counted from events."""
