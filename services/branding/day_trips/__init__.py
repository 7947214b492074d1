"""Day trips: destinations strung together, from the city's profile."""
