"""Seals: each day's signed root over the histories that changed."""
