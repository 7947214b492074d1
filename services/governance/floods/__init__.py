"""Flood warnings of environment: which kelurahan units keep away from, and the incident that the gravest opens."""
