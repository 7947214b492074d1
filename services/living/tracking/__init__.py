"""Tracking: which run of a line a vehicle drives, how far it has come, and when it comes to its next stops."""
