"""Positions of vehicles: what becomes of one, where vehicles are, and where they were."""
