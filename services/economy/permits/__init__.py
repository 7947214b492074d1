"""Permits: what was applied for, and where it stands, from the draft to its end."""
