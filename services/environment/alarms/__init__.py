"""Alarms: what a rule has opened, and when it was over."""
