"""Pages of the city as a whole."""
