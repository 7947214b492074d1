"""Bugs that are planted on purpose, each with the tests that ought to catch it."""
