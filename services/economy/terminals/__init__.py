"""Tills of merchants: adding one, and calling one otherwise."""
