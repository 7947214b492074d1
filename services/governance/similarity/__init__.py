"""Similarity: open cases that may be the same matter."""
