"""Writes the skeleton of a noun: contract, room, migration, page and tests, all of which pass."""
