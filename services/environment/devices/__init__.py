"""Devices: what may send readings for a thing, and how it behaves."""
