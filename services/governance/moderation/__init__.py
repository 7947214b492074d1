"""Moderation: what staff put right, and what the public may read."""
