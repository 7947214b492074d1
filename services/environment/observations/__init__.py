"""Observations: readings in bulk, series and their sums."""
