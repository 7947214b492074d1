"""Ends of incidents: merged into another and back, or closed with a report."""
