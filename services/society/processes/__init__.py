"""Processes: how residents take part, phase by phase; their dates, who may vote, and what may be spent."""
