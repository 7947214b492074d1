"""Waiting rooms: places in the order in which they were taken, and orders decided in turn."""
