"""Corrections: what somebody says should be said of a destination, and what becomes of it."""
