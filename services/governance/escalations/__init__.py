"""Escalations: deadlines that passed, and cases that close by themselves."""
