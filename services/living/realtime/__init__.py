"""Realtime: where vehicles are and when they come, as GTFS Realtime has it."""
