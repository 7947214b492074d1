"""Kinds of processes: what the city's profile says of how residents take part."""
