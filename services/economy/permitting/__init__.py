"""Permitting: applying, checking, deciding, objecting, and what happens by itself."""
