"""Tallies: answers as counts, of which nothing is told but of five people and more."""
