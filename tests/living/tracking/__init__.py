"""Tracking: the run that a vehicle drives, and when it comes."""
