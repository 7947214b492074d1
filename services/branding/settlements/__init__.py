"""Settlements: what an agency's sales took, gave back and still owe, and the tax in it."""
