"""Raising: what gauges say raises, changes and ends the warnings of their zones."""
