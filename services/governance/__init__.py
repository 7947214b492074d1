"""Governance: what citizens bring to the city, and what becomes of it."""
