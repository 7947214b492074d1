"""Faults switched on and off on a live platform, and the alerts that tell of them."""
