"""Complaints: what citizens report, and how each moves from filed to closed."""
